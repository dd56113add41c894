/// The first bytes of a source, read piece by piece; a pipe's are kept, so that another reader can have them again.
struct HeaderBytes {
    let descriptor: Descriptor
    /// Bytes from the beginning to here.
    private(set) var position = 0
    /// What was read from a pipe; `nil` once it was too much to keep.
    private(set) var kept: [UInt8]? = []
    private static let keptLimit = 1 << 20

    init(_ descriptor: Descriptor) {
        self.descriptor = descriptor
    }

    /// The next `count` bytes, fewer only at the end.
    mutating func take(_ count: Int) throws(AudioError) -> [UInt8] {
        var bytes: [UInt8] = []
        while bytes.count < count {
            let more = try descriptor.read(upTo: count - bytes.count)
            if more.isEmpty { break }
            bytes += more
        }
        position += bytes.count
        if !descriptor.isSeekable, let keptCount = kept?.count {
            if keptCount + bytes.count <= Self.keptLimit { kept?.append(contentsOf: bytes) } else { kept = nil }
        }
        return bytes
    }

    /// Passes over `count` bytes.
    mutating func skip(_ count: Int) throws(AudioError) {
        if descriptor.isSeekable {
            try descriptor.advance(by: count)
            position += count
            return
        }
        var left = count
        while left > 0 {
            let got = try take(min(left, 1 << 16)).count
            if got == 0 { return }
            left -= got
        }
    }

    /// The error of a source that ended before its samples.
    var ended: AudioError {
        AudioError(
            file: descriptor.name,
            fault: .headerEnds(bytes: descriptor.isSeekable ? min(position, descriptor.size) : position))
    }
}
