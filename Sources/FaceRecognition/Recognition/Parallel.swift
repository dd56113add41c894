internal import Dispatch
internal import Synchronization

/// Work on many things, several at a time, whose results come in their order.
enum Parallel {
    /// - Parameters:
    ///   - threads: how many are worked on at a time.
    ///   - make: the work; it may run on any thread.
    ///   - take: given the number of a thing, and what became of it; what it throws ends all.
    static func each<Thing: Sendable, Made: Sendable>(
        _ things: [Thing], threads: Int, make: @Sendable (Thing) throws -> Made,
        take: (Int, Result<Made, any Error>) throws -> Void
    ) throws {
        // So many that none waits long for the last one, and few enough to show how it goes on.
        let most = 8 * threads
        for start in stride(from: 0, to: things.count, by: most) {
            let count = min(most, things.count - start)
            let results = Mutex([Result<Made, any Error>?](repeating: nil, count: count)), next = Atomic(0)
            DispatchQueue.concurrentPerform(iterations: min(threads, count)) { _ in
                while case let number = next.add(1, ordering: .relaxed).oldValue, number < count {
                    let result = Result { try make(things[start + number]) }
                    results.withLock { $0[number] = result }
                }
            }
            for (number, result) in results.withLock({ $0 }).enumerated() {
                if let result { try take(start + number, result) }
            }
        }
    }
}
