/// What long work says of itself.
///
/// Work that may take more than a moment takes a ``ProgressHandler`` and calls it as often as it likes: whoever listens
/// decides what is shown and how often.
///
/// ```swift
/// var task = TaskProgress("training", unit: "steps", total: 2_000)
/// progress(.advanced(task))                       // the clock starts here
/// for step in 1...2_000 {
///     task.completed = step
///     task.metrics = [Metric("loss", loss)]
///     progress(.advanced(task))
/// }
/// progress(.finished(task))
/// ```
public enum ProgressEvent: Sendable, Hashable {
    /// The state of a task. Its first event, with what an earlier run had completed already, starts its clock.
    case advanced(TaskProgress)
    /// The last state of a task, whether or not it reached its total.
    case finished(TaskProgress)
    /// A line for the user that is not about one task's state: `resumed at step 400`.
    case message(String)
}

/// Takes what long work says of itself; may be called from any thread.
public typealias ProgressHandler = @Sendable (ProgressEvent) -> Void

/// How far a task is.
public struct TaskProgress: Sendable, Hashable {
    /// What is being done, as the user would say it: `training`, `reading photos`. Events of one name are one task.
    public var name: String
    /// What is counted, in the plural: `steps`, `files`.
    public var unit: String
    /// How many of `unit` are done.
    public var completed: Int
    /// How many there are, or `nil` where nobody knows.
    public var total: Int?
    /// Figures of this moment, in the order in which they should be shown.
    public var metrics: [Metric]

    /// A task of which `completed` units are done.
    public init(
        _ name: String, unit: String, completed: Int = 0, total: Int? = nil, metrics: [Metric] = []
    ) {
        self.name = name
        self.unit = unit
        self.completed = completed
        self.total = total
        self.metrics = metrics
    }

    /// The share that is done, from 0 to 1, or `nil` where the total is unknown; an empty task is done.
    public var fraction: Double? {
        guard let total else { return nil }
        guard total > 0 else { return 1 }
        return min(max(Double(completed) / Double(total), 0), 1)
    }
}

/// A named figure: a loss, an accuracy.
public struct Metric: Sendable, Hashable {
    /// What it is: `loss`.
    public var name: String
    /// Its value; need not be finite.
    public var value: Double

    /// The figure `value`, named `name`.
    public init(_ name: String, _ value: Double) {
        self.name = name
        self.value = value
    }
}
