import FraudDetection
import Testing

@Suite struct ThresholdTreeTests {
    private static let numbers = (0..<4_000).map { (place: $0, x: Float($0 * 7_919 % 4_003) / 100) }

    private static func tree(thresholds: Int = 7, isFraud: (Int, Float) -> Bool) -> ThresholdTree {
        let frauds = numbers.filter { isFraud($0.place, $0.x) }.map(\.x).sorted()
        let genuine = numbers.filter { !isFraud($0.place, $0.x) }.map(\.x).sorted()
        return ThresholdTree(frauds: frauds, genuine: genuine, thresholds: thresholds)
    }

    private static func isFraud(_ i: Int, _ x: Float) -> Bool {
        x > 30.5 && i % 3 == 0 || x < 4 && i % 7 == 0 || x > 11 && x < 12.5 && i % 2 == 0 || i % 97 == 0
    }

    /// scikit-learn 1.9's `DecisionTreeClassifier(criterion="entropy", max_leaf_nodes=8, min_samples_leaf=50)` splits there, with gains of 252, 74,
    /// 63 and 46 nats; its three other splits gain 6 at most.
    @Test("thresholds are those of scikit-learn's tree, the best first, less what chance brings") func golden() {
        let steps = Self.tree(isFraud: Self.isFraud).steps
        #expect(steps.map { (($0.below + $0.above) / 2 * 1_000).rounded() } == [30_525, 12_495, 11_005, 3_985])
        #expect(steps.allSatisfy { $0.above - $0.below >= 0.99e-3 * $0.above && $0.above - $0.below < 0.06 })
        #expect(Self.tree(thresholds: 2, isFraud: Self.isFraud).steps.count == 2)
    }

    @Test("where the number tells nothing there is no threshold, nor where there is no row or one class") func nothing()
    {
        #expect(Self.tree { place, _ in place % 97 == 0 }.steps.isEmpty)
        #expect(Self.tree { _, _ in false }.steps.isEmpty && Self.tree { _, _ in true }.steps.isEmpty)
        #expect(ThresholdTree(frauds: [], genuine: [], thresholds: 7).steps.isEmpty)
        let low = [Float](repeating: 1, count: 49), high = [Float](repeating: 2, count: 500)
        #expect(ThresholdTree(frauds: low, genuine: high, thresholds: 7).steps.isEmpty, "a leaf of 49 rows")
        #expect(ThresholdTree(frauds: low + [1], genuine: high, thresholds: 7).steps.map(\.below) == [1])
    }
}
