package import Pipelines

/// How images are varied in training, so that each epoch shows others.
package struct KeywordAugmentation: RecipePart {
    /// Frames by which an image is moved at most, either way; what is bared is silence.
    package var shift = 12
    /// By how much all values above 0 are raised or lowered at most (10 are a factor e in power).
    package var level = 6.0
    /// Stretches of time that are blanked (SpecAugment: Park et al. 2019, arXiv 1904.08779).
    package var timeMasks = 2
    /// Frames of the longest.
    package var timeMaskFrames = 12
    /// Stretches of bands that are blanked.
    package var bandMasks = 2
    /// Bands of the widest.
    package var bandMaskBands = 5
    /// The share of the images that noise is mixed into.
    package var noise = 0.0
    /// How far the noise lies below them, least and most, in dB.
    package var noiseDecibels = [0.0, 25.0]
    /// The share of the images beside which, where a move bares frames, another clip's begin instead of silence.
    package var neighbours = 0.0
    /// Images of silence that are made up, a share of all others: digital silence, hum, and noise of one colour.
    package var madeSilence = 0.0

    package init() {}

    package func validate() throws(RecipeFault) {
        try require("shift", shift, in: 0...1_000)
        try require("level", level, in: 0...255)
        try require("time_masks", timeMasks, in: 0...100)
        try require("time_mask_frames", timeMaskFrames, in: 0...1_000)
        try require("band_masks", bandMasks, in: 0...100)
        try require("band_mask_bands", bandMaskBands, in: 0...1_000)
        try require("noise", noise, in: 0...1)
        guard noiseDecibels.count == 2, noiseDecibels[0] <= noiseDecibels[1] else {
            throw RecipeFault("noise_decibels", is: "\(noiseDecibels)", accepted: "are two numbers, the lesser first")
        }
        try require("neighbours", neighbours, in: 0...1)
        try require("made_silence", madeSilence, in: 0...1)
    }
}
