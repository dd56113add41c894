/// What a source says of its own length, so that one that is cut off is known.
enum Promise {
    /// Nothing: it goes on until it ends.
    case none
    case seconds(Double)
    /// An end of its own, which the decoder has looked for in vain.
    case missingEnd

    /// The fault of a source that gave so many frames.
    func fault(frames: Int, sampleRate: Int) -> AudioError.Fault? {
        let seconds = Double(frames) / Double(sampleRate)
        switch self {
        case .seconds(let promised) where Double(frames) + 0.5 < promised * Double(sampleRate):
            return .cut(seconds: seconds, promised: promised)
        case .missingEnd: return .cut(seconds: seconds, promised: nil)
        case .none, .seconds: return frames == 0 ? .noSamples : nil
        }
    }
}

/// The first bytes of a file that libsndfile reads, for what that library does not tell.
struct Beginning {
    private let magic: String
    /// Size of the whole file by an IFF, RIFF, Wave64 or Sun header.
    private let promisedSize: Int?

    /// Reads a file's first bytes.
    init(_ descriptor: Descriptor) throws(AudioError) {
        try descriptor.rewind()
        var header = HeaderBytes(descriptor)
        let head = try header.take(28)
        magic = String(decoding: head.prefix(4), as: UTF8.self)
        promisedSize = head.count == 28 ? Self.size(magic, head) : nil
    }

    /// The size at its place in each kind of header.
    private static func size(_ magic: String, _ head: [UInt8]) -> Int? {
        func big(_ range: Range<Int>) -> Int { head[range].reduce(0) { $0 << 8 | Int($1) } }
        func little(_ range: Range<Int>) -> Int { head[range].reversed().reduce(0) { $0 << 8 | Int($1) } }
        switch magic {
        case "FORM", "RIFX": return big(4..<8) + 8
        case "RIFF":
            let size = little(4..<8)
            return size == 0 || size >= WaveHeader.unknownSize ? nil : size + 8
        // Of the eight bytes that these have, six are enough for any disk.
        case "RF64", "BW64": return little(20..<26) + 8
        case "riff": return little(16..<22)
        case ".snd": return big(8..<12) == 0xFFFF_FFFF ? nil : big(4..<8) + big(8..<12)
        default: return nil
        }
    }

    /// What the file promises, given the length that the library found.
    ///
    /// The library takes the length of an uncompressed file that is cut off from what is there; the promised one is
    /// then reckoned from the sizes. Of an Ogg stream it finds none if the last page is missing.
    func promise(seconds: Double?, fileSize: Int) -> Promise {
        guard let seconds else { return magic == "OggS" ? .missingEnd : .none }
        // One byte less may be a pad byte that the writer forgot.
        guard let promisedSize, promisedSize > fileSize + 1, fileSize > 0 else { return .seconds(seconds) }
        return .seconds(seconds * Double(promisedSize) / Double(fileSize))
    }
}
