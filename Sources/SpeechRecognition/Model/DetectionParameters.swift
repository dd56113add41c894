package import Pipelines

/// When a keyword counts as heard; part of a model, since thresholds are chosen with its network on validation streams.
package struct DetectionParameters: RecipePart {
    /// The least smoothed probability at which a word counts, 0 to 1.
    package var threshold = 0.7
    /// Frames from one look at the sound to the next.
    package var hop = 16
    /// Looks whose probabilities are averaged.
    package var smoothing = 2

    package init() {}

    package func validate() throws(RecipeFault) {
        try require("threshold", threshold, in: 0...1)
        try require("hop", hop, in: 1...100)
        try require("smoothing", smoothing, in: 1...20)
    }
}
