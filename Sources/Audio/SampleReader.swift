/// Samples without compression, out of a file or a pipe: those of a WAV file after its header, or headerless ones.
struct SampleReader {
    private let descriptor: Descriptor
    private let encoding: SampleEncoding
    private let frameBytes: Int
    /// Bytes that are still to come; `nil` means until the end.
    private var left: Int?
    /// Bytes of a frame that has not wholly arrived.
    private var rest: [UInt8] = []
    private static let blockBytes = 1 << 16

    init(_ descriptor: Descriptor, encoding: SampleEncoding, channels: Int, bytes: Int?) {
        self.descriptor = descriptor
        self.encoding = encoding
        frameBytes = encoding.width * channels
        left = bytes
    }

    /// The frames that have arrived, interleaved, without waiting for more of them; empty at the end.
    mutating func next() throws(AudioError) -> [Float] {
        while true {
            let wanted = min(left ?? Self.blockBytes, Self.blockBytes)
            guard wanted > 0 else { return [] }
            var bytes = try descriptor.read(upTo: wanted)
            if bytes.isEmpty { return [] }
            left = left.map { $0 - bytes.count }
            if !rest.isEmpty { bytes = rest + bytes }
            let frames = bytes.count / frameBytes
            rest = Array(bytes[(frames * frameBytes)...])
            if frames > 0 { return encoding.decode(bytes, count: frames * frameBytes / encoding.width) }
        }
    }
}
