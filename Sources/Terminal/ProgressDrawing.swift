package import Progress

/// What is shown of progress, and when: a function of events and the time, without clock or terminal.
package struct ProgressDrawing: Sendable {
    /// Where the lines go.
    package enum Surface: Sendable {
        /// A terminal: one line, drawn over.
        case terminal(colour: Bool)
        /// A file or a pipe: a plain line now and then.
        case plain
    }

    /// What is to be done for an event.
    package enum Output: Sendable, Hashable {
        /// Draws the text over the line drawn last.
        case redraw(String)
        /// Writes a line that stays.
        case line(String)
    }

    /// Work that takes less is not spoken of.
    private static let silence = Duration.seconds(2)

    private struct Start {
        var time: Duration
        var completed: Int
    }

    private let surface: Surface
    private var starts: [String: Start] = [:]
    private var shownAt: Duration?

    package init(_ surface: Surface) { self.surface = surface }

    /// What to show for `event` at the time `now`, counted from any fixed moment.
    package mutating func outputs(
        for event: ProgressEvent, at now: Duration, columns: @autoclosure () -> Int
    ) -> [Output] {
        switch event {
        case .message(let text): return [.line(text)]
        case .advanced(let task):
            let start = start(of: task, at: now)
            guard now - start.time >= Self.silence, isDue(at: now) else { return [] }
            shownAt = now
            let line = ProgressLine(task, completedBefore: start.completed, elapsed: now - start.time)
            switch surface {
            case .terminal(let colour): return [.redraw(line.drawn(columns: columns(), colour: colour))]
            case .plain: return [.line(line.plain)]
            }
        case .finished(let task):
            let start = start(of: task, at: now)
            starts[task.name] = nil
            guard now - start.time >= Self.silence else { return [] }
            shownAt = nil
            return [.line(ProgressLine(task, completedBefore: start.completed, elapsed: now - start.time).summary)]
        }
    }

    private mutating func start(of task: TaskProgress, at now: Duration) -> Start {
        if let start = starts[task.name] { return start }
        let start = Start(time: now, completed: task.completed)
        starts[task.name] = start
        return start
    }

    private func isDue(at now: Duration) -> Bool {
        guard let shownAt else { return true }
        switch surface {
        case .terminal: return now - shownAt >= .milliseconds(100)
        case .plain: return now - shownAt >= .seconds(10)
        }
    }
}
