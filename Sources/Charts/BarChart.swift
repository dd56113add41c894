/// Horizontal bars in groups, with their values: times as a ratio to a rival's.
package struct BarChart: Sendable, Hashable {
    /// A named row of values, one a group; one that is not finite is shown as a dash.
    package struct Series: Sendable, Hashable {
        package var name: String
        package var values: [Double]

        package init(_ name: String, values: [Double]) {
            self.name = name
            self.values = values
        }
    }

    package var title: String
    /// What the values are: `times as fast as the rival`.
    package var caption: String
    package var groups: [String]
    package var series: [Series]
    /// Where a line is drawn to compare with, or `nil`.
    package var reference: Double?
    /// What stands after each value: `×`.
    package var unit: String
    package var decimals: Int

    package init(
        title: String, caption: String, groups: [String], series: [Series], reference: Double? = 1, unit: String = "×",
        decimals: Int = 2
    ) {
        self.title = title
        self.caption = caption
        self.groups = groups
        self.series = series
        self.reference = reference
        self.unit = unit
        self.decimals = min(max(decimals, 0), 9)
    }

    private func value(_ series: Int, _ group: Int) -> Double {
        let values = self.series[series].values
        return values.indices.contains(group) ? values[group] : .nan
    }
}

extension BarChart: Chart {
    private static let width = 880.0
    private static let edge = 28.0
    private static let barHeight = 14.0
    private static let groupGap = 14.0

    package func drawn() throws(ChartError) -> Canvas {
        let names = series.count > 1 ? series.map(\.name) : []
        let legend = Legend(names: names, room: Self.width - 2 * Self.edge)
        let legendHeight = names.isEmpty ? 0 : legend.height + 6
        let top = 70 + legendHeight
        let groupHeight = Double(max(1, series.count)) * Self.barHeight + Self.groupGap
        let plotHeight = max(1, Double(groups.count)) * groupHeight
        let canvas = try Canvas(width: Self.width, height: top + plotHeight + 28 + Self.edge)
        let room = Self.width - 2 * Self.edge
        canvas.text(canvas.fitted(title, width: room, .title), at: Point(Self.edge, 30), .title)
        canvas.text(canvas.fitted(caption, width: room, .caption), at: Point(Self.edge, 52), .caption)
        if !names.isEmpty { legend.draw(on: canvas, right: Self.width - Self.edge, top: 64) }

        let longest = groups.reduce(0) { max($0, canvas.width(of: String($1.prefix(200)), .label)) }
        let left = Self.edge + min(longest, 300) + 10
        let values = series.indices.flatMap { index in groups.indices.map { value(index, $0) } }
        let valueRoom = values.reduce(40) { max($0, canvas.width(of: text($1), .label) + 8) }
        let hasNegative = values.contains { $0.isFinite && $0 < 0 }
        let plot = Rectangle(
            x: left + (hasNegative ? valueRoom : 0), y: top,
            width: max(60, Self.width - Self.edge - valueRoom - left - (hasNegative ? valueRoom : 0)),
            height: plotHeight)
        let axis = Axis(showing: values + [0] + (reference.map { [$0] } ?? []))
        drawGrid(on: canvas, plot, axis)
        for group in groups.indices {
            let middle = top + (Double(group) + 0.5) * groupHeight
            canvas.text(
                canvas.fitted(groups[group], width: 300, .label), at: Point(left - 10, middle), .label, anchor: .right)
            drawBars(of: group, on: canvas, plot, axis, middle: middle)
        }
        drawReference(on: canvas, plot, axis)
        for group in groups.indices {
            drawValues(of: group, on: canvas, plot, axis, middle: top + (Double(group) + 0.5) * groupHeight)
        }
        return canvas
    }

    private func text(_ value: Double) -> String {
        value.isFinite ? NumberText.fixed(value, decimals: decimals) + unit : "–"
    }

    private func drawGrid(on canvas: borrowing Canvas, _ plot: Rectangle, _ axis: Axis) {
        let ticks = axis.ticks(count: 6)
        for (value, label) in zip(ticks.values, ticks.labels) {
            guard let position = axis.position(of: value) else { continue }
            let x = plot.x + position * plot.width
            canvas.line([Point(x, plot.y), Point(x, plot.bottom)], value == 0 ? .frame : .grid)
            canvas.text(label, at: Point(x, plot.bottom + 14), .caption, anchor: .centre)
        }
    }

    /// The bar of a series in a group whose middle is given; without width where there is no value.
    private func bar(_ series: Int, _ group: Int, _ plot: Rectangle, _ axis: Axis, middle: Double) -> Rectangle {
        let zero = axis.position(of: 0) ?? 0
        let end = axis.position(of: value(series, group)) ?? zero
        let y = middle + (Double(series) - Double(self.series.count) / 2) * Self.barHeight
        return Rectangle(
            x: plot.x + min(zero, end) * plot.width, y: y + 1, width: abs(end - zero) * plot.width,
            height: Self.barHeight - 2)
    }

    private func drawBars(
        of group: Int, on canvas: borrowing Canvas, _ plot: Rectangle, _ axis: Axis, middle: Double
    ) {
        for index in series.indices {
            canvas.fill(bar(index, group, plot, axis, middle: middle), SeriesStyle(index).colour)
        }
    }

    /// Writes the values beside their bars, on white, so that no line runs through them.
    private func drawValues(
        of group: Int, on canvas: borrowing Canvas, _ plot: Rectangle, _ axis: Axis, middle: Double
    ) {
        for index in series.indices {
            let value = value(index, group)
            let bar = bar(index, group, plot, axis, middle: middle)
            let width = canvas.width(of: text(value), .label)
            let start = value < 0 ? bar.x - 6 - width : bar.right + 6
            canvas.fill(Rectangle(x: start - 2, y: bar.y, width: width + 4, height: bar.height), .white)
            canvas.text(text(value), at: Point(start, bar.centre.y), .label)
        }
    }

    private func drawReference(on canvas: borrowing Canvas, _ plot: Rectangle, _ axis: Axis) {
        guard let reference, let position = axis.position(of: reference) else { return }
        let x = plot.x + position * plot.width
        canvas.line([Point(x, plot.y - 4), Point(x, plot.bottom)], .ink, lineWidth: 1.2, dashes: [4, 3])
    }
}
