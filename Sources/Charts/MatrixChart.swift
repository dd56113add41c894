/// A confusion matrix: a row a true class, a column a predicted one, and the share of each row that was right.
///
/// Cells are coloured by their share of the row, blue on the diagonal and red off it.
package struct MatrixChart: Sendable, Hashable {
    package var title: String
    /// The classes, in the order of rows and columns.
    package var labels: [String]
    /// How many of the row's class were taken for the column's; what is missing is 0, what has no label is left out.
    package var counts: [[Int]]
    package var rowCaption: String
    package var columnCaption: String

    package init(
        title: String, labels: [String], counts: [[Int]], rowCaption: String = "true",
        columnCaption: String = "predicted"
    ) {
        self.title = title
        self.labels = labels
        self.counts = counts
        self.rowCaption = rowCaption
        self.columnCaption = columnCaption
    }

    func count(row: Int, column: Int) -> Int {
        counts.indices.contains(row) && counts[row].indices.contains(column) ? max(0, counts[row][column]) : 0
    }

    func rowTotal(_ row: Int) -> Double {
        labels.indices.reduce(0) { $0 + Double(count(row: row, column: $1)) }
    }

    /// `accuracy 93.1 % (4,552 of 4,890)`
    package var accuracyText: String {
        let right = labels.indices.reduce(0.0) { $0 + Double(count(row: $1, column: $1)) }
        let total = labels.indices.reduce(0.0) { $0 + rowTotal($1) }
        guard total > 0 else { return "no examples" }
        let figures = [right, total].map { NumberText.fixed($0, decimals: 0) }
        return "accuracy \(NumberText.fixed(right / total * 100, decimals: 1)) % (\(figures[0]) of \(figures[1]))"
    }
}

extension MatrixChart: Chart {
    private static let edge = 28.0
    private static let longestLabel = 150.0

    package func drawn() throws(ChartError) -> Canvas {
        let layout = try Layout(self)
        let canvas = try Canvas(width: layout.width, height: layout.height)
        let room = layout.width - 2 * Self.edge
        canvas.text(canvas.fitted(title, width: room, .title), at: Point(Self.edge, 30), .title)
        canvas.text(canvas.fitted(accuracyText, width: room, .caption), at: Point(Self.edge, 52), .caption)
        drawCells(on: canvas, layout)
        drawLabels(on: canvas, layout)
        return canvas
    }

    /// Where things are; cells shrink as classes grow in number.
    private struct Layout {
        let cell: Double
        let labelStyle: TextStyle
        /// The length that the longest label takes, not more than the longest allowed.
        let labelWidth: Double
        let isTurned: Bool
        let area: Rectangle
        let width: Double
        let height: Double

        init(_ chart: MatrixChart) throws(ChartError) {
            let count = Double(chart.labels.count)
            cell = count <= 12 ? 48 : max(2, min(1_400, 300 + count * 20) / count)
            let style = TextStyle(size: min(11, cell * 0.5), colour: .ink)
            labelStyle = style
            let ruler = try Canvas(width: 1, height: 1)
            let widest = chart.labels.reduce(0) { max($0, ruler.width(of: String($1.prefix(200)), style)) }
            labelWidth = style.size < 5 ? 0 : min(widest, longestLabel)
            isTurned = labelWidth > cell - 6
            let side = cell * count
            let x = edge + 20 + labelWidth + 8
            area = Rectangle(x: x, y: 112, width: side, height: side)
            width = max(420, x + side + 62 + edge)
            height = area.bottom + 10 + (isTurned ? labelWidth : style.size) + 18 + edge
        }
    }

    private func drawCells(on canvas: borrowing Canvas, _ layout: Layout) {
        let (area, cell) = (layout.area, layout.cell)
        for row in labels.indices {
            let total = rowTotal(row)
            for column in labels.indices {
                let count = count(row: row, column: column)
                let square = Rectangle(
                    x: area.x + Double(column) * cell, y: area.y + Double(row) * cell, width: cell, height: cell)
                let colour = Self.colour(share: total > 0 ? Double(count) / total : 0, isRight: row == column)
                canvas.fill(square, colour)
                if cell >= 8 { canvas.stroke(square, .grid, lineWidth: 0.5) }
                drawCount(count, on: canvas, in: square, background: colour)
            }
        }
        canvas.stroke(area, .frame)
    }

    /// A small share is already seen: the colour grows with the share's root.
    private static func colour(share: Double, isRight: Bool) -> Colour {
        Colour(0xFAFBFC).mixed(with: isRight ? .blue : .vermilion, share: share.squareRoot())
    }

    /// Writes the count where it is not 0, smaller where it is long, short where even that does not fit.
    private func drawCount(_ count: Int, on canvas: borrowing Canvas, in square: Rectangle, background: Colour) {
        guard count > 0 else { return }
        let colour: Colour = background.brightness < 0.6 ? .white : .ink
        for text in [NumberText.count(count), NumberText.short(count)] {
            var style = TextStyle(size: min(12, square.width * 0.42), colour: colour)
            let width = canvas.width(of: text, style)
            style.size *= min(1, (square.width - 3) / width)
            if style.size >= 6 { return canvas.text(text, at: square.centre, style, anchor: .centre) }
        }
    }

    private func drawLabels(on canvas: borrowing Canvas, _ layout: Layout) {
        let (area, cell, style) = (layout.area, layout.cell, layout.labelStyle)
        let recallStyle = TextStyle(size: style.size, colour: .muted)
        if layout.labelWidth > 0 {
            for (index, label) in labels.enumerated() {
                let shown = canvas.fitted(label, width: layout.labelWidth, style)
                let middle = (Double(index) + 0.5) * cell
                canvas.text(shown, at: Point(area.x - 8, area.y + middle), style, anchor: .right)
                canvas.text(
                    shown, at: Point(area.x + middle, area.bottom + (layout.isTurned ? 8 : 14)), style,
                    anchor: layout.isTurned ? .right : .centre, degrees: layout.isTurned ? -90 : 0)
                let total = rowTotal(index)
                let recall = total > 0 ? Double(count(row: index, column: index)) / total * 100 : .nan
                canvas.text(
                    recall.isNaN ? "–" : NumberText.fixed(recall, decimals: 1) + " %",
                    at: Point(area.right + 54, area.y + middle), recallStyle, anchor: .right)
            }
            canvas.text("recall", at: Point(area.right + 54, area.y - 12), .caption, anchor: .right)
        }
        canvas.text(rowCaption, at: Point(Self.edge + 6, area.centre.y), .caption, anchor: .centre, degrees: -90)
        canvas.text(
            columnCaption, at: Point(area.centre.x, layout.height - Self.edge), .caption, anchor: .centre)
        drawScale(on: canvas, at: Point(Self.edge, 78))
    }

    /// What the colours mean.
    private func drawScale(on canvas: borrowing Canvas, at start: Point) {
        canvas.text("share of the row", at: Point(start.x, start.y), .caption)
        var x = start.x + canvas.width(of: "share of the row", .caption) + 12
        for (name, isRight) in [("right", true), ("wrong", false)] {
            for step in 0..<40 {
                let colour = Self.colour(share: Double(step) / 39, isRight: isRight)
                canvas.fill(
                    Rectangle(x: x + Double(step), y: start.y - 5, width: step < 39 ? 2 : 1, height: 10), colour)
            }
            canvas.stroke(Rectangle(x: x, y: start.y - 5, width: 40, height: 10), .frame, lineWidth: 0.5)
            canvas.text(name, at: Point(x + 46, start.y), .caption)
            x += 46 + canvas.width(of: name, .caption) + 14
        }
    }
}
