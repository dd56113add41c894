import Engine

extension OperatorCases {
    static let reshape: [OperatorCase] =
        ([
            ([2, 3, 4], [6, 4], false, [6, 4]), ([2, 3, 4], [-1], false, [24]), ([2, 3, 4], [0, -1], false, [2, 12]),
            ([2, 3, 4], [4, -1, 3], false, [4, 2, 3]), ([2, 3, 4], [0, 0, 2, -1], false, [2, 3, 2, 2]),
            ([1, 1], [], false, []), ([], [1, -1], false, [1, 1]), ([0, 3], [3, 0], true, [3, 0]),
            ([0, 3], [0, 5], true, [0, 5]), ([0, 3], [0, -1], false, nil), ([0, 3], [-1, 3], false, [0, 3]),
            ([2, 3], [1, 1, 2, 1, 1, 3, 1, 1], false, [1, 1, 2, 1, 1, 3, 1, 1]),
        ] as [(Shape, [Int64], Bool, Shape?)]).compactMap { shape, wanted, allowsZero, result in
            result.map { result in
                OperatorCase(
                    Operators.Reshape(allowsZero: allowsZero), "to \(wanted)" + (allowsZero ? ", 0 allowed" : ""),
                    [.random(shape, 5), .integers(wanted)], tolerance: .exact
                ) { inputs in [Numbers(result, given(inputs, 0).values)] }
            }
        }
}
