import Engine

extension OperatorCases {
    static let transpose: [OperatorCase] =
        ([
            ([3, 5], nil), ([3, 5], [0, 1]), ([33, 17], [1, 0]), ([1, 9], [1, 0]), ([2, 3, 4], nil),
            ([2, 3, 4], [0, 2, 1]),
            ([2, 3, 4], [1, 0, 2]), ([2, 3, 4], [1, 2, 0]), ([2, 3, 4], [2, 0, 1]), ([2, 3, 4, 5], [0, 2, 3, 1]),
            ([2, 3, 4, 5], [0, 3, 1, 2]), ([2, 3, 4, 5], [3, 1, 2, 0]), ([2, 3, 4, 5], [2, 3, 0, 1]),
            ([2, 3, 4, 5], nil), ([1, 16, 7, 9], [0, 2, 3, 1]), ([2, 1, 4, 1], [0, 3, 1, 2]),
            ([2, 1, 4, 3], [3, 0, 1, 2]),
            ([2, 3, 4, 5, 6], [4, 2, 0, 3, 1]), ([2, 3, 4, 5, 6], [0, 1, 2, 4, 3]),
            ([2, 3, 4, 5, 6], [1, 0, 3, 2, 4]),
            ([2, 1, 3, 1, 2], nil), ([0, 3], [1, 0]), ([2, 0, 3], [2, 0, 1]), ([], nil), ([7], nil),
            ([70, 700], [1, 0]),
            ([3, 64, 65], [0, 2, 1]), ([2, 2, 2, 2, 2, 2, 2, 2], [7, 0, 6, 1, 5, 2, 4, 3]),
        ] as [(Shape, [Int]?)]).map { shape, order in
            row("order \(order.map(String.init(describing:)) ?? "reversed")", .random(shape, 5), order)
        } + [
            // Elements of 8, 1, and 4 bytes that are no floats.
            row("i64", OperatorCase.Input(tensor: Tensor((0..<24).map(Int64.init), shape: [2, 3, 4])), [2, 0, 1]),
            row("u8", OperatorCase.Input(tensor: Tensor((0..<24).map(UInt8.init), shape: [4, 6])), [1, 0]),
            row("i32", OperatorCase.Input(tensor: Tensor((0..<24).map(Int32.init), shape: [4, 6])), [1, 0]),
        ]

    private static func row(_ note: String, _ x: OperatorCase.Input, _ order: [Int]?) -> OperatorCase {
        OperatorCase(Operators.Transpose(order: order), note, [x], tolerance: .exact) { inputs in
            let x: Numbers<Double> = given(inputs, 0)
            let order = order ?? (0..<x.shape.rank).reversed()
            let shape = Shape(order.map { x.shape[$0] })
            return [
                Numbers(
                    shape,
                    shape.allIndices.map { index in
                        var source = index
                        for (place, axis) in order.enumerated() { source[axis] = index[place] }
                        return x[source]
                    })
            ]
        }
    }
}
