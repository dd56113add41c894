/// How many cards a day reach a score, as it was in the weeks that a model was calibrated on.
package struct AlertBudget: Hashable, Sendable, Codable {
    /// Falling scores, and how many cards a day had a payment of at least that score.
    package private(set) var scores: [Float] = []
    package private(set) var cardsPerDay: [Double] = []

    /// Whether nothing is known, since there were no cards.
    package var isEmpty: Bool { scores.isEmpty }

    package init() {}

    private struct CardDay: Hashable {
        var day: Int
        var card: String
    }

    /// - Parameter payments: the day, card and score of each.
    package init(_ payments: some Sequence<(day: Int, card: String, score: Float)>) {
        var highest: [CardDay: Float] = [:], days: Set<Int> = []
        for payment in payments {
            days.insert(payment.day)
            let key = CardDay(day: payment.day, card: payment.card)
            highest[key] = max(highest[key] ?? -.infinity, payment.score)
        }
        let falling = highest.values.sorted(by: >)
        // Places that are a twentieth apart are near enough.
        var place = 1
        while place <= falling.count {
            scores.append(falling[place - 1])
            cardsPerDay.append(Double(place) / Double(days.count))
            if place == falling.count { break }
            place = min(max(place + 1, Int((Double(place) * 1.05).rounded(.up))), falling.count)
        }
    }

    /// The score that so many cards a day reach; more than all where there is nothing to know it by.
    package func threshold(cardsPerDay wanted: Double) -> Float {
        guard let first = cardsPerDay.first, let last = scores.last else { return .infinity }
        if wanted < first { return scores[0].nextUp }
        var low = 0, high = scores.count
        while high - low > 1 {
            let middle = (low + high) / 2
            if cardsPerDay[middle] <= wanted { low = middle } else { high = middle }
        }
        guard high < scores.count else { return last }
        let share = Float((wanted - cardsPerDay[low]) / (cardsPerDay[high] - cardsPerDay[low]))
        return scores[low] + (scores[high] - scores[low]) * share
    }

    /// Whether a file's entry can be one.
    var isValid: Bool {
        scores.count == cardsPerDay.count && scores.allSatisfy(\.isFinite) && cardsPerDay.allSatisfy(\.isFinite)
            && zip(cardsPerDay, cardsPerDay.dropFirst()).allSatisfy { $0 < $1 }
            && zip(scores, scores.dropFirst()).allSatisfy { $0 >= $1 }
    }
}
