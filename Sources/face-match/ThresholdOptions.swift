import ArgumentParser
import FaceRecognition

/// How near two faces must be to be one person's.
struct ThresholdOptions: ParsableArguments {
    @Option(help: ArgumentHelp("The largest distance of one person's faces.", valueName: "distance"))
    var threshold: Double?

    @Option(
        help: ArgumentHelp(
            "Instead of a distance: the share of pairs of two people that may be taken for one, from 0.000001 to 0.1.",
            valueName: "rate"))
    var falseMatchRate: Double?

    func validate() throws {
        if threshold != nil, falseMatchRate != nil {
            throw ValidationError("--threshold and --false-match-rate exclude each other")
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
    /// - Parameter ordinary: where they say nothing; nil for the distance at which one person is as likely as two.
    func distance(_ quality: FaceEmbedder.Quality, ordinary: Double? = nil) -> Double {
        let calibration = quality.calibration, rate = falseMatchRate ?? ordinary
        return threshold ?? rate.map(calibration.threshold(forFalseMatchRate:)) ?? calibration.threshold
    }

    /// Among many people a match by chance is likelier than between two: so many pairs of two are taken for one.
    static let amongMany = 1e-3
    /// Of a gallery's faces each is held against all.
    static let betweenGroups = 5e-4
}
