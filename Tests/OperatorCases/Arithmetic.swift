import Engine

extension OperatorCases {
    static let arithmetic: [OperatorCase] =
        rows(Operators.Add(), +) + rows(Operators.Sub(), -) + rows(Operators.Mul(), *) + rows(Operators.Div(), /)

    /// a op b element by element.
    static func combined<Scalar>(
        _ a: Numbers<Scalar>, _ b: Numbers<Scalar>, _ operation: (Scalar, Scalar) -> Scalar
    ) -> Numbers<Scalar> {
        guard let shape = a.shape.broadcast(with: b.shape) else { preconditionFailure("\(a.shape) and \(b.shape)") }
        return Numbers(shape, shape.allIndices.map { operation(a.broadcast(at: $0), b.broadcast(at: $0)) })
    }

    private static func rows(
        _ operation: any Operator, _ combine: @escaping @Sendable (Double, Double) -> Double
    ) -> [OperatorCase] {
        func row(_ note: String, _ a: OperatorCase.Input, _ b: OperatorCase.Input) -> OperatorCase {
            OperatorCase(operation, note, [a, b], tolerance: .rounding) { inputs in
                [combined(given(inputs, 0), given(inputs, 1), combine)]
            }
        }
        let shapes: [(String, Shape, Shape)] = [
            ("alike", [3, 5], [3, 5]), ("one element", [1], [1]), ("scalars", [], []),
            ("scalar on the right", [2, 3], []),
            ("scalar on the left", [], [2, 3]), ("row on the right", [4, 17], [17]),
            ("row on the left", [17], [4, 17]),
            ("column", [4, 17], [4, 1]), ("both ways", [4, 1, 33], [3, 1]), ("outer product", [16, 1], [1, 15]),
            ("channels of an image", [2, 3, 4, 5], [3, 1, 1]), ("inner and outer", [2, 3, 4, 5], [1, 3, 1, 5]),
            ("images of no channels in common", [2, 1, 4, 1], [1, 3, 1, 5]), ("empty", [0, 3], [1, 3]),
            ("empty inside", [2, 0, 3], [3]), ("large", [70, 1000], [70, 1000]), ("large rows", [70, 1000], [1000]),
            ("eight dimensions", [2, 1, 2, 1, 2, 1, 2, 3], [1, 2, 1, 2, 1, 2, 1, 3]),
        ]
        let special: [Float] = [.nan, .infinity, -.infinity, 0, -0.0, 1, -1]
        return shapes.enumerated().map { index, shapes in
            // The divisor stays away from 0.
            row(shapes.0, .random(shapes.1, UInt64(index)), .random(shapes.2, UInt64(index) + 100, in: 0.5...2))
        } + [
            row("NaN, infinities and zeros", .floats(special, [7]), .floats(special, [7])),
            row("NaN, infinities and zeros, all pairs", .floats(special, [7, 1]), .floats(special, [7])),
        ]
    }
}
