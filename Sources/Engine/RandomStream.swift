internal import Kernels

/// Random numbers that seed, stream and position decide, whoever draws them and whenever: Philox4x32-10.
///
/// A stream is read from its start, like any generator, but two streams of one seed never meet, so that what one thing draws does not
/// change what another draws.
public struct RandomStream: RandomNumberGenerator, Sendable {
    private let seed: UInt64
    private let stream: UInt64
    private var position: UInt64 = 0
    private var words: [UInt32] = []
    private static let block = 64

    /// The start of a stream.
    public init(seed: UInt64, stream: UInt64) {
        self.seed = seed
        self.stream = stream
    }

    /// The start of the stream of a name (FNV-1a), and optionally of a number within it.
    public init(seed: UInt64, name: String, number: Int = 0) {
        var hash: UInt64 = 0xcbf2_9ce4_8422_2325
        for byte in name.utf8 { hash = (hash ^ UInt64(byte)) &* 0x100_0000_01b3 }
        for shift in stride(from: 0, to: 64, by: 8) {
            hash = (hash ^ (UInt64(bitPattern: Int64(number)) >> UInt64(shift) & 0xFF)) &* 0x100_0000_01b3
        }
        self.init(seed: seed, stream: hash)
    }

    private mutating func word() -> UInt32 {
        let place = Int(position % UInt64(Self.block))
        if place == 0 || words.isEmpty {
            words = RandomWords.words(
                seed: seed, stream: stream, first: position - UInt64(place), count: Self.block)
        }
        position += 1
        return words[place]
    }

    /// The next 64 bits.
    public mutating func next() -> UInt64 {
        let low = UInt64(word())
        return UInt64(word()) << 32 | low
    }

    /// A float in [0, 1), of 24 bits.
    public mutating func uniform() -> Float { Float(word() >> 8) * 0x1p-24 }

    /// A float in [low, high).
    public mutating func uniform(_ low: Float, _ high: Float) -> Float { low + (high - low) * uniform() }

    /// An integer in a range, without bias worth speaking of (32 bits, multiply and shift; Lemire 2019).
    ///
    /// - Precondition: the range is not empty and has at most 2³² numbers.
    public mutating func integer(in range: ClosedRange<Int>) -> Int {
        let count = UInt64(range.upperBound - range.lowerBound) + 1
        precondition(count <= 1 << 32, "a range of \(count) numbers")
        return range.lowerBound + Int((UInt64(word()) * count) >> 32)
    }
}
