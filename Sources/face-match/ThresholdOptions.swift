import ArgumentParser
import FaceRecognition

/// How near two faces must be to be one person's.
struct ThresholdOptions: ParsableArguments {
    @Option(
        help: ArgumentHelp(
            "The largest distance of one person's faces (default: that at which one person is as likely as two, and among many a smaller one).",
            valueName: "distance"))
    var threshold: Double?

    @Option(
        help: ArgumentHelp(
            "Instead of a distance: the share of pairs of two people that may be taken for one, from 0.000001 to 0.1.",
            valueName: "rate"))
    var falseMatchRate: Double?

    @Option(
        parsing: .unconditional,
        help: ArgumentHelp(
            "Instead of a distance: the least cosine of one person's faces, from -1 to 1.", valueName: "cosine"))
    var cosine: Double?

    func validate() throws {
        if [threshold, falseMatchRate, cosine].compactMap({ $0 }).count > 1 {
            throw ValidationError("--threshold, --cosine and --false-match-rate exclude each other")
        }
        if let cosine, !(-1...1).contains(cosine) {
            throw ValidationError("--cosine is \(cosine); it can be -1 to 1")
        }
        if let threshold, !(threshold >= 0) {
            throw ValidationError("--threshold is \(threshold); it can be 0 and more")
        }
        if let falseMatchRate, !(1e-6...0.1).contains(falseMatchRate) {
            throw ValidationError("--false-match-rate is \(falseMatchRate); it can be 0.000001 to 0.1")
        }
    }

    /// What the user wants.
    ///
    /// - Parameters:
    ///   - calibration: what is known of distances; nil for a network of the user's.
    ///   - ordinary: where they say nothing, the largest false-match rate, beside the distance at which one person is as likely as two.
    func distance(_ calibration: Calibration?, ordinary: Double? = nil) throws -> Double {
        if let threshold { return threshold }
        // Of vectors of length 1 the cosine c is at the distance √(2 − 2c).
        if let cosine { return (2 - 2 * cosine).squareRoot() }
        guard let calibration else {
            throw ValidationError(
                "nothing is known of the distances of an --embedder; --threshold or --cosine says how near one person's are"
            )
        }
        if let falseMatchRate { return calibration.threshold(forFalseMatchRate: falseMatchRate) }
        return min(ordinary.map(calibration.threshold(forFalseMatchRate:)) ?? .infinity, calibration.threshold)
    }

    /// Whether the user says something.
    var isGiven: Bool { threshold != nil || cosine != nil || falseMatchRate != nil }

    /// Among many people a match by chance is likelier than between two: so many pairs of two are taken for one.
    static let amongMany = 1e-3
    /// Of a gallery's faces each is held against all.
    static let betweenGroups = 5e-4
}
