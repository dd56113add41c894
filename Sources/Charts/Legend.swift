/// Names beside their colours, in rows that end at the right.
struct Legend {
    private static let rowHeight = 18.0
    private static let swatch = 14.0
    private static let longestName = 180.0

    private let names: [String]
    private let room: Double

    /// A legend of `names` in the order of ``Colour/palette``, in `room` points of width.
    init(names: [String], room: Double) {
        self.names = names.count == 1 && names[0].isEmpty ? [] : names
        self.room = room
    }

    private static let widestEntry = swatch + 6 + longestName + 18

    /// Entries in a row: as many as fit when all are of the greatest width.
    private var perRow: Int { max(1, Int(room / Self.widestEntry)) }

    /// The height of all rows; one row's where there are no names.
    var height: Double { Double(max(1, (names.count + perRow - 1) / perRow)) * Self.rowHeight }

    /// Draws the rows between `top` and `top` + ``height``.

    func draw(on canvas: borrowing Canvas, right: Double, top: Double) {
        for (row, start) in stride(from: 0, to: names.count, by: perRow).enumerated() {
            var end = right
            for index in (start..<min(start + perRow, names.count)).reversed() {
                let name = canvas.fitted(names[index], width: Self.longestName, .label)
                let y = top + Self.rowHeight * (Double(row) + 0.5)
                let textStart = end - canvas.width(of: name, .label)
                canvas.text(name, at: Point(textStart, y), .label)
                let style = SeriesStyle(index)
                canvas.line(
                    [Point(textStart - 6 - Self.swatch, y), Point(textStart - 6, y)], style.colour, lineWidth: 3,
                    dashes: style.dashes)
                end = textStart - 6 - Self.swatch - 18
            }
        }
    }
}
