internal import NeuralNetworks
package import Progress
package import Streams

/// Scores the rows of a table, by the thousand.
package struct TableScoring {
    /// What became of a table.
    package struct Outcome: Hashable, Sendable {
        package var rows = 0
        package var alerts = 0
        package var rejects = 0
        /// Rows that were earlier than one before them; scored as of their own time.
        package var late = 0
        /// Payments that share a day with others, since their key has more than are kept one by one.
        package var merged = 0
        /// Whether rows said what they were.
        package var hasLabels = false
    }

    private var scorer: Scorer
    private let alerts: AlertRule
    private let reasons: ReasonWriter?
    private let seen = SeenRows()

    package init(_ model: FraudModel, alerts: AlertRule, reasons: ReasonWriter?) throws {
        scorer = try Scorer(model, explains: reasons != nil)
        self.alerts = alerts
        self.reasons = reasons
    }

    /// Takes a table of the past up.
    ///
    /// - Parameter onReject: told of each row that is left out.
    /// - Throws: `InputError` where the file cannot be read.
    package mutating func take(
        _ path: String, progress: ProgressHandler = { _ in },
        onReject: (String, TransactionFile.Reject) throws -> Void
    ) throws {
        let read = try read(path, "reading the past", progress, onReject) { scoring, transactions in
            for (place, transaction) in transactions.enumerated() {
                scoring.warm(transactions, place)
                _ = scoring.scorer.take(transaction)
            }
        }
        if let fault = read.fault { throw fault }
    }

    /// Takes a state up.
    package mutating func take(_ state: StateFile) throws { try state.replay { scorer.replay($0) } }

    /// Scores a table.
    ///
    /// - Parameters:
    ///   - onReject: told of each row that is left out.
    ///   - answer: given the scores, many rows at a time, in the table's order.
    /// - Returns: what became of the rows, and why the file could not be read to its end, if it could not.
    /// - Throws: `InputError` where it cannot be read at all.
    package mutating func score(
        _ path: String, progress: ProgressHandler = { _ in },
        onReject: (String, TransactionFile.Reject) throws -> Void,
        answer: ([ScoredTransaction]) throws -> Void
    ) throws -> (outcome: Outcome, fault: InputError?) {
        let late = scorer.history.lateCount, merged = scorer.history.mergedCount
        var (outcome, fault) = try read(path, "scoring", progress, onReject) { scoring, transactions in
            try answer(try scoring.scored(transactions))
        }
        outcome.late = scorer.history.lateCount - late
        outcome.merged = scorer.history.mergedCount - merged
        return (outcome, fault)
    }

    private mutating func read(
        _ path: String, _ doing: String, _ progress: ProgressHandler,
        _ onReject: (String, TransactionFile.Reject) throws -> Void,
        _ take: (inout TableScoring, [Transaction]) throws -> Void
    ) throws -> (outcome: Outcome, fault: InputError?) {
        let file = try TransactionFile(path, scorer.model.metadata.columns), name = file.name
        var outcome = Outcome()
        outcome.hasLabels = file.hasLabels
        let chunks = TransactionChunks(file, seen: seen)
        defer { chunks.cancel() }
        var task = TaskProgress(doing, unit: "rows")
        progress(.advanced(task))
        var fault: InputError?
        while true {
            var next: TransactionChunks.Chunk?
            do { next = try chunks.next() } catch let error as InputError { fault = error }
            guard let chunk = next else { break }
            for reject in chunk.rejects { try onReject(name, reject) }
            try take(&self, chunk.transactions)
            outcome.rows += chunk.transactions.count
            outcome.rejects += chunk.rejects.count
            task.completed += chunk.transactions.count + chunk.rejects.count
            progress(.advanced(task))
        }
        progress(.finished(task))
        return (outcome, fault)
    }

    private static let rowsAhead = 32

    /// Reads ahead for so many rows, where a place is the first of them.
    private mutating func warm(_ transactions: [Transaction], _ place: Int) {
        guard place % Self.rowsAhead == 0 else { return }
        scorer.warm(transactions[place..<min(place + Self.rowsAhead, transactions.count)])
    }

    private mutating func scored(_ transactions: [Transaction]) throws -> [ScoredTransaction] {
        var inputs: [Float] = [], rows: [Scorer.Row] = []
        for (place, transaction) in transactions.enumerated() {
            warm(transactions, place)
            let row = scorer.take(transaction)
            inputs += row.inputs
            if reasons != nil { rows.append(row) }
        }
        let calibration = scorer.model.metadata.calibration, budget = scorer.model.metadata.budget
        return try zip(transactions.indices, scorer.model.logits(of: inputs)).map { place, logit in
            let score = calibration.probability(ofLogit: logit), transaction = transactions[place]
            return ScoredTransaction(
                id: transaction.id, score: score,
                isAlert: alerts.isAlert(score: score, amount: transaction.amount, budget),
                reasons: try reasons?.reasons(for: rows[place], transaction))
        }
    }
}
