/// Bytes of sound files.
enum Bytes {
    static func little(_ value: Int, _ width: Int) -> [UInt8] {
        (0..<width).map { UInt8(truncatingIfNeeded: value >> (8 * $0)) }
    }

    /// Samples as 16 bits, little-endian.
    static func pcm(_ samples: [Float]) -> [UInt8] { samples.flatMap { little(Int($0.rounded()), 2) } }

    /// Samples as 32-bit floats, 1 for full scale.
    static func floats(_ samples: [Float]) -> [UInt8] { samples.flatMap { little(Int(($0 / 32_768).bitPattern), 4) } }

    /// A WAV file.
    ///
    /// - Parameters:
    ///   - format: 1 for whole numbers, 3 for floats.
    ///   - promised: bytes of data that the header speaks of; nil for those that are there.
    static func wave(
        _ data: [UInt8], format: Int = 1, bits: Int = 16, channels: Int = 1, rate: Int = 16_000, promised: Int? = nil
    ) -> [UInt8] {
        let size = promised ?? data.count, frame = bits / 8 * channels
        return Array("RIFF".utf8) + little(36 + size, 4) + Array("WAVEfmt ".utf8) + little(16, 4) + little(format, 2)
            + little(channels, 2) + little(rate, 4) + little(rate * frame, 4) + little(frame, 2) + little(bits, 2)
            + Array("data".utf8) + little(size, 4) + data
    }
}
