import Kernels
import Testing

@Suite struct OptimizationTests {
    static let counts = lengths + [32_767, 32_768, 32_769]
    /// Single roundings of numbers below 4.
    private let rounding = 6e-7

    @Test("gradient descent, with momentum or not", arguments: counts, [0, 0.9]) func sgd(count: Int, momentum: Double)
        throws
    {
        let w = samples(count, 1), g = samples(count, 2), v = samples(count, 3)
        let rate = Float(0.1), scale = Float(0.5), decay = 0.01
        for (isNesterov, isScaled) in [(false, false), (true, true)] {
            var weights: [Double] = [], velocity: [Double] = []
            for index in 0..<count {
                let gradient = Double(g[index]) * (isScaled ? Double(scale) : 1) + decay * Double(w[index])
                let moving = momentum * Double(v[index]) + gradient
                velocity.append(moving)
                let step = momentum == 0 ? gradient : isNesterov ? gradient + momentum * moving : moving
                weights.append(Double(w[index]) - Double(rate) * step)
            }
            var memory = Memory()
            let weight = memory.add(w, changes: true), gradient = memory.add(g), moving = memory.add(v, changes: true)
            let rates = memory.add([rate]), scales = memory.add([scale])
            let outputs = [Output.floats("weights", weight, weights, absolute: rounding)]
            try expect(
                "\(count) weights, momentum \(momentum)\(isNesterov ? ", Nesterov" : "")", memory,
                outputs + (momentum == 0 ? [] : [.floats("velocity", moving, velocity, absolute: rounding)])
            ) {
                [
                    $0.sgd(
                        weights: weight, gradient: gradient, velocity: momentum == 0 ? nil : moving, rate: rates,
                        gradientScale: isScaled ? scales : nil, momentum: momentum, weightDecay: decay,
                        isNesterov: isNesterov)
                ]
            }
        }
    }

    @Test("AdamW", arguments: counts, [Int64(1), 2, 1_000]) func adamW(count: Int, step: Int64) throws {
        let w = samples(count, 1), g = samples(count, 2), m = samples(count, 3), v = samples(count, 4, in: 0...1)
        let rate = Float(0.01), scale = Float(0.5), decay = 0.1, epsilon = 1e-8
        /// 1 − βᵗ.
        func correction(_ beta: Double) -> Double { 1 - (0..<step).reduce(1.0) { power, _ in power * beta } }
        for isScaled in [false, true] {
            var weights: [Double] = [], first: [Double] = [], second: [Double] = []
            for index in 0..<count {
                let gradient = Double(g[index]) * (isScaled ? Double(scale) : 1)
                first.append(0.9 * Double(m[index]) + 0.1 * gradient)
                second.append(0.999 * Double(v[index]) + 0.001 * gradient * gradient)
                let step =
                    first[index] / correction(0.9) / ((second[index] / correction(0.999)).squareRoot() + epsilon)
                weights.append(Double(w[index]) * (1 - Double(rate) * decay) - Double(rate) * step)
            }
            var memory = Memory()
            let weight = memory.add(w, changes: true), gradient = memory.add(g)
            let moments = (first: memory.add(m, changes: true), second: memory.add(v, changes: true))
            let rates = memory.add([rate]), scales = memory.add([scale]), steps = memory.add([step])
            try expect(
                "\(count) weights, step \(step)", memory,
                [
                    .floats("weights", weight, weights, relative: 3e-6, absolute: rounding),
                    .floats("first moment", moments.first, first, absolute: rounding),
                    .floats("second moment", moments.second, second, relative: 1e-6),
                ]
            ) {
                [
                    $0.adamW(
                        weights: weight, gradient: gradient, moments: moments, rate: rates, step: steps,
                        gradientScale: isScaled ? scales : nil, betas: (0.9, 0.999), epsilon: epsilon,
                        weightDecay: decay)
                ]
            }
        }
    }

    @Test("a moving average soon forgets its start", arguments: lengths + [65_537], [Int64(0), 1, 100_000])
    func movingAverage(count: Int, step: Int64) throws {
        let w = samples(count, 1), a = samples(count, 2)
        let decay = min(0.999, (1 + Double(step)) / (10 + Double(step)))
        let values = zip(w.doubles, a.doubles).map { decay * $1 + (1 - decay) * $0 }
        var memory = Memory()
        let weights = memory.add(w), average = memory.add(a, changes: true), steps = memory.add([step])
        try expect("\(count) weights, step \(step)", memory, [.floats("average", average, values, absolute: rounding)])
        {
            [$0.movingAverage(weights: weights, average: average, step: steps, decay: 0.999)]
        }
    }
}
