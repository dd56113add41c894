/// What a source of sound says of itself.
public struct AudioFormat: Hashable, Sendable {
    /// Frames a second, in Hz.
    public var sampleRate: Int
    /// Samples a frame.
    public var channels: Int
    /// Length by the header; `nil` where it does not say (a live pipe).
    public var seconds: Double?

    /// A format.
    public init(sampleRate: Int, channels: Int, seconds: Double? = nil) {
        self.sampleRate = sampleRate
        self.channels = channels
        self.seconds = seconds
    }

    /// Rates in Hz that are taken for real.
    static let sampleRates = 1_000...768_000
    /// Most channels of a source.
    static let channelLimit = 1_024

    /// Throws if rate or channels cannot be.
    func validate(for file: String) throws(AudioError) {
        guard (1...Self.channelLimit).contains(channels) else {
            throw AudioError(file: file, fault: .channels(channels))
        }
        guard Self.sampleRates.contains(sampleRate) else {
            throw AudioError(file: file, fault: .sampleRate(sampleRate))
        }
    }
}
