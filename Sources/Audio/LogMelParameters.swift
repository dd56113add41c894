/// What a log-mel image is made with; part of a model's metadata, since a model only fits what it was trained on.
///
/// The defaults give one second at 16 kHz as 98 frames of 40 bands with values 0…255.
public struct LogMelParameters: Hashable, Sendable, Codable {
    /// What becomes of a value's fraction.
    public enum Rounding: String, Hashable, Sendable, Codable {
        /// Rounded to the nearest whole number, of two the even one.
        case nearest
        /// Kept.
        case none
    }

    /// Rate of the samples, in Hz.
    public var sampleRate = 16_000
    /// Samples a frame.
    public var frameLength = 480
    /// Samples from the start of one frame to that of the next.
    public var hop = 160
    /// Samples of the Fourier transform; a frame is filled up with zeros to them.
    public var fftSize = 512
    /// Mel bands, that is, values a frame.
    public var bands = 40
    /// Lower edge of the lowest band, in Hz.
    public var lowestHertz = 0.0
    /// Upper edge of the highest band, in Hz.
    public var highestHertz = 4_000.0
    /// What the natural logarithm of a band's energy is multiplied by.
    public var scale = 10.0
    /// Least energy of which a logarithm is taken.
    public var floor = 1e-9
    /// What becomes of a value's fraction.
    public var rounding = Rounding.nearest
    /// Least value; what is below becomes this.
    public var lowestValue = 0.0
    /// Largest value; what is above becomes this.
    public var highestValue = 255.0

    /// The defaults.
    public init() {}

    /// Reads what is there; a key that is absent keeps its default.
    public init(from decoder: any Decoder) throws {
        let values = try decoder.container(keyedBy: CodingKeys.self)
        func read<Value: Decodable>(_ key: CodingKeys, _ value: inout Value) throws {
            value = try values.decodeIfPresent(Value.self, forKey: key) ?? value
        }
        try read(.sampleRate, &sampleRate)
        try read(.frameLength, &frameLength)
        try read(.hop, &hop)
        try read(.fftSize, &fftSize)
        try read(.bands, &bands)
        try read(.lowestHertz, &lowestHertz)
        try read(.highestHertz, &highestHertz)
        try read(.scale, &scale)
        try read(.floor, &floor)
        try read(.rounding, &rounding)
        try read(.lowestValue, &lowestValue)
        try read(.highestValue, &highestValue)
    }

    /// Frames that lie wholly in so many samples.
    public func frameCount(samples: Int) -> Int {
        samples < frameLength ? 0 : (samples - frameLength) / hop + 1
    }

    /// Seconds from one frame to the next.
    public var hopSeconds: Double { Double(hop) / Double(sampleRate) }
}

extension LogMelParameters {
    /// A parameter that cannot be.
    ///
    /// ```
    /// hop: 0 is not accepted; it must be 1 to 480
    /// ```
    public struct InvalidValue: Error, Hashable, Sendable, CustomStringConvertible {
        /// The parameter's key.
        public var key: String
        /// The value as received.
        public var value: String
        /// What is accepted.
        public var accepted: String

        /// The whole line.
        public var description: String { "\(key): \(value) is not accepted; it must be \(accepted)" }
    }

    /// Throws on the first parameter that cannot be, or that does not go with the others.
    public func validate() throws(InvalidValue) {
        try check("sampleRate", sampleRate, in: AudioFormat.sampleRates)
        try check("fftSize", fftSize, in: 2...65_536)
        guard fftSize % 2 == 0 else { throw InvalidValue(key: "fftSize", value: "\(fftSize)", accepted: "even") }
        try check("frameLength", frameLength, in: 2...fftSize)
        try check("hop", hop, in: 1...frameLength)
        try check("bands", bands, in: 1...1_024)
        let nyquist = Double(sampleRate) / 2
        try check("lowestHertz", lowestHertz, in: 0...nyquist)
        try check("highestHertz", highestHertz, in: lowestHertz.nextUp...max(nyquist, lowestHertz.nextUp))
        try check("scale", scale, in: Double.leastNormalMagnitude...1e6)
        // The logarithm is taken in single precision.
        try check("floor", floor, in: 1e-30...1e30)
        try check("lowestValue", lowestValue, in: -1e9...1e9)
        try check("highestValue", highestValue, in: lowestValue...1e9)
        if let band = MelFilters(self).emptyBand {
            throw InvalidValue(
                key: "bands", value: "\(bands)",
                accepted: "fewer, or fftSize larger: band \(band) lies between two lines of the spectrum")
        }
    }

    private func check<Value: Comparable>(
        _ key: String, _ value: Value, in accepted: ClosedRange<Value>
    ) throws(InvalidValue) {
        guard accepted.contains(value) else {
            throw InvalidValue(
                key: key, value: "\(value)", accepted: "\(accepted.lowerBound) to \(accepted.upperBound)")
        }
    }
}
