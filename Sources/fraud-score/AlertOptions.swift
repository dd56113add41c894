import ArgumentParser
import FraudDetection

/// Which scores are alerts.
struct AlertOptions: ParsableArguments {
    @Option(
        help: ArgumentHelp(
            "Alert for so many cards a day, such as 100/day, by what scores were in the weeks of calibration.",
            valueName: "n/day"))
    var budget: DailyBudget?

    @Option(
        name: .customLong("review-cost"),
        help: ArgumentHelp("Alert where score times amount is more than a review costs.", valueName: "cost"))
    var reviewCost: Double?

    @Option(help: ArgumentHelp("Alert from this score on (default: 0.5).", valueName: "score"))
    var threshold: Float?

    func validate() throws {
        let given = [budget != nil, reviewCost != nil, threshold != nil].count { $0 }
        if given > 1 { throw ValidationError("--budget, --review-cost and --threshold exclude each other") }
        if let reviewCost, !(reviewCost.isFinite && reviewCost >= 0) {
            throw ValidationError("--review-cost is \(reviewCost); it can be 0 or more")
        }
        if let threshold, !(0...1).contains(threshold) {
            throw ValidationError("--threshold is \(threshold); it can be 0 to 1")
        }
    }

    /// The rule for a model.
    func rule(for model: FraudModel) throws -> AlertRule {
        if let budget {
            guard !model.metadata.budget.isEmpty else {
                throw ValidationError(
                    "--budget: the model '\(model.metadata.name)' was not calibrated on cards and days; --threshold works"
                )
            }
            return .budget(cardsPerDay: budget.cardsPerDay)
        }
        if let reviewCost {
            guard !model.metadata.columns.amount.isEmpty else {
                throw ValidationError(
                    "--review-cost: the model '\(model.metadata.name)' knows no amounts; --threshold works")
            }
            return .reviewCost(reviewCost)
        }
        return threshold.map(AlertRule.threshold) ?? .likely
    }
}

/// `100/day`
struct DailyBudget: ExpressibleByArgument {
    let cardsPerDay: Double

    init?(argument: String) {
        let number = argument.hasSuffix("/day") ? String(argument.dropLast(4)) : argument
        guard let cards = Double(number), cards > 0, cards.isFinite else { return nil }
        cardsPerDay = cards
    }
}
