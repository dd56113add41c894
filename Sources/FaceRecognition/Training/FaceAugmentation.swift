package import Pipelines

/// How chips are varied in training, so that each epoch shows others.
package struct FaceAugmentation: RecipePart {
    /// How often an epoch shows each photo, each time varied otherwise.
    package var repeats = 1
    /// The share of the chips that are mirrored.
    package var mirror: Float = 0.5
    /// By how much a chip is moved at most, a share of its side.
    package var shift: Float = 0.06
    /// Degrees by which it is turned at most.
    package var turn: Float = 8
    /// The logarithm of the largest factor by which it is made larger or smaller.
    package var zoom: Float = 0.1
    /// How far it is bent: the standard deviation of a smooth shift, a share of its side (Simard, Steinkraus, Platt 2003, "Best Practices for
    /// Convolutional Neural Networks").
    package var bend: Float = 0.02
    /// The logarithm of the largest factor of brightness.
    package var light: Float = 0.3
    /// The logarithm of the largest factor of contrast.
    package var contrast: Float = 0.3
    /// The logarithm of the largest exponent of the tones.
    package var gamma: Float = 0.3
    /// The share of the chips that are blurred.
    package var blur: Float = 0.2
    /// The standard deviation of noise, where white is 1.
    package var noise: Float = 0.02
    /// The share of the chips on which a rectangle of one grey is laid (Zhong et al. 2020, "Random Erasing", arXiv 1708.04896).
    package var occlusion: Float = 0.5
    /// How wide and high it is at most, a share of the side; at least it is a tenth.
    package var occlusionSize: Float = 0.4

    package init() {}

    package func validate() throws(RecipeFault) {
        try require("repeats", repeats, in: 1...10_000)
        for (key, share) in [("mirror", mirror), ("blur", blur), ("occlusion", occlusion)] {
            try require(key, share, in: 0...1)
        }
        try require("shift", shift, in: 0...0.5)
        try require("turn", turn, in: 0...180)
        try require("zoom", zoom, in: 0...1)
        try require("bend", bend, in: 0...0.2)
        for (key, logarithm) in [("light", light), ("contrast", contrast), ("gamma", gamma)] {
            try require(key, logarithm, in: 0...2)
        }
        try require("noise", noise, in: 0...1)
        try require("occlusion_size", occlusionSize, in: 0.1...1)
    }
}
