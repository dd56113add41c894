import FaceRecognition
import Testing

@Suite struct VerificationFiguresTests {
    private typealias Pair = VerificationFigures.Pair

    /// Pairs whose distances overlap, by a small generator of our own.
    private static func pairs(_ count: Int) -> [Pair] {
        var state: UInt64 = 42
        func next() -> Double {
            state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
            return Double(state >> 40) / Double(1 << 24)
        }
        return (0..<count).map { number in
            let isSame = number % 3 == 0
            // Some are equal, and some have no face.
            let distance = ((isSame ? 0.2 : 0.5) + 0.6 * next()) * 50
            return Pair(distance: number % 37 == 0 ? nil : distance.rounded() / 50, isSame: isSame)
        }
    }

    @Test("figures are what counting pair by pair gives") func counted() throws {
        let pairs = Self.pairs(600), figures = VerificationFigures(pairs)
        let same = pairs.filter(\.isSame).map { $0.distance ?? .infinity }
        let different = pairs.filter { !$0.isSame }.map { $0.distance ?? .infinity }
        var nearer = 0.0
        for a in same { for b in different { nearer += a < b ? 1 : a == b ? 0.5 : 0 } }
        #expect(abs(try #require(figures.auc) - nearer / Double(same.count * different.count)) < 1e-12)

        func accuracy(_ limit: Double) -> Double {
            Double(pairs.count { (($0.distance ?? .infinity) <= limit) == $0.isSame }) / Double(pairs.count)
        }
        for limit in [0.0, 0.3, 0.5, 0.62, 0.9] { #expect(abs(figures.accuracy(at: limit) - accuracy(limit)) < 1e-12) }
        let best = figures.bestThreshold, grid = stride(from: 0.0, to: 1.2, by: 0.005).map(accuracy).max() ?? 1
        #expect(accuracy(best) >= grid)

        for rate in [0.01, 0.1] {
            let allowed = Int(Double(different.count) * rate)
            // The best of all thresholds that take no more pairs of two for one.
            let share = (same + different).compactMap { limit -> Double? in
                guard limit.isFinite, different.count(where: { $0 <= limit }) <= allowed else { return nil }
                return Double(same.count { $0 <= limit }) / Double(same.count)
            }.max()
            #expect(figures.trueAcceptRate(atFalseAcceptRate: rate) == share)
            let limit = try #require(figures.threshold(atFalseAcceptRate: rate))
            #expect(different.count { $0 <= limit } <= allowed)
        }
        let error = try #require(figures.equalErrorRate)
        #expect((0.1...0.3).contains(error))
    }

    @Test("pairs that are told apart have no errors, and what cannot be told is nil") func extremes() {
        let apart = VerificationFigures([Pair(distance: 0.2, isSame: true), Pair(distance: 0.6, isSame: false)])
        #expect(apart.auc == 1 && apart.equalErrorRate == 0 && apart.accuracy(at: apart.bestThreshold) == 1)
        #expect(abs(apart.bestThreshold - 0.4) < 1e-12)
        #expect(apart.trueAcceptRate(atFalseAcceptRate: 1e-3) == nil)
        let one = VerificationFigures([Pair(distance: 0.2, isSame: true)])
        #expect(one.auc == nil && one.equalErrorRate == nil)
    }
}
