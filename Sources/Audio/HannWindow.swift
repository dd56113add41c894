import Glibc

/// The window of a frame: w[n] = (0.5 − 0.5 cos(2πn / length)) / √length.
///
/// The root makes a spectrum's power independent of the frame's length.
struct HannWindow {
    private let weights: [Float]

    init(length: Int) {
        let count = Double(length)
        weights = (0..<length).map { Float((0.5 - 0.5 * cos(2 * .pi * Double($0) / count)) / count.squareRoot()) }
    }

    /// Puts the weighted samples from `start` on at the beginning of `frame`.
    func multiply(_ samples: [Float], from start: Int, into frame: inout [Float]) {
        let (samples, weights) = (samples.span.extracting(droppingFirst: start), weights.span)
        var frame = frame.mutableSpan
        for n in weights.indices { frame[n] = samples[n] * weights[n] }
    }
}
