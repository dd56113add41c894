internal import NeuralNetworks
internal import Streams
internal import Synchronization

/// The transactions of a file, many at a time, read ahead on a thread of its own.
struct TransactionChunks: Sendable {
    /// Rows one behind the other.
    struct Chunk: Sendable {
        var transactions: [Transaction] = []
        var rejects: [TransactionFile.Reject] = []

        /// The transactions in parts that a history reads ahead for: see ``History/warm(_:)``.
        var parts: some Sequence<ArraySlice<Transaction>> {
            stride(from: 0, to: transactions.count, by: 32).lazy.map {
                transactions[$0..<min($0 + 32, transactions.count)]
            }
        }
    }

    private static let size = 2_048

    private let preparation: Preparation<Chunk>

    /// Starts to read.
    ///
    /// - Parameter seen: the ids of this file and of others; a row of one that has come before is a reject.
    init(_ file: consuming sending TransactionFile, seen: SeenRows) {
        let number = seen.begin(file.name), file = Mutex(file)
        preparation = Preparation { _ in try file.withLock { try Self.chunk(&$0, seen, number) } }
    }

    private static func chunk(_ file: inout TransactionFile, _ seen: SeenRows, _ number: UInt32) throws -> Chunk? {
        var chunk = Chunk()
        do {
            while chunk.transactions.count + chunk.rejects.count < size, let row = try file.next() {
                switch row {
                case .reject(let reject): chunk.rejects.append(reject)
                case .transaction(let transaction):
                    if let fault = seen.take(transaction.id, file: number, line: file.line) {
                        chunk.rejects.append(file.reject(fault))
                    } else {
                        chunk.transactions.append(transaction)
                    }
                }
            }
        } catch {
            // What was read before comes first; the fault is there again when more is asked for.
            if chunk.transactions.isEmpty, chunk.rejects.isEmpty { throw error }
        }
        return chunk.transactions.isEmpty && chunk.rejects.isEmpty ? nil : chunk
    }

    /// The next ones; nil at the end.
    ///
    /// - Throws: `InputError` where the file cannot be read on; the rows before were given.
    func next() throws -> Chunk? { try preparation.next() }

    /// Ends the reading.
    func cancel() { preparation.cancel() }
}
