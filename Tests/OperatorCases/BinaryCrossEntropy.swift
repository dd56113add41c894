import Engine

extension OperatorCases {
    static let binaryCrossEntropy: [OperatorCase] =
        ([
            (1, 0, [40]), (5, 0, [7, 1]), (1, 2, [33]), (3, 1.5, [2, 10]),
        ] as [(Float, Float, Shape)]).flatMap { weight, focusing, shape in
            [-3...3 as ClosedRange<Float>, -30...30].map { range in
                let targets = (0..<shape.elementCount).map { Float($0 % 3 == 0 ? 1 : $0 % 5 == 0 ? 0.5 : 0) }
                return OperatorCase(
                    Operators.BinaryCrossEntropy(positiveWeight: weight, focusing: focusing),
                    "weight \(weight), focusing \(focusing), logits in \(range)",
                    [.random(shape, 1, in: range), .floats(targets, shape)],
                    tolerance: .init(2e-6, "float32 logarithms, their mean in double")
                ) { inputs in
                    let z = given(inputs, 0).values, t = given(inputs, 1).values
                    let losses = zip(z, t).map { z, t in
                        let p = sigmoid(z), q = sigmoid(-z)
                        // −log p as log(1 + exp(−z)), which is exact for large z, too.
                        let positive = max(-z, 0) + logarithmOfOneMore(exponential(-abs(z)))
                        let negative = max(z, 0) + logarithmOfOneMore(exponential(-abs(z)))
                        return Double(weight) * t * power(q, Double(focusing)) * positive
                            + (1 - t) * power(p, Double(focusing)) * negative
                    }
                    return [Numbers([], [losses.reduce(0, +) / Double(losses.count)])]
                }
            }
        }
}
