/// Scores transactions one after the other, and keeps what it has seen for those that follow.
///
/// ```swift
/// var scorer = try Scorer(model)
/// for transaction in past { scorer.take(transaction) }
/// let score = try scorer.score(scorer.take(transaction))
/// ```
package struct Scorer: Sendable {
    /// A transaction's features, and what is usual for its card.
    package struct Row: Sendable {
        /// As the network takes them.
        package var inputs: [Float]
        /// Of the same columns; empty where reasons are not asked for.
        package var usual: [Float]
        package var amount: Double
    }

    package let model: FraudModel
    /// Cards, terminals, … so far.
    package private(set) var history: History
    /// Of each card the mean of its numbers so far, for reasons; nil where they are not asked for.
    private var usual: UsualNumbers?

    /// - Parameter explains: whether reasons will be asked for.
    package init(_ model: FraudModel, explains: Bool = false) throws {
        self.model = model
        let columns = model.metadata.columns, rules = model.metadata.history
        history = try History(rules, keys: columns.keyNames)
        if explains { usual = UsualNumbers(card: columns.keyNames.firstIndex(of: rules.habit.key)) }
    }

    /// Reads ahead what the next transactions will need.
    package mutating func warm(_ transactions: ArraySlice<Transaction>) { history.warm(transactions) }

    /// Takes a transaction up, and gives the row that the network scores.
    package mutating func take(_ transaction: Transaction) -> Row {
        let numbers = (history.append(transaction) + transaction.numbers).map(Float.init)
        let encoder = model.metadata.encoder
        var row = Row(inputs: [], usual: [], amount: transaction.amount)
        encoder.append(numbers, transaction.categories, to: &row.inputs)
        if let usual {
            encoder.append(usual.numbers(of: transaction) ?? encoder.fills, encoder.usualLevels, to: &row.usual)
        }
        usual?.take(numbers, of: transaction)
        return row
    }

    /// Takes up what a state kept.
    package mutating func replay(_ event: StateFile.Event) {
        switch event {
        case .transaction(let transaction): _ = take(transaction)
        case .label(let number, let transaction, let label): self.label(number, of: transaction, label)
        }
    }

    /// Gives a transaction that was taken up its label, which is known from now on.
    package mutating func label(_ number: Int, of transaction: Transaction, _ label: Label) {
        _ = history.label(number, of: transaction, label)
    }

    /// The probability of a fraud.
    package func score(_ row: Row) throws -> Float {
        model.metadata.calibration.probability(ofLogit: try model.logits(of: row.inputs).first ?? .nan)
    }
}
