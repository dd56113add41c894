internal import Dispatch
internal import Synchronization

/// A thread that prepares batches ahead, in order, while the network learns from those before.
package final class BatchPreparation: Sendable {
    private let queue = DispatchQueue(label: "engram.batches", qos: .userInitiated)
    private let filled = DispatchSemaphore(value: 0)
    // Both start at 0, since a semaphore must not end below where it started.
    private let free = DispatchSemaphore(value: 0)
    private let state = Mutex<(ready: [Result<Batch, any Error>], isCancelled: Bool)>(([], false))

    /// Starts to prepare.
    ///
    /// - Parameter ahead: how many batches may wait.
    package init(_ batches: [[Int]], of dataset: some Dataset, epoch: Int?, seed: UInt64, ahead: Int = 4) {
        for _ in 0..<ahead { free.signal() }
        queue.async { [self] in
            for indices in batches {
                free.wait()
                if state.withLock({ $0.isCancelled }) { return }
                let batch = Result { try dataset.batch(indices, epoch: epoch, seed: seed) }
                state.withLock { $0.ready.append(batch) }
                filled.signal()
            }
        }
    }

    /// The next batch; called as often as there are batches.
    package func next() throws -> Batch {
        filled.wait()
        let batch = state.withLock { $0.ready.removeFirst() }
        free.signal()
        return try batch.get()
    }

    /// Ends the thread; no batch is taken afterwards.
    package func cancel() {
        state.withLock { $0.isCancelled = true }
        free.signal()
    }
}
