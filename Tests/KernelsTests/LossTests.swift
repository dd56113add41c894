import Glibc
import Kernels
import Testing

@Suite struct LossTests {
    private struct Weights: Sendable, CustomTestStringConvertible {
        var positive: Float
        var focusing: Float
        var testDescription: String { "weight \(positive), focusing \(focusing)" }

        static let all = [(1, 0), (7.5, 0), (1, 2), (0.5, 1.5), (0, 1)].map { Weights(positive: $0.0, focusing: $0.1) }
    }

    private func sigmoid(_ z: Double) -> Double { 1 / (1 + exp(-z)) }

    /// −log of a probability's logit: log(1 + exp(−z)).
    private func tail(_ z: Double) -> Double { max(-z, 0) + log1p(exp(-abs(z))) }

    private func loss(_ z: Double, _ t: Double, _ weights: Weights) -> Double {
        let p = sigmoid(z), q = sigmoid(-z), f = Double(weights.focusing)
        return Double(weights.positive) * t * pow(q, f) * tail(z) + (1 - t) * pow(p, f) * tail(-z)
    }

    private func slope(_ z: Double, _ t: Double, _ weights: Weights) -> Double {
        let p = sigmoid(z), q = sigmoid(-z), f = Double(weights.focusing)
        return -Double(weights.positive) * t * pow(q, f) * (f * p * tail(z) + q)
            + (1 - t) * pow(p, f) * (f * q * tail(-z) + p)
    }

    @Test("binary cross-entropy, its mean and its gradient are those in double", arguments: Weights.all)
    private func binaryCrossEntropy(_ weights: Weights) throws {
        for count in lengths.dropFirst() where count < 20_000 {
            var z = samples(count, 1, in: -12...12)
            if count > 8 {
                (z[0], z[1], z[2], z[3]) = (80, -80, .leastNonzeroMagnitude, -0.0)
                (z[4], z[5], z[6]) = (-1e4, 1e4, 3e-20)
            }
            let t = (0..<count).map { Float([0, 1, 0.25][$0 % 3]) }
            let losses = zip(z, t).map { loss(Double($0), Double($1), weights) }
            let gradient = zip(z, t).map { 0.5 / Double(count) * slope(Double($0), Double($1), weights) }
            let largest = gradient.magnitudes.max() ?? 0
            for isInPlace in [false, true] {
                var memory = Memory()
                let logits = memory.add(z, changes: isInPlace), targets = memory.add(t),
                    dLoss = memory.add([Float(0.5)])
                let work = memory.room(floats: count), mean = memory.room(floats: 1)
                let apart = memory.room(floats: count)
                let dLogits = isInPlace ? logits : apart
                // exp and log are good for some units in the last place, and powers of them multiply that.
                try expect(
                    "\(count), \(weights.testDescription)\(isInPlace ? ", in place" : "")", memory,
                    [
                        .floats("losses", work, losses, relative: 3e-6, absolute: 1e-30),
                        .floats("mean", mean, [losses.reduce(0, +) / Double(count)], relative: 3e-6),
                        .floats("gradient", dLogits, gradient, relative: 3e-6, absolute: 3e-7 * largest),
                    ]
                ) {
                    $0.binaryCrossEntropy(
                        logits, targets: targets, positiveWeight: weights.positive, focusing: weights.focusing,
                        losses: work, to: mean) + [
                            $0.binaryCrossEntropyBackward(
                                logits, targets: targets, dLoss: dLoss, positiveWeight: weights.positive,
                                focusing: weights.focusing, to: dLogits)
                        ]
                }
            }
        }
    }

    @Test("NaN stays where it is, and makes the mean NaN") func nan() throws {
        let z: [Float] = [1, .nan, -1], t: [Float] = [1, 0, 0]
        let weights = Weights(positive: 1, focusing: 2)
        let losses = zip(z, t).map { loss(Double($0), Double($1), weights) }
        var memory = Memory()
        let logits = memory.add(z), targets = memory.add(t)
        let work = memory.room(floats: 3), mean = memory.room(floats: 1)
        try expect(
            "NaN", memory, [.floats("losses", work, losses, relative: 3e-6), .floats("mean", mean, [.nan])]
        ) {
            $0.binaryCrossEntropy(logits, targets: targets, positiveWeight: 1, focusing: 2, losses: work, to: mean)
        }
    }
}
