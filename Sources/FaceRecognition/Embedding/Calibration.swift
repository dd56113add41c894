internal import Glibc

/// What a distance says.
package struct Calibration: Codable, Hashable, Sendable {
    /// The distance at which one person is as likely as two, where they were as likely before; where no pairs of one person were known, the
    /// first of ``falseMatches``.
    package var threshold: Double
    /// How fast the logit of one person falls with the distance; nil where no pairs of one person were known.
    var slope: Double?
    /// Below these distances lie a hundredth, a thousandth and a ten-thousandth of the pairs of two.
    var falseMatches: [Double]

    /// The largest false-match rate that is known, and by how much each next one is smaller.
    static let largestRate = 1e-2, step = 10.0

    /// Whether the numbers can be those of a calibration.
    var isSound: Bool {
        falseMatches.count == 3 && (falseMatches + [threshold, slope ?? 0]).allSatisfy(\.isFinite)
            && zip(falseMatches, falseMatches.dropFirst()).allSatisfy(>=)
    }

    private enum CodingKeys: String, CodingKey {
        case threshold, slope
        case falseMatches = "false_matches"
    }

    /// The chance that two faces are one person's, where that was as likely as not before; nil where it is not known.
    package func probability(ofDistance distance: Double) -> Double? {
        slope.map { 1 / (1 + exp($0 * (distance - threshold))) }
    }

    /// The largest distance at which no more than a share of pairs of two are taken for one person.
    ///
    /// - Parameter rate: a share; those that are not known are told by the nearest two that are.
    package func threshold(forFalseMatchRate rate: Double) -> Double {
        let place = log(Self.largestRate / rate) / log(Self.step)
        let low = min(max(Int(place.rounded(.down)), 0), falseMatches.count - 2)
        return falseMatches[low] + (falseMatches[low + 1] - falseMatches[low]) * (place - Double(low))
    }
}

extension FaceEmbedder.Quality {
    /// Of this quality's embeddings by dlib's network: learned from all pairs of 770 photos of 560 people, 227 pairs of one person and
    /// 295,838 of two.
    package var calibration: Calibration {
        switch self {
        case .fast: Calibration(threshold: 0.4357, slope: 78.1, falseMatches: [0.4296, 0.3815, 0.3391])
        case .default: Calibration(threshold: 0.4229, slope: 88.2, falseMatches: [0.4228, 0.3759, 0.3292])
        case .best: Calibration(threshold: 0.4140, slope: 98.7, falseMatches: [0.4177, 0.3713, 0.3270])
        }
    }
}
