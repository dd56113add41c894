import Glibc
import Kernels
import Synchronization
import Testing

/// Counts which tasks ran, and on which workers.
private final class Tally: Sendable {
    private let counts: Mutex<(tasks: [Int], workers: Set<Int>)>
    init(_ tasks: Int) { counts = Mutex((Array(repeating: 0, count: tasks), [])) }

    func note(_ task: Int, _ worker: Int) {
        counts.withLock {
            $0.tasks[task] += 1
            $0.workers.insert(worker)
        }
    }
    var tasks: [Int] { counts.withLock { $0.tasks } }
    var workers: Set<Int> { counts.withLock { $0.workers } }
}

@Suite struct ThreadPoolTests {
    private func workspace(_ pool: ThreadPool) -> Workspace { Workspace(arenaBytes: 64, scratchBytes: 64, pool: pool) }

    @Test(
        "each task runs once, on a worker below the number of threads", arguments: [1, 2, 3, 8],
        [0, 1, 2, 3, 7, 1_000, 20_000])
    func tasks(threads: Int, count: Int) {
        let pool = ThreadPool(threadCount: threads)
        #expect(pool.threadCount == threads)
        let tally = Tally(count)
        pool.run(Job("tally", count: count) { _, task, worker in tally.note(task, worker) }, in: workspace(pool))
        #expect(tally.tasks == Array(repeating: 1, count: count))
        #expect(tally.workers.allSatisfy { (0..<threads).contains($0) })
    }

    @Test("a pool's threads run a job together") func together() {
        // Each task waits for the others, so that no thread can take two.
        let pool = ThreadPool(threadCount: 3)
        let tally = Tally(3), arrival = Arrival()
        pool.run(
            Job("meet", count: 3) { _, task, worker in
                tally.note(task, worker)
                arrival.meet(3)
            }, in: workspace(pool))
        #expect(tally.workers == [0, 1, 2])
    }

    @Test("a hundred thousand tiny jobs end", arguments: [2, 3]) func tinyJobs(threads: Int) {
        let pool = ThreadPool(threadCount: threads)
        let workspace = workspace(pool)
        let sum = Sum()
        let job = Job("tiny", count: 3) { _, task, _ in sum.add(task + 1) }
        for _ in 0..<100_000 { pool.run(job, in: workspace) }
        #expect(sum.value == 600_000)
    }

    @Test("jobs after the pool's threads fell asleep run whole", .timeLimit(.minutes(1))) func sleepers() {
        let pool = ThreadPool(threadCount: 3)
        let workspace = workspace(pool)
        for _ in 0..<20 {
            let tally = Tally(50)
            // Longer than the threads spin.
            let start = clock()
            while clock() - start < 2_000 {}
            pool.run(Job("tally", count: 50) { _, task, worker in tally.note(task, worker) }, in: workspace)
            #expect(tally.tasks == Array(repeating: 1, count: 50))
        }
    }

    @Test("jobs from several threads at once each run whole") func severalCallers() async {
        let pool = ThreadPool(threadCount: 2)
        await withTaskGroup(of: Bool.self) { group in
            for _ in 0..<4 {
                group.addTask {
                    let workspace = Workspace(arenaBytes: 64, scratchBytes: 64, pool: pool)
                    return (0..<2_000).allSatisfy { _ in
                        let tally = Tally(7)
                        pool.run(Job("tally", count: 7) { _, task, worker in tally.note(task, worker) }, in: workspace)
                        return tally.tasks == Array(repeating: 1, count: 7)
                    }
                }
            }
            for await isWhole in group { #expect(isWhole) }
        }
    }

    @Test("a caller that finds the pool busy runs alone") func busy() {
        let pool = ThreadPool(threadCount: 2)
        let workspace = workspace(pool)
        let inner = Tally(100)
        // From inside of a task the pool is busy for sure.
        pool.run(
            Job("outer", count: 2) { workspace, task, _ in
                guard task == 0 else { return }
                pool.run(Job("inner", count: 100) { _, task, worker in inner.note(task, worker) }, in: workspace)
            }, in: workspace)
        #expect(inner.tasks == Array(repeating: 1, count: 100))
        #expect(inner.workers == [0])
    }

    @Test("pools come and go, their threads awake or asleep") func comeAndGo() {
        for round in 0..<200 {
            let pool = ThreadPool(threadCount: 1 + round % 4)
            let tally = Tally(round % 5)
            pool.run(
                Job("tally", count: round % 5) { _, task, worker in tally.note(task, worker) }, in: workspace(pool))
            if round % 20 == 0 {
                let start = clock()
                while clock() - start < 2_000 {}
            }
            #expect(tally.tasks == Array(repeating: 1, count: round % 5))
        }
    }

    @Test("this process may run somewhere") func processorCount() { #expect(ThreadPool.processorCount >= 1) }

    @Test("a pool without threads, or with far too many, is a programmer's error") func preconditions() async {
        await #expect(processExitsWith: .failure) { _ = ThreadPool(threadCount: 0) }
        await #expect(processExitsWith: .failure) { _ = ThreadPool(threadCount: 1_025) }
        await #expect(processExitsWith: .failure) { _ = Job("negative", count: -1) { _, _, _ in } }
        await #expect(processExitsWith: .failure) { _ = Job("too many", count: 1 << 20) { _, _, _ in } }
    }
}

/// A sum that several threads add to.
private final class Sum: Sendable {
    private let total = Atomic<Int>(0)
    func add(_ number: Int) { total.add(number, ordering: .relaxed) }
    var value: Int { total.load(ordering: .sequentiallyConsistent) }
}

/// A place where threads wait for each other.
private final class Arrival: Sendable {
    private let arrived = Atomic<Int>(0)

    func meet(_ count: Int) {
        arrived.add(1, ordering: .sequentiallyConsistent)
        while arrived.load(ordering: .sequentiallyConsistent) < count { sched_yield() }
    }
}
