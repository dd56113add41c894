/// How well distances tell pairs of one person from pairs of two.
package struct VerificationFigures: Hashable, Sendable {
    /// A pair of photos.
    package struct Pair: Hashable, Sendable {
        /// nil where one of them has no face, which is taken for two people.
        package var distance: Double?
        package var isSame: Bool

        package init(distance: Double?, isSame: Bool) {
            self.distance = distance
            self.isSame = isSame
        }
    }

    /// Distances of pairs of one person and of two, rising.
    private let same: [Double]
    private let different: [Double]

    package init(_ pairs: some Sequence<Pair>) {
        same = pairs.lazy.filter(\.isSame).map { $0.distance ?? .infinity }.sorted()
        different = pairs.lazy.filter { !$0.isSame }.map { $0.distance ?? .infinity }.sorted()
    }

    package var count: Int { same.count + different.count }

    /// The share of pairs that are told right where those up to a distance are taken for one person.
    package func accuracy(at threshold: Double) -> Double {
        Double(Self.count(same, upTo: threshold) + different.count - Self.count(different, upTo: threshold))
            / Double(count)
    }

    /// The distance at which most pairs are told right: the middle of the widest gap among those that are equally good.
    package var bestThreshold: Double {
        let all = (same + different).filter(\.isFinite).sorted()
        var best = (right: -1.0, gap: 0.0, threshold: 0.0)
        for (low, high) in zip(all, all.dropFirst()) where high > low {
            let middle = (low + high) / 2, right = accuracy(at: middle)
            if (right, high - low) > (best.right, best.gap) { best = (right, high - low, middle) }
        }
        return best.threshold
    }

    /// The chance that a pair of one person is nearer than a pair of two: the area under the ROC curve. nil without both kinds.
    package var auc: Double? {
        guard !same.isEmpty, !different.isEmpty else { return nil }
        var below = 0.0
        for distance in same {
            let nearer = Self.count(different, below: distance), level = Self.count(different, upTo: distance) - nearer
            below += Double(different.count - nearer - level) + Double(level) / 2
        }
        return below / Double(same.count) / Double(different.count)
    }

    /// The share of errors where as many pairs of one person are refused as pairs of two are taken for one. nil without both
    /// kinds.
    package var equalErrorRate: Double? {
        guard !same.isEmpty, !different.isEmpty else { return nil }
        var best = (gap: Double.infinity, rate: 0.0)
        for threshold in same + different {
            let refused = 1 - Double(Self.count(same, upTo: threshold)) / Double(same.count)
            let accepted = Double(Self.count(different, upTo: threshold)) / Double(different.count)
            if abs(refused - accepted) < best.gap { best = (abs(refused - accepted), (refused + accepted) / 2) }
        }
        return best.rate
    }

    /// The share of pairs of one person that are taken for one where no more than a share of pairs of two are.
    ///
    /// - Returns: nil where there are too few pairs of two to tell such a share.
    package func trueAcceptRate(atFalseAcceptRate rate: Double) -> Double? {
        let allowed = Int(Double(different.count) * rate)
        guard allowed >= 1, !same.isEmpty else { return nil }
        // Below the first pair of two that is one too many.
        let limit = allowed < different.count ? different[allowed] : .infinity
        return Double(Self.count(same, below: limit)) / Double(same.count)
    }

    /// The largest distance below which no more than a share of pairs of two lie; nil where there are too few to tell.
    package func threshold(atFalseAcceptRate rate: Double) -> Double? {
        let allowed = Int(Double(different.count) * rate)
        guard allowed >= 1, allowed < different.count else { return nil }
        return different[allowed].nextDown
    }

    private static func count(_ rising: [Double], upTo limit: Double) -> Int { rising.partition { $0 > limit } }
    private static func count(_ rising: [Double], below limit: Double) -> Int { rising.partition { $0 >= limit } }
}

extension [Double] {
    /// How many elements come before the first that belongs to the second part, where those all stand behind.
    fileprivate func partition(_ isSecond: (Double) -> Bool) -> Int {
        var low = 0, high = count
        while low < high {
            let middle = (low + high) / 2
            if isSecond(self[middle]) { high = middle } else { low = middle + 1 }
        }
        return low
    }
}
