internal import CKernels
internal import Glibc
internal import Synchronization

/// Threads that run the tasks of one job at a time.
///
/// The caller works too. A waiting thread spins for some microseconds, since the next step of a small network follows soon, and then
/// sleeps. A second caller that finds the pool busy runs its job alone.
package final class ThreadPool: Sendable {
    /// The number of threads, the caller's among them.
    package let threadCount: Int

    private let crew = Crew()
    private let threads: [pthread_t]

    /// A pool of `threadCount` threads, or of as many as the system gives.
    ///
    /// - Precondition: `threadCount` is 1 to 1024.
    package init(threadCount: Int) {
        precondition(threadCount >= 1 && threadCount <= 1024, "a pool of \(threadCount) threads")
        var threads: [pthread_t] = []
        while threads.count + 1 < threadCount, let thread = crew.startThread(as: threads.count + 1) {
            threads.append(thread)
        }
        self.threads = threads
        self.threadCount = threads.count + 1
    }

    deinit {
        crew.dismiss()
        for thread in threads { pthread_join(thread, nil) }
    }

    /// Processors that this process may run on.
    package static let processorCount = Int(engram_processor_count())

    /// Runs all tasks of a job and returns when they are done.
    package func run(_ job: Job, in workspace: Workspace) {
        if job.count > 1, threadCount > 1, crew.run(job, in: workspace) { return }
        for task in 0..<job.count { job.body(workspace, task, 0) }
    }
}

/// What a pool's threads share.
///
/// A task belongs to whoever moves the ticket's last field on. The owner of an unfinished task knows that the caller of `run` still
/// waits, and so that `job` and `workspace` are there.
private final class Crew: @unchecked Sendable {
    // `job` and `workspace` are published and retired by `ticket` and `finished`.
    /// Generation (24 bits), number of tasks (20), next task (20).
    private let ticket = Atomic<UInt64>(0)
    private let finished = Atomic<Int>(0)
    private let isBusy = Atomic<Bool>(false)
    private let isDismissed = Atomic<Bool>(false)
    private let sleepers = Atomic<Int>(0)
    private let doorbell = Doorbell()
    nonisolated(unsafe) private var job: Job?
    nonisolated(unsafe) private var workspace: Workspace?

    /// About 100 µs.
    private static let spins = 3_000

    /// Where a thread of the pool begins.
    private final class Post {
        let crew: Crew
        let worker: Int
        init(_ crew: Crew, _ worker: Int) {
            self.crew = crew
            self.worker = worker
        }
    }

    func startThread(as worker: Int) -> pthread_t? {
        var thread = pthread_t()
        let post = unsafe Unmanaged.passRetained(Post(self, worker))
        let status = unsafe pthread_create(
            &thread, nil,
            { argument in
                guard let argument = unsafe argument else { return nil }
                let post = unsafe Unmanaged<Post>.fromOpaque(argument).takeRetainedValue()
                post.crew.serve(as: post.worker)
                return nil
            }, post.toOpaque())
        if status != 0 { unsafe post.release() }
        return status == 0 ? thread : nil
    }

    func dismiss() {
        isDismissed.store(true, ordering: .sequentiallyConsistent)
        doorbell.ring()
    }

    /// Runs a job with all threads; false, and nothing done, where another caller's job runs.
    func run(_ job: Job, in workspace: Workspace) -> Bool {
        guard isBusy.compareExchange(expected: false, desired: true, ordering: .acquiring).exchanged else {
            return false
        }
        unsafe self.job = job
        unsafe self.workspace = workspace
        finished.store(0, ordering: .relaxed)
        let generation = ticket.load(ordering: .relaxed) >> 40 &+ 1
        ticket.store(generation << 40 | UInt64(job.count) << 20, ordering: .sequentiallyConsistent)
        if sleepers.load(ordering: .sequentiallyConsistent) > 0 { doorbell.ring() }
        takeTasks(as: 0)
        var waits = 0
        while finished.load(ordering: .acquiring) < job.count {
            waits += 1
            if waits < Self.spins { engram_spin_hint() } else { sched_yield() }
        }
        unsafe self.job = nil
        unsafe self.workspace = nil
        isBusy.store(false, ordering: .releasing)
        return true
    }

    private static func hasTask(_ ticket: UInt64) -> Bool {
        let field: UInt64 = 0xF_FFFF
        return ticket & field < ticket >> 20 & field
    }

    /// Takes tasks of the current job until there are none; whether there was one.
    @discardableResult
    private func takeTasks(as worker: Int) -> Bool {
        var found = false
        var current = ticket.load(ordering: .acquiring)
        while Self.hasTask(current) {
            let (exchanged, original) = ticket.compareExchange(
                expected: current, desired: current + 1, ordering: .acquiringAndReleasing)
            guard exchanged else {
                current = original
                continue
            }
            if let job = unsafe job, let workspace = unsafe workspace {
                job.body(workspace, Int(current & 0xF_FFFF), worker)
            }
            found = true
            finished.add(1, ordering: .releasing)
            current = ticket.load(ordering: .acquiring)
        }
        return found
    }

    /// What a thread of the pool does until it is dismissed.
    private func serve(as worker: Int) {
        var idle = 0
        while !isDismissed.load(ordering: .acquiring) {
            if takeTasks(as: worker) {
                idle = 0
            } else if idle < Self.spins {
                idle += 1
                engram_spin_hint()
            } else {
                idle = 0
                sleepers.add(1, ordering: .sequentiallyConsistent)
                doorbell.wait {
                    Self.hasTask(ticket.load(ordering: .sequentiallyConsistent))
                        || isDismissed.load(ordering: .sequentiallyConsistent)
                }
                sleepers.subtract(1, ordering: .sequentiallyConsistent)
            }
        }
    }
}
