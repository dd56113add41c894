package import Streams

/// Scores transactions as they come, one answer for each and at once.
///
/// With a state, what came and what was answered are committed before an answer is given; an id that comes again gets the answer that it got.
package struct Watch {
    /// What can be seen of it from outside.
    package struct Outcome: Hashable, Sendable {
        package var answers = 0
        /// Of those, how many had been given before.
        package var repeated = 0
        package var labels = 0
        package var faults = 0
    }

    /// Lines that share a commit at most, where so many are there already.
    private static let most = 256

    private var scorer: Scorer
    private let state: StateFile
    private let alerts: AlertRule
    private let reasons: ReasonWriter?
    private let encode: (ScoredTransaction) -> String

    /// Reads the state's events.
    ///
    /// - Parameter encode: an answer as the line that is given and kept.
    /// - Throws: `InputError` where the state cannot be read.
    package init(
        _ model: FraudModel, state: StateFile, alerts: AlertRule, reasons: ReasonWriter?,
        encode: @escaping (ScoredTransaction) -> String
    ) throws {
        var scorer = try Scorer(model, explains: reasons != nil)
        try state.replay { scorer.replay($0) }
        self.scorer = scorer
        self.state = state
        self.alerts = alerts
        self.reasons = reasons
        self.encode = encode
    }

    /// Answers until the end, or until it is to stop.
    ///
    /// - Parameters:
    ///   - answer: gives a line; called when it is kept.
    ///   - fault: told of a line that is passed over, by its number and why.
    package mutating func run(
        _ lines: LiveLines, answer: (String) -> Void, fault: (Int, String) -> Void,
        shouldStop: () -> Bool = { false }
    ) throws -> Outcome {
        var outcome = Outcome()
        while !shouldStop(), let first = try lines.next(shouldStop: shouldStop) {
            var answers: [String] = [], faults: [(line: Int, text: String)] = []
            try state.commit { commit in
                var next: (bytes: ArraySlice<UInt8>, isCut: Bool)? = first, count = 0
                while let line = next {
                    do {
                        if let text = try take(line, commit, &outcome) { answers.append(text) }
                    } catch let fault as TransactionLine.Fault { faults.append((lines.line, fault.description)) }
                    count += 1
                    next = count < Self.most && lines.hasLine ? try lines.next() : nil
                }
            }
            for text in answers { answer(text) }
            for (line, text) in faults { fault(line, text) }
            outcome.answers += answers.count
            outcome.faults += faults.count
        }
        return outcome
    }

    /// The answer to a line; nil where there is none.
    private mutating func take(
        _ line: (bytes: ArraySlice<UInt8>, isCut: Bool), _ commit: StateFile.Commit, _ outcome: inout Outcome
    ) throws -> String? {
        if line.bytes.allSatisfy({ $0 == UInt8(ascii: " ") || $0 == UInt8(ascii: "\t") }) { return nil }
        if line.isCut { throw TransactionLine.Fault(description: "longer than \(line.bytes.count) bytes") }
        switch try TransactionLine(line.bytes, scorer.model.metadata.columns) {
        case .label(let id, let label):
            guard let answered = try commit.answered(id) else {
                throw TransactionLine.Fault(description: "a label of '\(id)', which never came")
            }
            scorer.label(answered.number, of: answered.transaction, label)
            try commit.append(label, of: answered)
            outcome.labels += 1
            return nil
        case .transaction(let transaction):
            if let answered = try commit.answered(transaction.id) {
                guard !answered.answer.isEmpty else {
                    throw TransactionLine.Fault(description: "'\(transaction.id)' is part of the history already")
                }
                outcome.repeated += 1
                return answered.answer
            }
            var row = Scorer.Rows()
            scorer.take(transaction, into: &row)
            let score = try scorer.model.scores(of: row.inputs).first ?? .nan
            let isAlert = alerts.isAlert(
                score: score, amount: transaction.amount, scorer.model.metadata.budget)
            let text = encode(
                ScoredTransaction(
                    id: transaction.id, score: score, isAlert: isAlert,
                    reasons: try reasons?.reasons(for: transaction, row.inputs[...], usual: row.usual[...])))
            try commit.append(transaction, answer: text)
            return text
        }
    }
}
