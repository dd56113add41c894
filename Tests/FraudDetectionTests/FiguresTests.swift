import FraudDetection
import Tables
import Testing

/// Figures against scikit-learn 1.9 and against counting by hand.
@Suite struct FiguresTests {
    /// Scores in eighths, many of them equal.
    private static let scores = (0..<200).map { Float(($0 * 37) % 41) / 8 - 2.5 }
    private static let truths = (0..<200).map { index in
        let score = (index * 37) % 41
        return (index * index + 3 * score) % 11 < 3 + score / 15
    }

    @Test("average precision and ROC AUC, with equal scores") func ranking() throws {
        let figures = RankingFigures(scores: Self.scores, isFraud: Self.truths)
        #expect(figures.frauds == 74)
        #expect(abs(try #require(figures.averagePrecision) - 0.4322142361801668) < 1e-14)
        #expect(abs(try #require(figures.rocAUC) - 0.5740025740025739) < 1e-14)
    }

    @Test("what one class alone cannot say") func oneClass() {
        let genuine = RankingFigures(scores: [1, 2], isFraud: [false, false])
        #expect(genuine.averagePrecision == nil && genuine.rocAUC == nil && genuine.recall(among: 1) == nil)
        let frauds = RankingFigures(scores: [1, 2], isFraud: [true, true])
        #expect(frauds.averagePrecision == 1 && frauds.rocAUC == nil)
        #expect(RankingFigures(scores: [], isFraud: []).averagePrecision == nil)
        #expect(Calibration(logits: [1, 2], isFraud: [true, true]) == Calibration())
    }

    @Test("recall among the highest scores takes equal ones together") func recall() {
        let figures = RankingFigures(scores: [5, 4, 4, 3, 1], isFraud: [true, true, false, true, false])
        #expect(figures.recall(among: 1) == 1 / 3.0)
        #expect(figures.recall(among: 2) == 1 / 3.0)
        #expect(figures.recall(among: 3) == 2 / 3.0)
        #expect(figures.recall(among: 5) == 1)
    }

    @Test("slope and offset of the greatest likelihood") func calibration() {
        let calibration = Calibration(logits: Self.scores, isFraud: Self.truths)
        #expect(abs(calibration.slope - 0.1749484923958874) < 1e-7)
        #expect(abs(calibration.offset + 0.5453655811399113) < 1e-7)
    }

    @Test("probabilities that are right have no calibration error, and others theirs") func calibrationError() {
        let truths = (0..<400).map { $0 % 4 == 0 }
        #expect(Calibration.error(probabilities: Array(repeating: 0.25, count: 400), isFraud: truths, bins: 10) == 0)
        #expect(Calibration.error(probabilities: Array(repeating: 0.75, count: 400), isFraud: truths, bins: 10) == 0.5)
    }

    @Test("cards by their highest payment; a card that was found is left out later") func cardPrecision() {
        func row(_ day: Int64, _ card: String, _ score: Float, _ isFraud: Bool)
            -> (time: Int64, card: String, score: Float, isFraud: Bool)
        {
            (day * Timestamp.day + 5, card, score, isFraud)
        }
        let rows = [
            row(0, "a", 0.1, true), row(0, "a", 0.9, false), row(0, "b", 0.8, false), row(0, "c", 0.2, true),
            // a is known; c was not looked at.
            row(1, "a", 0.9, true), row(1, "b", 0.1, false), row(1, "c", 0.8, true), row(1, "d", 0.3, true),
            // Fewer cards than are looked at.
            row(2, "b", 0.5, true),
        ]
        let precision = CardPrecision(rows, budget: 2)
        #expect(precision.days.map(\.day) == [0, 1, 2])
        #expect(precision.days.map(\.found) == [1, 2, 1])
        #expect(precision.mean == 4 / 6.0)
    }
}
