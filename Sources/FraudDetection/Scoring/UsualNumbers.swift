/// What is usual for each card: the mean of its rows' numbers, in which older ones count less and less.
struct UsualNumbers: Sendable {
    /// Behind so many payments a new one counts for one in so many.
    private static let memory: Float = 50

    private struct Mean: Sendable {
        var count: Float = 0
        var numbers: [Float]

        mutating func take(_ new: [Double]) {
            count = min(count + 1, memory)
            for place in numbers.indices { numbers[place] += (Float(new[place]) - numbers[place]) / count }
        }
    }

    /// Which key is the card.
    private let card: Int?
    private var means: [String: Mean] = [:]

    init(card: Int?) { self.card = card }

    /// nil where the card is new, or there are no cards.
    func numbers(of transaction: Transaction) -> [Float]? {
        card.flatMap { means[transaction.keys[$0]]?.numbers }
    }

    mutating func take(_ numbers: [Double], of transaction: Transaction) {
        guard let card, !transaction.keys[card].isEmpty, numbers.allSatisfy(\.isFinite) else { return }
        means[transaction.keys[card], default: Mean(numbers: numbers.map(Float.init))].take(numbers)
    }
}
