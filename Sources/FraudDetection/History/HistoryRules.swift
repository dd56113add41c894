package import Pipelines

/// What a recipe says of history: how late labels come, and what a habit is.
package struct HistoryRules: RecipePart {
    /// What an amount is held against: what its key, most often the card, used to pay.
    package struct Habit: RecipePart {
        /// Whose habit it is, by the name of a key; empty for none.
        package var key = ""
        /// How many days of payments it is made of.
        package var days = 90
        /// A payment is ordinary, and part of the habit, where it is at most so many times the key's mean genuine amount.
        package var ordinary = 3.0
        /// A payment is large where it is more than so many times the habit.
        package var large = 2.5

        package init() {}

        package func validate() throws(RecipeFault) {
            try require("days", days, in: 1...3_660)
            try require("ordinary", ordinary, in: 1...1_000)
            try require("large", large, in: 1...1_000)
        }
    }

    /// Days after which a payment's label is known.
    package var labelDelay = 7.0
    /// What counts, once the delay is over, of a payment that nobody has said anything about.
    package var unlabelled = Unlabelled.genuine
    package var habit = Habit()
    /// What is computed from history, by name.
    package var features: [String] = []

    /// What no news is.
    package enum Unlabelled: String, CaseIterable, Codable, Sendable {
        /// Good news: frauds are reported, and nothing else is.
        case genuine
        /// No news.
        case unknown
    }

    package init() {}

    package func validate() throws(RecipeFault) { try require("label_delay", labelDelay, in: 0...3_660) }

    /// The features as they are computed.
    ///
    /// - Throws: `RecipeFault` where a name is none, stands twice, or needs a habit that is not there.
    func parsed(keys: [String]) throws(RecipeFault) -> [HistoryFeature] {
        if !habit.key.isEmpty, !keys.contains(habit.key) {
            throw RecipeFault("the habit's key is '\(habit.key)'", keys)
        }
        var features: [HistoryFeature] = []
        for name in self.features {
            guard let feature = HistoryFeature(name, keys: keys) else {
                throw RecipeFault("there is no feature '\(name)'", keys)
            }
            if feature.needsHabit, habit.key.isEmpty {
                throw RecipeFault(
                    "features", "'\(name)' needs a habit", remedy: "say whose: habit: {key: card}")
            }
            if features.contains(feature) { throw RecipeFault("features", "'\(name)' stands there twice") }
            features.append(feature)
        }
        return features
    }
}

extension RecipeFault {
    fileprivate init(_ fault: String, _ keys: [String]) {
        self.init(
            "features", fault,
            remedy: keys.isEmpty
                ? "the recipe names no keys"
                : "keys are \(keys.joined(separator: ", ")); features of a key are such as "
                    + HistoryFeature.names(ofKey: keys[0]).joined(separator: ", "))
    }
}
