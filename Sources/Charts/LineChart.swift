/// Series over a common axis, in panels that stand one below another: loss and accuracy over the epochs.
///
/// ```swift
/// let chart = LineChart(
///     title: "keywords", xCaption: "epoch",
///     panels: [
///         .init(caption: "loss", series: [.init("training", y: losses)], logarithmic: true),
///         .init(caption: "accuracy", series: [.init("validation", y: accuracies)]),
///     ])
/// try chart.write(toPNG: "curves.png")
/// ```
package struct LineChart: Sendable, Hashable {
    /// A named row of points. A value that is not finite (or not above 0 on a logarithmic axis) breaks its line.
    package struct Series: Sendable, Hashable {
        package var name: String
        package var x: [Double]
        package var y: [Double]
        /// Whether it is background to the series after it, whose colour it shares: raw values under their mean.
        package var isFaint: Bool

        /// The points (`x`, `y`); where one has fewer values, the rest of the other is not shown.
        package init(_ name: String, x: [Double], y: [Double], isFaint: Bool = false) {
            self.name = name
            self.x = x
            self.y = y
            self.isFaint = isFaint
        }

        /// The values `y` at 1, 2, 3 and so on.
        package init(_ name: String, y: [Double], isFaint: Bool = false) {
            self.init(name, x: y.indices.map { Double($0 + 1) }, y: y, isFaint: isFaint)
        }
    }

    /// Series with a vertical axis of their own.
    package struct Panel: Sendable, Hashable {
        package var caption: String
        package var series: [Series]
        package var isLogarithmic: Bool

        package init(caption: String, series: [Series], logarithmic: Bool = false) {
            self.caption = caption
            self.series = series
            isLogarithmic = logarithmic
        }
    }

    package var title: String
    /// What the horizontal axis counts: `epoch`.
    package var xCaption: String
    package var panels: [Panel]

    package init(title: String, xCaption: String, panels: [Panel]) {
        self.title = title
        self.xCaption = xCaption
        self.panels = panels
    }
}

extension LineChart: Chart {
    private static let width = 880.0
    private static let plotHeight = 240.0
    private static let edge = 28.0

    package func drawn() throws(ChartError) -> Canvas {
        let headHeight = title.isEmpty ? 16.0 : 58
        let legends = panels.map { Legend(names: Self.legendNames($0), room: Self.width - 2 * Self.edge - 160) }
        let heights = legends.map { $0.height + 8 + Self.plotHeight + 40 }
        let canvas = try Canvas(width: Self.width, height: headHeight + heights.reduce(0, +) + 28)
        canvas.text(
            canvas.fitted(title, width: Self.width - 2 * Self.edge, .title), at: Point(Self.edge, 30), .title)

        let xs = panels.flatMap(\.series).flatMap { series in zip(series.x, series.y).map(\.0) }
        let xAxis = Axis(showing: xs, whole: xs.allSatisfy { $0 == $0.rounded() }, margin: 0.01)
        let yAxes = panels.map { panel in
            Axis(
                showing: panel.series.flatMap { series in zip(series.x, series.y).map(\.1) },
                logarithmic: panel.isLogarithmic, margin: 0.05)
        }
        let yTicks = yAxes.map { $0.ticks(count: 5) }
        let labelWidth = yTicks.flatMap(\.labels).reduce(0) { max($0, canvas.width(of: $1, .caption)) }
        let left = Self.edge + labelWidth + 8

        var top = headHeight
        for index in panels.indices {
            let plot = Rectangle(
                x: left, y: top + legends[index].height + 8, width: Self.width - left - Self.edge,
                height: Self.plotHeight)
            canvas.text(
                canvas.fitted(panels[index].caption, width: 150, .heading), at: Point(Self.edge, top + 8), .heading)
            legends[index].draw(on: canvas, right: plot.right, top: top)
            let frame = PlotFrame(area: plot, x: xAxis, y: yAxes[index])
            frame.drawGrid(on: canvas, yTicks: yTicks[index])
            for (series, style) in zip(panels[index].series, Self.styles(panels[index])) {
                frame.draw(series, style, on: canvas)
            }
            top += heights[index]
        }
        canvas.text(
            canvas.fitted(xCaption, width: Self.width - left - Self.edge, .caption),
            at: Point(left + (Self.width - left - Self.edge) / 2, top + 4), .caption, anchor: .centre)
        return canvas
    }

    /// A style a series that is not faint; a faint one has the style of the next.
    private static func styles(_ panel: Panel) -> [SeriesStyle] {
        var index = 0
        return panel.series.map { series in
            defer { if !series.isFaint { index += 1 } }
            return SeriesStyle(index, isFaint: series.isFaint)
        }
    }

    /// Faint series are background and need no entry.
    private static func legendNames(_ panel: Panel) -> [String] {
        panel.series.filter { !$0.isFaint }.map(\.name)
    }
}
