internal import Glibc

extension Loss {
    /// The mean over outputs and their targets, in double; without smoothing and margin.
    func mean(_ outputs: Tensor, _ targets: Tensor) -> Double {
        let values = outputs.floats
        switch self {
        case .softmaxCrossEntropy: return Self.crossEntropy(values, targets, scale: 1)
        case .largeMarginCosine(let scale, _): return Self.crossEntropy(values, targets, scale: Double(scale))
        case .binaryCrossEntropy(let weight, let focusing):
            let total = zip(values, targets.floats).reduce(0.0) { total, pair in
                let z = Double(pair.0), t = Double(pair.1), focusing = Double(focusing)
                let p = 1 / (1 + exp(-z)), q = 1 / (1 + exp(z)), tail = log1p(exp(-abs(z)))
                return total + Double(weight) * t * pow(q, focusing) * (max(-z, 0) + tail)
                    + (1 - t) * pow(p, focusing) * (max(z, 0) + tail)
            }
            return total / Double(values.count)
        case .meanSquaredError:
            let total = zip(values, targets.floats).reduce(0.0) { total, pair in
                let error = Double(pair.0) - Double(pair.1)
                return total + error * error
            }
            return total / Double(values.count)
        }
    }

    /// The mean cross-entropy of rows of logits, which are numbers times a scale.
    private static func crossEntropy(_ values: [Float], _ targets: Tensor, scale: Double) -> Double {
        let classes = targets.integers ?? [], width = classes.isEmpty ? 0 : values.count / classes.count
        let total = classes.enumerated().reduce(0.0) { total, example in
            let logits = values[example.offset * width..<(example.offset + 1) * width]
            let greatest = scale * Double(logits.max() ?? 0)
            return total + log(logits.reduce(0.0) { $0 + exp(scale * Double($1) - greatest) }) + greatest
                - scale * Double(logits[logits.startIndex + example.element])
        }
        return total / Double(classes.count)
    }

    /// How many examples are right, each by the share of its outputs that are; nil where there is no right and wrong.
    ///
    /// Of classes the most likely one counts, of equals the first; an answer is yes from a probability of more than a half on.
    func right(_ outputs: Tensor, _ targets: Tensor) -> Double? {
        let values = outputs.floats
        switch self {
        case .softmaxCrossEntropy, .largeMarginCosine:
            let classes = outputs.shape.last ?? 0
            var right = 0
            for (row, target) in (targets.integers ?? []).enumerated() {
                var best = 0
                for column in 1..<max(classes, 1) where values[row * classes + column] > values[row * classes + best] {
                    best = column
                }
                if best == target { right += 1 }
            }
            return Double(right)
        case .binaryCrossEntropy:
            let right = zip(values, targets.floats).count { ($0 > 0) == ($1 > 0.5) }
            return Double(right * (outputs.shape.first ?? 0)) / Double(max(values.count, 1))
        case .meanSquaredError: return nil
        }
    }

    /// How many targets count.
    func counted(_ targets: Tensor) -> Int {
        switch self {
        case .softmaxCrossEntropy, .largeMarginCosine: (targets.integers ?? []).count { $0 >= 0 }
        case .binaryCrossEntropy, .meanSquaredError: targets.shape.first ?? 0
        }
    }
}
