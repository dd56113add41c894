import Engine

extension OperatorCases {
    static let meanSquares: [OperatorCase] =
        ([
            [3, 5], [2, 3, 4, 5], [], [1], [17], [0, 3], [70, 1000],
        ] as [Shape]).map { shape in
            OperatorCase(Operators.MeanSquares(), "random", [.random(shape, 15)], tolerance: .rounding) { inputs in
                let x: Numbers<Double> = given(inputs, 0)
                return [Numbers([], [x.values.reduce(0) { $0 + $1 * $1 } / Double(x.values.count)])]
            }
        }
}
