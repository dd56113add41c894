/// Gives transactions the rows that the network scores, one after the other, and keeps what it has seen for those that follow.
///
/// ```swift
/// var scorer = try Scorer(model), rows = Scorer.Rows()
/// for transaction in past { scorer.take(transaction) }
/// for transaction in new { scorer.take(transaction, into: &rows) }
/// let scores = try model.scores(of: rows.inputs)
/// ```
package struct Scorer: Sendable {
    /// Rows one behind the other.
    package struct Rows: Sendable {
        /// As the network takes them.
        package fileprivate(set) var inputs: [Float] = []
        /// What is usual for their cards, in the same columns; empty where reasons are not asked for.
        package fileprivate(set) var usual: [Float] = []

        package init() {}
    }

    package let model: FraudModel
    /// Cards, terminals, … so far.
    package private(set) var history: History
    /// Of each card the mean of its numbers so far, for reasons; nil where they are not asked for.
    private var usual: UsualNumbers?
    /// The numbers of the row at hand.
    private var numbers: [Double] = []

    /// - Parameter explains: whether reasons will be asked for.
    package init(_ model: FraudModel, explains: Bool = false) throws {
        self.model = model
        let columns = model.metadata.columns, rules = model.metadata.history
        history = try History(rules, keys: columns.keyNames)
        if explains { usual = UsualNumbers(card: columns.keyNames.firstIndex(of: rules.habit.key)) }
    }

    /// Reads ahead what the next transactions will need.
    package mutating func warm(_ transactions: ArraySlice<Transaction>) { history.warm(transactions) }

    /// Takes a transaction up that is not scored.
    package mutating func take(_ transaction: Transaction) {
        numbers.removeAll(keepingCapacity: true)
        history.append(transaction, to: &numbers)
        numbers += transaction.numbers
        usual?.take(numbers, of: transaction)
    }

    /// Takes a transaction up, and appends the row that the network scores.
    package mutating func take(_ transaction: Transaction, into rows: inout Rows) {
        let encoder = model.metadata.encoder, usualNumbers = usual?.numbers(of: transaction)
        take(transaction)
        encoder.append(numbers.lazy.map(Float.init), transaction.categories, to: &rows.inputs)
        if usual != nil { encoder.append(usualNumbers ?? encoder.fills, encoder.usualLevels, to: &rows.usual) }
    }

    /// Takes up what a state kept.
    package mutating func replay(_ event: StateFile.Event) {
        switch event {
        case .transaction(let transaction): take(transaction)
        case .label(let number, let transaction, let label): self.label(number, of: transaction, label)
        }
    }

    /// Gives a transaction that was taken up its label, which is known from now on.
    package mutating func label(_ number: Int, of transaction: Transaction, _ label: Label) {
        _ = history.label(number, of: transaction, label)
    }
}
