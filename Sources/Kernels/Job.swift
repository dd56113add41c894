/// A piece of a plan's work: tasks that may run at once, each of which writes memory of its own.
///
/// The number of tasks comes from the problem's shape, never from the number of threads. A job is made once, with the plan; running
/// it allocates nothing.
package final class Job: Sendable {
    /// The largest number of tasks.
    static let maximumCount = (1 << 20) - 1

    /// The number of tasks.
    package let count: Int
    /// What it does, for people: the kernel's name.
    package let kernel: String
    let body: @Sendable (_ workspace: Workspace, _ task: Int, _ worker: Int) -> Void

    /// A job of `count` tasks; `body` does one, on the worker of a number below the pool's threads.
    package init(_ kernel: String, count: Int = 1, _ body: @escaping @Sendable (Workspace, Int, Int) -> Void) {
        precondition(count >= 0 && count <= Self.maximumCount, "a job of \(count) tasks")
        self.kernel = kernel
        self.count = count
        self.body = body
    }
}
