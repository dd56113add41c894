internal import Tables

/// Of the cards that are looked at each day, the share that was defrauded that day.
///
/// Each day the `k` cards with the highest scores are looked at, a card by its highest payment. A card that was found to be defrauded is known,
/// and is left out on later days.
///
/// - Source: Le Borgne, Siblini, Lebichot, Bontempi 2022, *Reproducible Machine Learning for Credit Card Fraud Detection*, chapter 4, "Precision top-k
///   metrics", `card_precision_top_k` with `remove_detected_compromised_cards`.
package struct CardPrecision: Sendable {
    /// How many cards a day are looked at.
    package let budget: Int
    /// Of each day, in order: its number, and how many of the cards were defrauded.
    package private(set) var days: [(day: Int, found: Int)] = []
    /// The mean over days of what was found, as a share of the budget.
    package var mean: Double? {
        days.isEmpty ? nil : Double(days.reduce(0) { $0 + $1.found }) / Double(days.count * budget)
    }

    private struct Card {
        var score: Float
        var isFraud: Bool
        var place: Int
    }

    /// - Parameters:
    ///   - transactions: the time, card, score and truth of each.
    ///   - budget: how many cards a day are looked at.
    package init(
        _ transactions: some Sequence<(time: Int64, card: String, score: Float, isFraud: Bool)>, budget: Int
    ) {
        self.budget = budget
        var byDay: [Int: [String: Card]] = [:]
        for (place, transaction) in transactions.enumerated() {
            let day = Timestamp(microseconds: transaction.time).dayNumber
            var card =
                byDay[day, default: [:]][transaction.card]
                ?? Card(score: -.infinity, isFraud: false, place: place)
            card.score = max(card.score, transaction.score)
            card.isFraud = card.isFraud || transaction.isFraud
            byDay[day, default: [:]][transaction.card] = card
        }
        var known: Set<String> = []
        for (day, cards) in byDay.sorted(by: { $0.key < $1.key }) {
            let looked = cards.filter { !known.contains($0.key) }
                .sorted { ($1.value.score, $0.value.place) < ($0.value.score, $1.value.place) }.prefix(budget)
            let found = looked.filter(\.value.isFraud)
            days.append((day, found.count))
            known.formUnion(found.map(\.key))
        }
    }
}
