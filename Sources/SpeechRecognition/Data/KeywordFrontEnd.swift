package import Audio
package import Pipelines

/// How sound becomes what a network takes: log-mel images of so many frames, their values shifted and scaled.
package struct KeywordFrontEnd: RecipePart {
    package var logMel = LogMelParameters()
    /// Frames of a clip.
    package var frames = 98
    /// The value that becomes 0.
    package var mean: Float = 75
    /// How far a value is from the mean that becomes 1.
    package var scale: Float = 50

    package init() {}

    package func validate() throws(RecipeFault) {
        do { try logMel.validate() } catch {
            throw RecipeFault("log_mel", is: "\(error.key) \(error.value)", accepted: "is \(error.accepted)")
        }
        try require("frames", frames, in: 1...1_000)
        try require("mean", mean, in: -1e6...1e6)
        try require("scale", scale, in: 1e-3...1e6)
        guard logMel.rounding == .nearest, logMel.lowestValue == 0, logMel.highestValue <= 255 else {
            throw RecipeFault(
                "log_mel",
                "values \(logMel.lowestValue) to \(logMel.highestValue), rounding '\(logMel.rounding.rawValue)'",
                remedy: "images are bytes: 0 to at most 255, rounded to the nearest")
        }
    }

    /// Samples of a clip: a second where frames, hop and rate are the usual ones.
    package var clipSamples: Int { (frames - 1) * logMel.hop + logMel.frameLength }

    /// A value as the network takes it.
    func scaled(_ value: Float) -> Float { (value - mean) / scale }
}
