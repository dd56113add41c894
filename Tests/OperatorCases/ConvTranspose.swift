import Engine

extension OperatorCases {
    static let convTranspose: [OperatorCase] = rows + lines

    /// Each element of x times the kernel, added up where it falls.
    private static func spread(
        _ x: Numbers<Double>, _ w: Numbers<Double>, _ b: Numbers<Double>?, strides: (Int, Int), dilations: (Int, Int),
        begin: (Int, Int), size: (Int, Int), groups: Int
    ) -> Numbers<Double> {
        let outputs = w.shape[1], inputs = x.shape[1] / groups
        var y = Numbers<Double>([x.shape[0], outputs * groups, size.0, size.1])
        for index in y.shape.allIndices { y[index] = b?.values[index[1]] ?? 0 }
        for index in x.shape.allIndices {
            let group = index[1] / inputs
            for kernel in ([outputs, w.shape[2], w.shape[3]] as Shape).allIndices {
                let row = index[2] * strides.0 + kernel[1] * dilations.0 - begin.0
                let column = index[3] * strides.1 + kernel[2] * dilations.1 - begin.1
                guard (0..<size.0).contains(row), (0..<size.1).contains(column) else { continue }
                y[[index[0], group * outputs + kernel[0], row, column]] +=
                    x[index] * w[[index[1], kernel[0], kernel[1], kernel[2]]]
            }
        }
        return y
    }

    private struct Row {
        var note: String
        var x: Shape
        var w: Shape
        var window: SpatialWindow
        var groups = 1
        var outputPadding: SpatialWindow.Pair = 0
        var outputSize: SpatialWindow.Pair?
        var begin: (Int, Int)
        var size: (Int, Int)
    }

    private static let rows: [OperatorCase] = [
        Row(note: "of 3", x: [2, 3, 4, 5], w: [3, 4, 3, 3], window: .init(kernel: 3), begin: (0, 0), size: (6, 7)),
        Row(
            note: "stride 2", x: [2, 3, 4, 5], w: [3, 4, 2, 2], window: .init(kernel: 2, strides: 2), begin: (0, 0),
            size: (8, 10)),
        Row(
            note: "stride 2, padded, with output padding", x: [1, 5, 3, 4], w: [5, 2, 3, 3],
            window: .init(kernel: 3, strides: 2, padding: .all(1)), outputPadding: 1, begin: (1, 1), size: (6, 8)),
        Row(
            note: "in groups", x: [1, 4, 3, 3], w: [4, 3, 3, 2], window: .init(kernel: .init(3, 2)), groups: 2,
            begin: (0, 0), size: (5, 4)),
        Row(
            note: "dilated, strides differ", x: [1, 2, 3, 3], w: [2, 2, 2, 3],
            window: .init(kernel: .init(2, 3), strides: .init(3, 2), dilations: .init(2, 1)), begin: (0, 0),
            size: (9, 7)),
        Row(
            note: "same", x: [1, 2, 3, 4], w: [2, 3, 3, 3], window: .init(kernel: 3, strides: 2, padding: .same),
            begin: (0, 0), size: (6, 8)),
        Row(
            note: "to a size", x: [1, 1, 3, 3], w: [1, 2, 3, 3], window: .init(kernel: 3, strides: .init(3, 2)),
            outputSize: .init(10, 8), begin: (0, 0), size: (10, 8)),
        Row(
            note: "to a smaller size", x: [1, 1, 3, 3], w: [1, 2, 3, 3], window: .init(kernel: 3, strides: 2),
            outputSize: 6, begin: (1, 1), size: (6, 6)),
        Row(
            note: "depthwise", x: [2, 5, 3, 3], w: [5, 1, 3, 3], window: .init(kernel: 3, strides: 2), groups: 5,
            begin: (0, 0), size: (7, 7)),
    ].flatMap { row in
        [true, false].map { hasBias in
            OperatorCase(
                Operators.ConvTranspose(
                    window: row.window, groups: row.groups, outputPadding: row.outputPadding, outputSize: row.outputSize
                ),
                "\(row.note)\(hasBias ? "" : ", no bias")",
                [.random(row.x, 1), .random(row.w, 2)] + (hasBias ? [.random([row.w[1] * row.groups], 3)] : []),
                tolerance: .sums
            ) { inputs in
                [
                    spread(
                        given(inputs, 0), given(inputs, 1), optional(inputs, 2),
                        strides: (row.window.strides.vertical, row.window.strides.horizontal),
                        dilations: (row.window.dilations.vertical, row.window.dilations.horizontal), begin: row.begin,
                        size: row.size, groups: row.groups)
                ]
            }
        }
    }

    /// A line is an image of one row.
    private static let lines: [OperatorCase] = [
        OperatorCase(
            Operators.ConvTranspose(window: SpatialWindow(kernel: .init(1, 3), strides: .init(1, 2))), "lines",
            [.random([2, 3, 5], 1), .random([3, 4, 3], 2), .random([4], 3)], tolerance: .sums
        ) { inputs in
            let x = given(inputs, 0), w = given(inputs, 1)
            let y = spread(
                Numbers([2, 3, 1, 5], x.values), Numbers([3, 4, 1, 3], w.values), optional(inputs, 2), strides: (1, 2),
                dilations: (1, 1), begin: (0, 0), size: (1, 11), groups: 1)
            return [Numbers([2, 4, 11], y.values)]
        },
        OperatorCase(
            Operators.Conv(
                window: SpatialWindow(
                    kernel: .init(1, 3), strides: .init(1, 2), padding: .explicit(top: 0, left: 1, bottom: 0, right: 1))
            ),
            "lines", [.random([2, 3, 8], 1), .random([4, 3, 3], 2), .random([4], 3)], tolerance: .sums
        ) { inputs in
            let window = SpatialWindow(
                kernel: .init(1, 3), strides: .init(1, 2), padding: .explicit(top: 0, left: 1, bottom: 0, right: 1))
            let y = convolved(
                Numbers([2, 3, 1, 8], given(inputs, 0).values), Numbers([4, 3, 1, 3], given(inputs, 1).values),
                optional(inputs, 2), window, groups: 1)
            return [Numbers([2, 4, 4], y.values)]
        },
        OperatorCase(
            Operators.MaxPool(window: SpatialWindow(kernel: .init(1, 2), strides: .init(1, 2))), "lines",
            [.random([2, 3, 6], 1)], tolerance: .exact
        ) { inputs in
            let x = given(inputs, 0)
            return [
                Numbers([2, 3, 3], (0..<18).map { max(x.values[2 * $0], x.values[2 * $0 + 1]) })
            ]
        },
        OperatorCase(
            Operators.GlobalMaxPool(), "images", [.random([2, 3, 4, 5], 1)], tolerance: .exact
        ) { inputs in
            let x = given(inputs, 0)
            return [Numbers([2, 3, 1, 1], (0..<6).map { x.values[$0 * 20..<($0 + 1) * 20].max() ?? 0 })]
        },
        OperatorCase(
            Operators.GlobalMaxPool(), "lines", [.random([2, 33, 5], 1)], tolerance: .exact
        ) { inputs in
            let x = given(inputs, 0)
            return [Numbers([2, 33, 1], (0..<66).map { x.values[$0 * 5..<($0 + 1) * 5].max() ?? 0 })]
        },
        OperatorCase(Operators.GlobalMaxPool(), "no pixel", [.random([2, 3, 0, 4], 1)], tolerance: .exact) { _ in
            [Numbers([2, 3, 1, 1], Array(repeating: -.infinity, count: 6))]
        },
    ]
}
