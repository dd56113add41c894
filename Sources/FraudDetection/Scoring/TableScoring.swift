internal import NeuralNetworks
package import Progress
package import Streams
internal import Synchronization

/// Scores the rows of tables, by the thousand: one thread reads, one keeps the history, and one runs the network.
package final class TableScoring: Sendable {
    /// What became of a table.
    package struct Outcome: Hashable, Sendable {
        package var rows = 0
        package var rejects = 0
        /// Rows that were earlier than one before them; scored as of their own time.
        package var late = 0
        /// Payments that share a day with others, since their key has more than are kept one by one.
        package var merged = 0
    }

    /// Some rows of a table, ready for the network.
    private struct Part: Sendable {
        var transactions: [Transaction]
        var rejects: [TransactionFile.Reject]
        var rows = Scorer.Rows()
        /// How many had been late, and merged, when they had been taken up.
        var late = 0, merged = 0
    }

    private let model: FraudModel
    private let scorer: Mutex<Scorer>
    private let alerts: AlertRule
    private let reasons: ReasonWriter?
    private let seen = SeenRows()

    package init(_ model: FraudModel, alerts: AlertRule, reasons: ReasonWriter?) throws {
        self.model = model
        scorer = Mutex(try Scorer(model, explains: reasons != nil))
        self.alerts = alerts
        self.reasons = reasons
    }

    /// Takes a table of the past up.
    ///
    /// - Parameter onReject: told of each row that is left out.
    /// - Throws: `InputError` where the file cannot be read.
    package func take(
        _ path: String, progress: ProgressHandler = { _ in },
        onReject: TransactionFile.RejectHandler
    ) throws {
        let read = try read(path, "reading the past", isScored: false, progress, onReject) { _ in }
        if let fault = read.fault { throw fault }
    }

    /// Takes a state up.
    package func take(_ state: StateFile) throws {
        try scorer.withLock { scorer in try state.replay { scorer.replay($0) } }
    }

    /// Scores a table.
    ///
    /// - Parameters:
    ///   - onReject: told of each row that is left out.
    ///   - answer: given the scores, many rows at a time, in the table's order.
    /// - Returns: what became of the rows, and why the file could not be read to its end, if it could not.
    /// - Throws: `InputError` where it cannot be read at all.
    package func score(
        _ path: String, progress: ProgressHandler = { _ in },
        onReject: TransactionFile.RejectHandler,
        answer: ([ScoredTransaction]) throws -> Void
    ) throws -> (outcome: Outcome, fault: InputError?) {
        try read(path, "scoring", isScored: true, progress, onReject) { try answer(try scored($0)) }
    }

    private func read(
        _ path: String, _ doing: String, isScored: Bool, _ progress: ProgressHandler,
        _ onReject: TransactionFile.RejectHandler, _ take: (Part) throws -> Void
    ) throws -> (outcome: Outcome, fault: InputError?) {
        let file = try TransactionFile(path, model.metadata.columns), name = file.name
        var outcome = Outcome()
        let before = scorer.withLock { ($0.history.lateCount, $0.history.mergedCount) }
        let chunks = TransactionChunks(file, seen: seen)
        defer { chunks.cancel() }
        let parts = Preparation { [self] _ in try chunks.next().map { part(of: $0, isScored: isScored) } }
        defer { parts.cancel() }
        var task = TaskProgress(doing, unit: "rows"), fault: InputError?
        progress(.advanced(task))
        while true {
            var next: Part?
            do { next = try parts.next() } catch let error as InputError { fault = error }
            guard let part = next else { break }
            for reject in part.rejects { try onReject(name, reject) }
            try take(part)
            outcome.rows += part.transactions.count
            outcome.rejects += part.rejects.count
            (outcome.late, outcome.merged) = (part.late - before.0, part.merged - before.1)
            task.completed = outcome.rows + outcome.rejects
            progress(.advanced(task))
        }
        progress(.finished(task))
        return (outcome, fault)
    }

    /// Takes transactions up, and makes their rows where they are scored.
    private func part(of chunk: TransactionChunks.Chunk, isScored: Bool) -> Part {
        var part = Part(transactions: chunk.transactions, rejects: chunk.rejects)
        scorer.withLock { scorer in
            for transactions in chunk.parts {
                scorer.warm(transactions)
                for transaction in transactions {
                    if isScored { scorer.take(transaction, into: &part.rows) } else { scorer.take(transaction) }
                }
            }
            (part.late, part.merged) = (scorer.history.lateCount, scorer.history.mergedCount)
        }
        return part
    }

    private func scored(_ part: Part) throws -> [ScoredTransaction] {
        let scores = try model.scores(of: part.rows.inputs), width = model.metadata.encoder.width
        let budget = model.metadata.budget
        var answers: [ScoredTransaction] = []
        answers.reserveCapacity(scores.count)
        for (place, (transaction, score)) in zip(part.transactions, scores).enumerated() {
            let row = place * width..<(place + 1) * width
            answers.append(
                ScoredTransaction(
                    id: transaction.id, score: score,
                    isAlert: alerts.isAlert(score: score, amount: transaction.amount, budget),
                    reasons: try reasons?.reasons(
                        for: transaction, part.rows.inputs[row], usual: part.rows.usual[row])))
        }
        return answers
    }
}
