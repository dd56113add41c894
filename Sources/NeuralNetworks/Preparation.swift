internal import Dispatch
internal import Synchronization

/// A thread that makes things ahead, in order, while those before are used: batches, parts of a file.
package final class Preparation<Element: Sendable>: Sendable {
    private let queue = DispatchQueue(label: "engram.preparation", qos: .userInitiated)
    private let filled = DispatchSemaphore(value: 0)
    // Both start at 0, since a semaphore must not end below where it started.
    private let free = DispatchSemaphore(value: 0)
    private let state = Mutex<(ready: [Result<Element?, any Error>], isCancelled: Bool)>(([], false))

    /// Starts to prepare.
    ///
    /// - Parameters:
    ///   - ahead: how many may wait.
    ///   - make: makes the one of a number, counted from 0; nil is the end. What it throws comes in that
    ///     one's place.
    package init(ahead: Int = 4, _ make: @escaping @Sendable (Int) throws -> Element?) {
        for _ in 0..<ahead { free.signal() }
        queue.async { [self] in
            for number in 0... {
                free.wait()
                if state.withLock({ $0.isCancelled }) { return }
                let element = Result { try make(number) }
                state.withLock { $0.ready.append(element) }
                filled.signal()
                if case .success(nil) = element { return }
            }
        }
    }

    /// The next one; nil at the end, behind which nothing is to be asked for.
    package func next() throws -> Element? {
        filled.wait()
        let element = state.withLock { $0.ready.removeFirst() }
        free.signal()
        return try element.get()
    }

    /// Ends the thread; nothing is taken afterwards.
    package func cancel() {
        state.withLock { $0.isCancelled = true }
        free.signal()
    }
}

extension Preparation<Batch> {
    /// Starts to prepare the batches of an epoch.
    package convenience init(
        _ batches: [[Int]], of dataset: some Dataset, epoch: Int?, seed: UInt64, ahead: Int = 4
    ) {
        self.init(ahead: ahead) {
            $0 < batches.count ? try dataset.batch(batches[$0], epoch: epoch, seed: seed) : nil
        }
    }
}
