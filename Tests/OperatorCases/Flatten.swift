import Engine

extension OperatorCases {
    static let flatten: [OperatorCase] =
        ([
            ([2, 3, 4, 5], 1, [2, 60]), ([2, 3, 4, 5], 0, [1, 120]), ([2, 3, 4, 5], 4, [120, 1]),
            ([2, 3, 4, 5], 2, [6, 20]),
            ([2, 3, 4, 5], -1, [24, 5]), ([7], 0, [1, 7]), ([7], 1, [7, 1]), ([], 0, [1, 1]), ([0, 3, 4], 1, [0, 12]),
            ([3, 0, 4], 1, [3, 0]),
        ] as [(Shape, Int, Shape)]).map { shape, axis, result in
            OperatorCase(Operators.Flatten(axis: axis), "axis \(axis)", [.random(shape, 5)], tolerance: .exact) {
                inputs in
                [Numbers(result, given(inputs, 0).values)]
            }
        }
}
