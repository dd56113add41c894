internal import Tables

/// How well a model's scores tell frauds.
package struct FraudEvaluation: Sendable {
    /// A week of rows, which begins on a Monday.
    package struct Week: Hashable, Sendable {
        /// The day of its Monday, since 1970.
        package var monday: Int
        package var figures: RankingFigures
        /// nil where rows have no cards.
        package var cardPrecision: Double?
    }

    package let figures: RankingFigures
    /// nil where rows have no cards.
    package let cardPrecision: CardPrecision?
    /// The expected calibration error of the scores.
    package let calibrationError: Double?
    /// The share of frauds among as many of the highest scores as the budget has cards a day, over all days; nil without days or frauds.
    package let recallAtBudget: Double?
    package let weeks: [Week]

    /// Why some figures cannot be had: of frauds, of genuine payments or of both there is none.
    package var shortcoming: String? {
        switch (figures.frauds, figures.genuine) {
        case (0, 0): "there is no row with a label where it is judged"
        case (0, _): "none of the rows is a fraud"
        case (_, 0): "all of the rows are frauds"
        default: nil
        }
    }

    /// Scores rows of a table, all that have labels, in a stretch of time.
    ///
    /// - Parameter budget: cards that are looked at a day.
    package init(of model: FraudModel, on table: FeatureTable, in period: Range<Int64>?, budget: Int) throws {
        let rows = (0..<table.count).filter {
            table.labels[$0] != .unknown && period?.contains(table.times[$0]) ?? true
        }
        let calibration = model.metadata.calibration
        let scores = try model.logits(of: table, rows: rows).map(calibration.probability)
        let isFraud = rows.map { table.labels[$0] == .fraud }
        figures = RankingFigures(scores: scores, isFraud: isFraud)
        calibrationError = Calibration.error(probabilities: scores, isFraud: isFraud)
        func precision(_ places: some Sequence<Int>) -> CardPrecision? {
            if table.cards.isEmpty { return nil }
            return CardPrecision(
                places.lazy.map { (table.times[rows[$0]], table.cards[rows[$0]], scores[$0], isFraud[$0]) },
                budget: budget)
        }
        cardPrecision = precision(rows.indices)
        guard !model.metadata.columns.time.isEmpty else {
            (weeks, recallAtBudget) = ([], nil)
            return
        }
        func day(_ place: Int) -> Int { Timestamp(microseconds: table.times[rows[place]]).dayNumber }
        let days = Set(rows.indices.map(day)).count
        recallAtBudget = figures.recall(among: days * budget)
        // 1 January 1970 was a Thursday.
        weeks = Dictionary(grouping: rows.indices) { (day($0) + 3) / 7 * 7 - 3 }.sorted { $0.key < $1.key }
            .map { monday, places in
                Week(
                    monday: monday,
                    figures: RankingFigures(scores: places.map { scores[$0] }, isFraud: places.map { isFraud[$0] }),
                    cardPrecision: precision(places)?.mean)
            }
    }
}
