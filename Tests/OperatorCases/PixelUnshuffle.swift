import Engine

extension OperatorCases {
    static let pixelUnshuffle: [OperatorCase] = [
        row("even sizes", [1, 3, 6, 8], cells: (3, 4)),
        row("odd sizes, two images", [2, 3, 5, 7], cells: (3, 4)),
        row("padding of one", [1, 2, 6, 7], padding: (1, 1), cells: (4, 5)),
        row("padding of two and three", [2, 1, 5, 6], padding: (2, 3), cells: (6, 7)),
        row("fewer cells than pixels", [1, 4, 9, 9], padding: (0, 1), cells: (2, 3)),
        row("cells that meet padding alone", [1, 2, 2, 2], padding: (4, 5), cells: (5, 6)),
        row("one pixel", [1, 1, 1, 1], cells: (1, 1)),
        row("no images", [0, 3, 4, 4], cells: (2, 2)),
        row("no cells", [1, 3, 4, 4], cells: (0, 2)),
        row("several tasks", [1, 3, 150, 131], padding: (3, 2), cells: (80, 70)),
    ]

    private static func row(
        _ note: String, _ shape: Shape, padding: (Int, Int) = (0, 0), cells: (Int, Int)
    ) -> OperatorCase {
        OperatorCase(
            Operators.PixelUnshuffle(padding: .init(padding.0, padding.1), cells: .init(cells.0, cells.1)), note,
            [.random(shape, 70, hasGradient: false)], tolerance: .exact
        ) { inputs in
            let x = given(inputs, 0)
            var y = Numbers<Double>([shape[0], 4 * shape[1], cells.0, cells.1])
            for n in 0..<shape[0] {
                for channel in 0..<4 * shape[1] {
                    for row in 0..<cells.0 {
                        for column in 0..<cells.1 {
                            let place = [
                                n, channel / 4, 2 * row + channel % 4 / 2 - padding.0,
                                2 * column + channel % 2 - padding.1,
                            ]
                            guard (0..<shape[2]).contains(place[2]), (0..<shape[3]).contains(place[3]) else { continue }
                            y[[n, channel, row, column]] = x[place]
                        }
                    }
                }
            }
            return [y]
        }
    }
}
