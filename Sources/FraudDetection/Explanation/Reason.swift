/// What moved a score: a feature, its value, and what is usual.
package struct Reason: Hashable, Sendable {
    /// The feature's name in the recipe.
    package var feature: String
    /// For people: `amount as a multiple of the card's habit`.
    package var words: String
    /// In the row, and usually; texts of categories, and empty where a number is missing.
    package var value: String
    package var usual: String
    /// What it added to the logit.
    package var logit: Float

    /// In one line: `amount as a multiple of the card's habit: 6.2, usually 1.03`.
    package var text: String { "\(words): \(value), usually \(usual)" }
}

/// Tells reasons.
package struct ReasonWriter: Sendable {
    private let explainer: Explainer
    private let features: [HistoryFeature]
    private let names: [String]
    private let words: [String]
    private let most: Int

    /// - Parameter most: how many reasons a row gets at most.
    package init(_ model: FraudModel, most: Int = 3) throws {
        explainer = try Explainer(model)
        let columns = model.metadata.columns, rules = model.metadata.history
        features = try rules.parsed(keys: columns.keyNames)
        names = rules.features + columns.numbers + columns.categories
        words =
            features.map { $0.words(keys: columns.keyNames, habit: rules.habit.key) } + columns.numbers
            + columns.categories
        self.most = most
    }

    /// The features that moved a transaction's score up most; none that moved it by less than a tenth of the first.
    ///
    /// - Parameters:
    ///   - inputs: the network's inputs of its row.
    ///   - usual: those of what is usual for its card.
    package func reasons(
        for transaction: Transaction, _ inputs: ArraySlice<Float>, usual: ArraySlice<Float>
    ) throws -> [Reason] {
        let parts = try explainer.parts(of: Array(inputs), usual: Array(usual))
        let least = max((parts.first?.logit ?? 0) / 10, 0.01)
        let numbers = names.count - transaction.categories.count
        return parts.prefix(most).filter { $0.logit >= least }.map { part in
            let isNumber = part.feature < numbers
            func text(_ value: Float) -> String {
                Self.text(part.feature < features.count ? features[part.feature].worded(value) : value)
            }
            return Reason(
                feature: names[part.feature], words: words[part.feature],
                value: isNumber ? text(part.value) : transaction.categories[part.feature - numbers],
                usual: isNumber ? text(part.usual) : explainer.level(part), logit: part.logit)
        }
    }

    /// As people read it: two digits behind the point, more where it is small.
    private static func text(_ value: Float) -> String {
        if value == value.rounded(), abs(value) < 1e15 { return String(Int(value)) }
        let scale: Float = abs(value) < 1 ? 1_000 : 100
        return String((Double(value) * Double(scale)).rounded() / Double(scale))
    }
}
