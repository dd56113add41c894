/// How well scores put frauds before the rest.
package struct RankingFigures: Hashable, Sendable {
    package let frauds, genuine: Int
    /// The mean precision over recall: Σ (Rₙ − Rₙ₋₁) Pₙ over the scores from the highest down, equal ones together. nil without frauds.
    ///
    /// - Source: as scikit-learn's `average_precision_score`; not interpolated.
    package let averagePrecision: Double?
    /// The probability that a fraud has a higher score than a genuine payment; equal scores are half of one. nil where either is missing.
    package let rocAUC: Double?
    /// Each threshold that changes something, from the highest down: how many frauds and how many others are at or above it.
    package let steps: [Step]

    /// What is at or above a score.
    package struct Step: Hashable, Sendable {
        package var score: Float
        package var frauds, genuine: Int

        package var precision: Double { Double(frauds) / Double(max(frauds + genuine, 1)) }
    }

    /// - Parameters:
    ///   - scores: the higher the more like a fraud; no NaN.
    ///   - isFraud: of each score what it was.
    package init(scores: [Float], isFraud: [Bool]) {
        let order = scores.indices.sorted { scores[$0] > scores[$1] }
        let frauds = isFraud.count { $0 }, genuine = isFraud.count - frauds
        var steps: [Step] = [], step = Step(score: .infinity, frauds: 0, genuine: 0)
        var precisionSum = 0.0, area = 0.0
        for (place, index) in order.enumerated() {
            step.score = scores[index]
            if isFraud[index] { step.frauds += 1 } else { step.genuine += 1 }
            if place + 1 < order.count, scores[order[place + 1]] == step.score { continue }
            let last = steps.last ?? Step(score: .infinity, frauds: 0, genuine: 0)
            precisionSum += Double(step.frauds - last.frauds) * step.precision
            area += Double(step.genuine - last.genuine) * Double(step.frauds + last.frauds) / 2
            steps.append(step)
        }
        self.frauds = frauds
        self.genuine = genuine
        self.steps = steps
        averagePrecision = frauds == 0 ? nil : precisionSum / Double(frauds)
        rocAUC = frauds == 0 || genuine == 0 ? nil : area / (Double(frauds) * Double(genuine))
    }

    /// The share of frauds among the highest `count` scores.
    package func recall(among count: Int) -> Double? {
        guard frauds > 0 else { return nil }
        let last = steps.last { $0.frauds + $0.genuine <= count }
        return Double(last?.frauds ?? 0) / Double(frauds)
    }
}
