internal import Dispatch
internal import GRDB
internal import Synchronization

/// Takes what was committed from a database's write-ahead log into the database, beside the commits, which need not wait for the disk so.
///
/// - Source: sqlite.org/wal.html, section 3.2, "Application-Initiated Checkpoints".
final class Checkpoints: Sendable {
    /// Commits of a checkpoint.
    private static let commits = 2_000

    private let queue: DatabaseQueue
    private let state = Mutex((commits: 0, isRunning: false))

    /// - Parameter queue: a connection of its own.
    init(_ queue: DatabaseQueue) { self.queue = queue }

    /// Counts a commit; begins a checkpoint where it is time for one, and none is under way.
    func count() {
        let isTime = state.withLock { state in
            state.commits += 1
            guard state.commits >= Self.commits, !state.isRunning else { return false }
            state = (0, true)
            return true
        }
        guard isTime else { return }
        DispatchQueue.global(qos: .utility).async { [self] in
            // One that fails is made up for by the next one, or by who opens the file.
            _ = try? queue.inDatabase { try $0.checkpoint(.passive) }
            state.withLock { $0.isRunning = false }
        }
    }
}
