package import Pipelines
internal import Tables

/// What a network that scores rows of a table is made by: `pipelines/fraud.yaml` is one.
package struct FraudRecipe: RecipePart {
    /// A stretch of time, from the first moment to the last one, which is not part of it.
    package struct Period: RecipePart {
        /// As a table has times: `2018-05-01`; empty for the beginning.
        package var from = ""
        /// Empty for the end.
        package var to = ""

        package init() {}

        package func validate() throws(RecipeFault) {
            for (key, text) in [("from", from), ("to", to)] where !text.isEmpty && Self.time(text) == nil {
                throw RecipeFault(key, is: text, accepted: "are times such as 2018-05-01 or 2018-05-01 12:30:00")
            }
            if let range, range.isEmpty { throw RecipeFault("to", "the period ends before it begins") }
        }

        private static func time(_ text: String) -> Int64? { try? Timestamp(Array(text.utf8).span).microseconds }

        /// In microseconds.
        package var range: Range<Int64>? {
            let from = from.isEmpty ? Int64.min : Self.time(from), to = to.isEmpty ? Int64.max : Self.time(to)
            guard let from, let to else { return nil }
            return from < to ? from..<to : from..<from
        }
    }

    /// Which rows are learned from, and which judge.
    package struct Split: RecipePart {
        /// What is learned from, where rows have times.
        package var training = Period()
        /// What the network is judged by after each epoch; nothing where it is missing.
        package var validation: Period?
        /// What scores are made probabilities by; nothing where it is missing.
        package var calibration: Period?
        /// Where rows have no times: the share of them, drawn by the seed, that judges and calibrates.
        package var validationShare = 0.0
        /// An epoch has each fraud, and this share of the rest, another one each time.
        package var genuineShare = 1.0

        package init() {}

        package func validate() throws(RecipeFault) {
            try require("validation_share", validationShare, in: 0...0.9)
            try require("genuine_share", genuineShare, in: 1e-6...1)
        }
    }

    /// What `--version` calls the model.
    package var name = "fraud"
    /// Where the data come from, and their licence, for the model's metadata.
    package var data = ""
    package var columns = Columns()
    package var history = HistoryRules()
    package var split = Split()
    package var network = FraudNetwork()
    /// How much a fraud counts beside a genuine payment.
    package var positiveWeight: Float = 1
    /// How much less those count that are right already: γ of the focal loss.
    package var focusing: Float = 0
    package var training = TrainingRecipe(epochs: 20, batchSize: 512)

    package init() {}

    package func validate() throws(RecipeFault) {
        try require("positive_weight", positiveWeight, in: 1e-3...1e6)
        try require("focusing", focusing, in: 0...10)
        _ = try history.parsed(keys: columns.keyNames)
        if history.features.isEmpty, columns.numbers.isEmpty, columns.categories.isEmpty {
            throw RecipeFault(
                "columns", "there is nothing to learn from",
                remedy: "name numbers, categories, or features of history")
        }
    }
}
