/// A rectangle with two axes, in which series are drawn.
struct PlotFrame {
    let area: Rectangle
    let x: Axis
    let y: Axis

    private func point(_ xValue: Double, _ yValue: Double) -> Point? {
        guard let across = x.position(of: xValue), let up = y.position(of: yValue) else { return nil }
        return Point(area.x + across * area.width, area.bottom - up * area.height)
    }

    /// Draws the lines and labels of both axes.
    func drawGrid(on canvas: borrowing Canvas, yTicks: Ticks) {
        for (value, label) in zip(yTicks.values, yTicks.labels) {
            guard let position = y.position(of: value) else { continue }
            let height = area.bottom - position * area.height
            canvas.line([Point(area.x, height), Point(area.right, height)], .grid)
            canvas.text(label, at: Point(area.x - 8, height), .caption, anchor: .right)
        }
        let xTicks = x.ticks(count: 8)
        for (value, label) in zip(xTicks.values, xTicks.labels) {
            guard let position = x.position(of: value) else { continue }
            let across = area.x + position * area.width
            canvas.line([Point(across, area.bottom), Point(across, area.bottom + 4)], .frame)
            canvas.text(label, at: Point(across, area.bottom + 14), .caption, anchor: .centre)
        }
        canvas.line([Point(area.x, area.bottom), Point(area.right, area.bottom)], .frame)
    }

    /// Draws a series: a line through each unbroken run of points, a disc where a run is a single one or runs are short.
    func draw(_ series: LineChart.Series, _ style: SeriesStyle, on canvas: borrowing Canvas) {
        var runs: [[Point]] = [[]]
        for (xValue, yValue) in zip(series.x, series.y) {
            if let point = point(xValue, yValue) {
                runs[runs.count - 1].append(point)
            } else if runs.last?.isEmpty == false {
                runs.append([])
            }
        }
        let isSparse = !series.isFaint && series.x.count <= 40
        for run in runs {
            if run.count > 1 {
                canvas.line(Self.thinned(run), style.colour, lineWidth: series.isFaint ? 1 : 1.8, dashes: style.dashes)
            }
            if isSparse || run.count == 1 { for point in run { canvas.disc(at: point, radius: 2.5, style.colour) } }
        }
    }

    /// The line as the eye sees it: of the points in one half point of width only the first, lowest, highest and last.
    static func thinned(_ points: [Point]) -> [Point] {
        var thinned: [Point] = []
        var start = 0
        while start < points.count {
            let column = (points[start].x * 2).rounded(.down)
            var (end, lowest, highest) = (start, start, start)
            while end < points.count, (points[end].x * 2).rounded(.down) == column {
                if points[end].y < points[lowest].y { lowest = end }
                if points[end].y > points[highest].y { highest = end }
                end += 1
            }
            thinned += Set([start, lowest, highest, end - 1]).sorted().map { points[$0] }
            start = end
        }
        return thinned
    }
}
