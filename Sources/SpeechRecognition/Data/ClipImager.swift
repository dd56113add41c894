import Audio

/// Turns clips of sound into images: the one front end of training, classification and evaluation.
package struct ClipImager: ~Copyable {
    package let frontEnd: KeywordFrontEnd
    private var logMel: LogMel

    /// Throws where the front end cannot be.
    package init(_ frontEnd: KeywordFrontEnd) throws {
        self.frontEnd = frontEnd
        logMel = try LogMel(frontEnd.logMel)
    }

    /// The image of a clip, values of a frame side by side; shorter and longer sounds are made a clip by `Clip.exactly`.
    package mutating func image(of samples: [Float]) -> [Float] {
        logMel.frames(of: Clip.exactly(frontEnd.clipSamples, of: samples))
    }

    /// The same as bytes.
    mutating func pixels(of samples: [Float]) -> [UInt8] { image(of: samples).map { UInt8($0) } }

    /// The image of a file. Throws an `AudioError`, also where the file is cut off.
    mutating func pixels(path: String) throws -> [UInt8] {
        pixels(of: try AudioStream.samples(path: path, sampleRate: frontEnd.logMel.sampleRate))
    }
}
