import Progress

/// The text of a task's progress.
struct ProgressLine {
    private let task: TaskProgress
    private let seconds: Double
    /// Units a second in this run, or `nil` as long as there are none.
    private let rate: Double?

    /// A task that had `completedBefore` units done when its clock started.
    init(_ task: TaskProgress, completedBefore: Int, elapsed: Duration) {
        self.task = task
        seconds = elapsed / .seconds(1)
        let done = Double(task.completed) - Double(completedBefore)
        rate = done > 0 && seconds > 0 ? done / seconds : nil
    }

    /// `training: 900 of 2,000 steps (45 %), 6.0/s, 3 min 03 s left, loss 0.3210`
    var plain: String {
        let percent = task.fraction.map { " (\(Self.percent($0)))" } ?? ""
        return "\(task.name): " + ([counts + percent] + pace + metrics).joined(separator: ", ")
    }

    /// `training: 2,000 steps in 5 min 33 s, 6.0/s, loss 0.1000`
    var summary: String {
        let isWhole = task.total == nil || task.total == task.completed
        let counted = isWhole ? "\(FigureText.count(task.completed)) \(task.unit)" : counts
        let parts = ["\(counted) in \(FigureText.duration(seconds: seconds))"] + rateText + metrics
        return "\(task.name): " + parts.joined(separator: ", ")
    }

    /// The line on a terminal: name, bar and figures, cut to fit in `columns`.
    ///
    /// The bar takes what the figures leave, from 10 to 30 columns, and is left out where there is less.
    func drawn(columns: Int, colour: Bool) -> String {
        let room = max(0, columns - 1)  // the last column stays free: some terminals wrap there
        let figures = ([task.fraction.map(Self.percent), counts].compactMap(\.self) + pace + metrics)
            .joined(separator: "  ")
        let barWidth = min(30, room - task.name.count - figures.count - 3)
        guard let fraction = task.fraction, barWidth >= 10 else {
            return String("\(task.name)  \(figures)".prefix(room))
        }
        let filled = Int((fraction * Double(barWidth)).rounded())
        let (full, empty) = (String(repeating: "━", count: filled), String(repeating: "─", count: barWidth - filled))
        let bar = colour ? "\u{1B}[36m\(full)\u{1B}[0;2m\(empty)\u{1B}[0m" : full + empty
        return "\(task.name) \(bar)  \(figures)"
    }

    private var counts: String {
        let completed = FigureText.count(task.completed)
        return task.total.map { "\(completed) of \(FigureText.count($0)) \(task.unit)" } ?? "\(completed) \(task.unit)"
    }

    private var rateText: [String] { rate.map { [FigureText.rate(perSecond: $0)] } ?? [] }

    private var pace: [String] {
        guard let rate, let total = task.total, total > task.completed else { return rateText }
        let secondsLeft = (Double(total) - Double(task.completed)) / rate
        return rateText + ["\(FigureText.duration(seconds: secondsLeft)) left"]
    }

    private var metrics: [String] { task.metrics.map { "\($0.name) \(FigureText.significant($0.value))" } }

    /// Rounded down, so that 100 % means all.
    private static func percent(_ fraction: Double) -> String { "\(Int(fraction * 100)) %" }
}
