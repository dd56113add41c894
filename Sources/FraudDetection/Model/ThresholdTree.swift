internal import Glibc

/// The thresholds of one number that tell frauds from the rest best: a decision tree that knows only that number.
///
/// Leaf by leaf the split with the largest gain of information is made, until there are as many thresholds as wanted, or no split with at least 50
/// rows on either side gains more than chance would.
///
/// - Source: Breiman, Friedman, Olshen, Stone 1984, *Classification and Regression Trees*, with entropy; grown best first as by scikit-learn's
///   `DecisionTreeClassifier(criterion="entropy", max_leaf_nodes=…, min_samples_leaf=50)`.
package struct ThresholdTree {
    /// Where a function of the number may jump: a value below a threshold, and one above it.
    package private(set) var steps: [(below: Float, above: Float)] = []

    /// Rows of a leaf at least.
    private static let leastRows = 50
    /// Of information, in nats: twice that is χ² of one degree of freedom for a given split, which chance brings to 20 in 1 of 100,000 trials, and
    /// there are many splits to choose from.
    private static let leastGain = 10.0
    /// How far apart the sides of a step are at least, as a share of them.
    private static let leastWidth: Float = 1e-3

    /// - Parameters:
    ///   - frauds: the number of each fraud, in rising order; finite.
    ///   - genuine: of each other row.
    ///   - thresholds: how many there are at most.
    package init(frauds: [Float], genuine: [Float], thresholds: Int) {
        let counts = Counts(frauds: frauds, genuine: genuine)
        var leaves = [counts.leaf(0..<counts.values.count)]
        while steps.count < thresholds, let best = leaves.indices.max(by: { leaves[$0].gain < leaves[$1].gain }),
            leaves[best].gain > Self.leastGain
        {
            let leaf = leaves.remove(at: best)
            steps.append(Self.step(between: counts.values[leaf.split - 1], and: counts.values[leaf.split]))
            leaves.append(counts.leaf(leaf.range.lowerBound..<leaf.split))
            leaves.append(counts.leaf(leaf.split..<leaf.range.upperBound))
        }
    }

    /// Two neighbouring values, or two around their middle where these hardly differ.
    private static func step(between below: Float, and above: Float) -> (Float, Float) {
        let middle = below + (above - below) / 2, half = max(abs(below), abs(above)) * leastWidth / 2
        return (min(below, middle - half), max(above, middle + half))
    }

    /// A range of the number's values, and its best split.
    private struct Leaf {
        var range: Range<Int>
        var split: Int
        /// In nats, of all its rows together; 0 where there is no split.
        var gain: Double
    }

    /// The different values, and how many rows, and frauds, have one before each.
    private struct Counts {
        var values: [Float] = []
        var rows = [0], frauds = [0]

        init(frauds: [Float], genuine: [Float]) {
            var f = 0, g = 0
            while f < frauds.count || g < genuine.count {
                let value = min(f < frauds.count ? frauds[f] : .infinity, g < genuine.count ? genuine[g] : .infinity)
                while f < frauds.count, frauds[f] == value { f += 1 }
                while g < genuine.count, genuine[g] == value { g += 1 }
                values.append(value)
                rows.append(f + g)
                self.frauds.append(f)
            }
        }

        func leaf(_ range: Range<Int>) -> Leaf {
            var best = Leaf(range: range, split: range.lowerBound, gain: 0)
            let whole = entropy(range)
            for split in range.dropFirst() {
                guard rows[split] - rows[range.lowerBound] >= ThresholdTree.leastRows else { continue }
                guard rows[range.upperBound] - rows[split] >= ThresholdTree.leastRows else { break }
                let gain = whole - entropy(range.lowerBound..<split) - entropy(split..<range.upperBound)
                if gain > best.gain { (best.split, best.gain) = (split, gain) }
            }
            return best
        }

        /// Of what the rows of a range are, in nats, times how many there are.
        private func entropy(_ range: Range<Int>) -> Double {
            let count = Double(rows[range.upperBound] - rows[range.lowerBound])
            let frauds = Double(self.frauds[range.upperBound] - self.frauds[range.lowerBound])
            func part(_ n: Double) -> Double { n > 0 ? n * log(n) : 0 }
            return part(count) - part(frauds) - part(count - frauds)
        }
    }
}
