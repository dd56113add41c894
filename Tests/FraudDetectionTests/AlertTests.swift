import FraudDetection
import Testing

/// Which scores are alerts.
@Suite struct AlertTests {
    private static let budget: AlertBudget = {
        // Ten days of 200 cards, whose highest scores are 1/200 … 1, and a lower payment of each.
        var payments: [(day: Int, card: String, score: Float)] = []
        for day in 0..<10 {
            for card in 0..<200 {
                payments.append((day, "\(card)", Float(card + 1) / 200))
                payments.append((day, "\(card)", 0.001))
            }
        }
        return AlertBudget(payments)
    }()

    @Test("so many cards a day reach the threshold", arguments: [1, 2, 5, 10, 37, 100, 150, 199.0])
    func budget(cards: Double) {
        let threshold = Self.budget.threshold(cardsPerDay: cards)
        let reached = (0..<200).count { Float($0 + 1) / 200 >= threshold }
        #expect(abs(Double(reached) - cards) <= max(1, 0.05 * cards), "\(reached)")
    }

    @Test("the ends of what is known") func ends() {
        #expect(Self.budget.threshold(cardsPerDay: 1_000) <= Float(1) / 200 + 1e-6)
        #expect(Self.budget.threshold(cardsPerDay: 0.01) > 1)
        #expect(AlertBudget().threshold(cardsPerDay: 10) == .infinity)
        #expect(AlertRule.budget(cardsPerDay: 10).isAlert(score: 1, amount: 5, AlertBudget()) == false)
    }

    @Test("a review is worth its cost where more may be lost") func cost() {
        let rule = AlertRule.reviewCost(10)
        #expect(rule.isAlert(score: 0.5, amount: 21, AlertBudget()))
        #expect(!rule.isAlert(score: 0.5, amount: 19, AlertBudget()))
        #expect(AlertRule.likely.isAlert(score: 0.5, amount: 0, AlertBudget()))
        #expect(!AlertRule.likely.isAlert(score: 0.49, amount: 1e9, AlertBudget()))
    }
}
