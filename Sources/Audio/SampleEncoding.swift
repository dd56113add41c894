/// How a sample without compression lies in a file; numbers are little-endian.
enum SampleEncoding: Hashable, Sendable {
    case unsigned8, signed16, signed24, signed32, float32, float64, muLaw, aLaw

    /// Bytes a sample.
    var width: Int {
        switch self {
        case .unsigned8, .muLaw, .aLaw: 1
        case .signed16: 2
        case .signed24: 3
        case .signed32, .float32: 4
        case .float64: 8
        }
    }

    /// The samples of `count` × `width` bytes, in the scale of 16-bit samples: full scale is 32,768 whatever the
    /// encoding, and a float above 1 keeps its value.
    func decode(_ bytes: [UInt8], count: Int) -> [Float] {
        let span = bytes.span
        var samples = [Float](repeating: 0, count: count)
        var output = samples.mutableSpan
        switch self {
        case .unsigned8:
            for i in 0..<count { output[i] = Float(Int(span[i]) - 128) * 256 }
        case .signed16:
            for i in 0..<count {
                output[i] = Float(Int16(truncatingIfNeeded: UInt32(span[2 * i]) | UInt32(span[2 * i + 1]) << 8))
            }
        case .signed24:
            for i in 0..<count {
                let high = UInt32(span[3 * i + 1]) << 16 | UInt32(span[3 * i + 2]) << 24
                output[i] = Float(Int32(bitPattern: UInt32(span[3 * i]) << 8 | high)) / 65_536
            }
        case .signed32:
            for i in 0..<count { output[i] = Float(Int32(bitPattern: Self.word(span, at: 4 * i))) / 65_536 }
        case .float32:
            for i in 0..<count { output[i] = Float(bitPattern: Self.word(span, at: 4 * i)) * 32_768 }
        case .float64:
            for i in 0..<count {
                let bits = UInt64(Self.word(span, at: 8 * i)) | UInt64(Self.word(span, at: 8 * i + 4)) << 32
                output[i] = Float(Double(bitPattern: bits) * 32_768)
            }
        case .muLaw:
            for i in 0..<count { output[i] = Self.muLawTable[Int(span[i])] }
        case .aLaw:
            for i in 0..<count { output[i] = Self.aLawTable[Int(span[i])] }
        }
        return samples
    }

    @inline(__always)
    private static func word(_ bytes: Span<UInt8>, at i: Int) -> UInt32 {
        UInt32(bytes[i]) | UInt32(bytes[i + 1]) << 8 | UInt32(bytes[i + 2]) << 16 | UInt32(bytes[i + 3]) << 24
    }

    /// Source: ITU-T G.711 (1988), table 2; 14-bit values moved up to 16 bits.
    private static let muLawTable = (0..<256).map { code -> Float in
        let bits = ~code & 0xFF
        let magnitude = ((bits & 0x0F) << 3 + 0x84) << (bits >> 4 & 7) - 0x84
        return Float(bits & 0x80 != 0 ? -magnitude : magnitude)
    }

    /// Source: ITU-T G.711 (1988), table 1; 13-bit values moved up to 16 bits.
    private static let aLawTable = (0..<256).map { code -> Float in
        let bits = code ^ 0x55
        let segment = bits >> 4 & 7
        let step = (bits & 0x0F) << 4
        let magnitude = segment == 0 ? step + 8 : (step + 0x108) << (segment - 1)
        return Float(bits & 0x80 != 0 ? magnitude : -magnitude)
    }
}
