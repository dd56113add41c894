/// The head of a RIFF/WAVE file up to its first sample.
///
/// WAV as the world writes it: any chunks before `fmt ` and `data`, odd ones with their pad byte; `fmt ` of 16, 18 or
/// 40 bytes; a length that the writer did not know. Source: Microsoft and IBM, Multimedia Programming Interface
/// and Data Specifications 1.0 (1991); Microsoft, Multiple Channel Audio Data and WAVE Files (2001).
struct WaveHeader {
    var encoding: SampleEncoding
    var sampleRate: Int
    var channels: Int
    /// Bytes of samples; `nil` means until the end.
    var dataBytes: Int?
    /// Whether the writer knew `dataBytes`, so that fewer of them are a fault.
    var isPromise: Bool

    /// Reads chunks until the samples begin; `nil` if their encoding is a compressed one, for another reader.
    ///
    /// `bytes` stands after the twelve of `RIFF`, size, `WAVE`.
    init?(_ bytes: inout HeaderBytes) throws(AudioError) {
        let file = bytes.descriptor.name
        var format: [UInt8]?
        for _ in 0..<Self.chunkLimit {
            let head = try bytes.take(8)
            guard head.count == 8 else { throw bytes.ended }
            let size = little(head, at: 4, width: 4)
            switch String(decoding: head[0..<4], as: UTF8.self) {
            case "fmt ":
                guard size >= 16 else { throw Self.bad("the fmt chunk has \(size) bytes where 16 are needed", file) }
                let body = try bytes.take(min(size, 40))
                guard body.count == min(size, 40) else { throw bytes.ended }
                try bytes.skip(size - body.count + size % 2)
                format = body
            case "data":
                guard let format else { throw Self.bad("the data chunk stands before the fmt chunk", file) }
                try self.init(format: format, dataSize: size, file: file)
                return
            default:
                try bytes.skip(size + size % 2)
            }
        }
        throw Self.bad("no data chunk among the first \(Self.chunkLimit)", file)
    }

    private init?(format: [UInt8], dataSize: Int, file: String) throws(AudioError) {
        channels = little(format, at: 2, width: 2)
        sampleRate = little(format, at: 4, width: 4)
        try AudioFormat(sampleRate: sampleRate, channels: channels).validate(for: file)
        var tag = little(format, at: 0, width: 2)
        if tag == 0xFFFE {
            guard format.count == 40 else {
                throw Self.bad("the fmt chunk has \(format.count) bytes where an extensible one has 40", file)
            }
            tag = little(format, at: 24, width: 2)
        }
        let frame = little(format, at: 12, width: 2)
        let bits = little(format, at: 14, width: 2)
        guard let encoding = SampleEncoding(tag: tag, bits: bits, frameBytes: frame, channels: channels) else {
            return nil
        }
        self.encoding = encoding
        isPromise = dataSize != 0 && dataSize < Self.unknownSize
        dataBytes = dataSize == 0 || dataSize == 0xFFFF_FFFF ? nil : dataSize
    }

    /// Sizes from here on stand where a writer does not know the length: sox and espeak-ng put 0x7FFFF000 on a pipe,
    /// arecord 0x7FFFFF00, ffmpeg 0xFFFFFFFF.
    static let unknownSize = 0x7FFF_0000
    private static let chunkLimit = 10_000

    private static func bad(_ reason: String, _ file: String) -> AudioError {
        AudioError(file: file, fault: .badHeader(reason: reason))
    }
}

extension SampleEncoding {
    /// The encoding of a format tag; `nil` if it is compressed or of no known width.
    ///
    /// The width is that of the container (12 bits lie in two bytes, 24 sometimes in four), the value at its top.
    fileprivate init?(tag: Int, bits: Int, frameBytes: Int, channels: Int) {
        let declared = (bits + 7) / 8
        let inFrame = frameBytes % channels == 0 ? frameBytes / channels : 0
        switch (tag, inFrame >= declared && inFrame <= 8 ? inFrame : declared) {
        case (1, 1): self = .unsigned8
        case (1, 2): self = .signed16
        case (1, 3): self = .signed24
        case (1, 4): self = .signed32
        case (3, 4): self = .float32
        case (3, 8): self = .float64
        case (6, 1): self = .aLaw
        case (7, 1): self = .muLaw
        default: return nil
        }
    }
}

/// An unsigned little-endian number of up to four bytes.
private func little(_ bytes: [UInt8], at index: Int, width: Int) -> Int {
    var value = 0
    for i in (0..<width).reversed() { value = value << 8 | Int(bytes[index + i]) }
    return value
}
