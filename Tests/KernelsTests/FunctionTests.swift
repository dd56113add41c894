import Glibc
import Kernels
import Testing

/// A function of one variable with its value and slope in double, and how far the kernels may be from them.
private struct FunctionCase: Sendable, CustomTestStringConvertible {
    let function: Function
    /// Units in the last place of the value.
    let ulps: Double
    /// Besides, where the value is a small difference of large numbers.
    let absolute: Double
    let value: @Sendable (Double) -> Double
    let slope: @Sendable (Double) -> Double

    init(
        _ function: Function, ulps: Double, absolute: Double = 0, value: @escaping @Sendable (Double) -> Double,
        slope: @escaping @Sendable (Double) -> Double
    ) {
        self.function = function
        self.ulps = ulps
        self.absolute = absolute
        self.value = value
        self.slope = slope
    }

    var testDescription: String { "\(function)" }

    static func sigmoid(_ x: Double) -> Double { x < 0 ? exp(x) / (1 + exp(x)) : 1 / (1 + exp(-x)) }
    private static func area(_ x: Double) -> Double { erfc(-x * 0.5.squareRoot()) / 2 }
    private static func density(_ x: Double) -> Double { exp(-x * x / 2) / (2 * Double.pi).squareRoot() }
    private static let inner = (2 / Double.pi).squareRoot()

    static let all = [
        FunctionCase(.exp, ulps: 1, value: { exp($0) }, slope: { exp($0) }),
        FunctionCase(.log, ulps: 1, value: { $0 < 0 ? .nan : log($0) }, slope: { 1 / $0 }),
        FunctionCase(.sqrt, ulps: 0.5, value: { $0.squareRoot() }, slope: { 0.5 / $0.squareRoot() }),
        FunctionCase(.abs, ulps: 0, value: { abs($0) }, slope: { $0.isNaN ? $0 : $0 == 0 ? 0 : $0 < 0 ? -1 : 1 }),
        FunctionCase(.negate, ulps: 0, value: { -$0 }, slope: { _ in -1 }),
        FunctionCase(
            .erf, ulps: 2.5, value: { erf($0) }, slope: { 2 / Double.pi.squareRoot() * exp(-$0 * $0) }),
        FunctionCase(.sigmoid, ulps: 2.5, value: sigmoid, slope: { sigmoid($0) * sigmoid(-$0) }),
        FunctionCase(.tanh, ulps: 1.5, value: { tanh($0) }, slope: { 1 - tanh($0) * tanh($0) }),
        FunctionCase(
            .softplus, ulps: 3, value: { $0.isNaN ? $0 : max($0, 0) + log1p(exp(-abs($0))) }, slope: sigmoid),
        FunctionCase(
            .hardSigmoid(alpha: 0.25, beta: 0.5), ulps: 1, absolute: 3e-8,
            value: { $0.isNaN ? $0 : min(max(0.25 * $0 + 0.5, 0), 1) },
            slope: { abs($0) < 2 ? 0.25 : 0 }),
        FunctionCase(
            .hardSwish, ulps: 1, absolute: 2e-7, value: { $0.isNaN ? $0 : $0 * min(max($0 / 6 + 0.5, 0), 1) },
            slope: { $0 <= -3 ? 0 : $0 >= 3 ? 1 : $0 / 3 + 0.5 }),
        FunctionCase(
            .leakyRelu(alpha: 0.125), ulps: 0.5, value: { $0 < 0 ? 0.125 * $0 : $0 }, slope: { $0 < 0 ? 0.125 : 1 }),
        FunctionCase(
            .elu(alpha: 0.5), ulps: 2, value: { $0 < 0 ? 0.5 * expm1($0) : $0 }, slope: { $0 < 0 ? 0.5 * exp($0) : 1 }),
        FunctionCase(
            .gelu, ulps: 1, absolute: 3e-7, value: { $0 * area($0) }, slope: { area($0) + $0 * density($0) }),
        FunctionCase(
            .geluTanh, ulps: 1, absolute: 3e-7,
            value: { 0.5 * $0 * (tanh(inner * ($0 + 0.044715 * $0 * $0 * $0)) + 1) },
            slope: { x in
                let t = tanh(inner * (x + 0.044715 * x * x * x))
                return 0.5 * (t + 1) + 0.5 * x * (1 - t * t) * inner * (1 + 3 * 0.044715 * x * x)
            }),
        FunctionCase(
            .clip(lowest: -0.5, highest: 2), ulps: 0, value: { $0.isNaN ? $0 : min(max($0, -0.5), 2) },
            slope: { $0 >= -0.5 && $0 <= 2 ? 1 : 0 }),
    ]
}

@Suite struct FunctionTests {
    /// Numbers of every size, and many of the sizes that matter.
    private static let numbers: [Float] =
        stride(from: UInt64(0), to: 1 << 32, by: 150_001).map { Float(bitPattern: UInt32($0)) }
        + (-30_000...30_000).map { Float($0) * 7e-4 } + (-200...200).map { Float($0) * 0.51 }
        + [0, -0.0, .infinity, -.infinity, .nan, .leastNonzeroMagnitude, -.leastNonzeroMagnitude, 0x1p-126, -0x1p-126]
        + [.greatestFiniteMagnitude, -.greatestFiniteMagnitude, 88.72283, 88.72284, -87.33655, -103.97208, -104, 1, -1]

    @Test(
        "a function is its double's to some units in the last place, for numbers of every size",
        arguments: FunctionCase.all)
    private func value(_ row: FunctionCase) throws {
        let x = Self.numbers.filter { number in
            switch row.function {
            // 0 · ∞ is NaN in the kernels, and the cube of what is large is infinite.
            case .gelu, .hardSwish, .geluTanh: abs(number) < 1e12 || number.isNaN
            default: true
            }
        }
        var memory = Memory()
        let input = memory.add(x), y = memory.room(floats: x.count)
        try expect(
            row.testDescription, memory,
            [.floats("y", y, x.doubles.map(row.value), ulps: row.ulps, absolute: row.absolute)]
        ) { [$0.apply(row.function, input, to: y)] }
    }

    @Test("a slope is its double's", arguments: FunctionCase.all) private func slope(_ row: FunctionCase) throws {
        // Where the slope is a number: away from poles, and from the ends of what floats hold.
        let x = (-4_000...4_000).map { Float($0) * 3e-3 + 1e-4 }.filter {
            switch row.function {
            case .log, .sqrt: $0 > 0
            default: true
            }
        }
        let dy = samples(x.count, 3, in: 0.5...2)
        let values = zip(x, dy).map { row.slope(Double($0)) * Double($1) }
        var memory = Memory()
        let input = memory.add(x), gradient = memory.add(dy), dx = memory.room(floats: x.count)
        // Slopes such as 1 − tanh² are small differences of numbers of the size of 1.
        try expect(
            row.testDescription, memory, [.floats("dx", dx, values, ulps: 6, absolute: 1e-6)]
        ) { [$0.applyBackward(row.function, x: input, dy: gradient, to: dx)] }
    }

    @Test("lengths of every tail, in place or not", arguments: FunctionCase.all) private func tails(_ row: FunctionCase)
        throws
    {
        for count in lengths where count < 2_000 {
            let x = samples(count, 1, in: 0.1...3), dy = samples(count, 2)
            let values = x.doubles.map(row.value), slopes = zip(x, dy).map { row.slope(Double($0)) * Double($1) }
            for place in ["apart", "on x", "on dy"] {
                var memory = Memory()
                let input = memory.add(x, changes: place == "on x"),
                    gradient = memory.add(dy, changes: place == "on dy")
                let apart = memory.room(floats: count)
                let output = place == "on x" ? input : place == "on dy" ? gradient : apart
                if place != "on dy" {
                    try expect(
                        "\(row.testDescription) of \(count), \(place)", memory,
                        [.floats("y", output, values, ulps: row.ulps, absolute: row.absolute)]
                    ) { [$0.apply(row.function, input, to: output)] }
                }
                try expect(
                    "slope of \(row.testDescription) of \(count), \(place)", memory,
                    [.floats("dx", output, slopes, ulps: 6, absolute: 1e-6)]
                ) { [$0.applyBackward(row.function, x: input, dy: gradient, to: output)] }
            }
        }
    }
}
