/// Which scores are alerts.
package enum AlertRule: Hashable, Sendable {
    /// Those of at least so much.
    case threshold(Float)
    /// Those that so many cards a day reach, as it was in the weeks that the model was calibrated on.
    case budget(cardsPerDay: Double)
    /// Those where what may be lost, the score times the amount, is more than a review costs.
    case reviewCost(Double)

    /// More likely a fraud than not.
    package static let likely = AlertRule.threshold(0.5)

    /// Whether a score is an alert.
    package func isAlert(score: Float, amount: Double, _ budget: AlertBudget) -> Bool {
        switch self {
        case .threshold(let threshold): score >= threshold
        case .budget(let cards): score >= budget.threshold(cardsPerDay: cards)
        case .reviewCost(let cost): Double(score) * amount > cost
        }
    }
}
