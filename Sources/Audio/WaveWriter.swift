/// Writes samples to a WAV file of 16 bits and one channel.
///
/// The file is written beside its place and renamed by ``finish()``: one that is there is whole. Without it
/// nothing remains.
///
/// ```swift
/// var writer = try WaveWriter(path: "tone.wav", sampleRate: 16_000)
/// try writer.append([0, 1_000, -1_000])
/// try writer.finish()
/// ```
public struct WaveWriter: ~Copyable {
    private let path: String
    private let temporary: String
    private let descriptor: Descriptor
    private let sampleRate: Int
    private var bytes: [UInt8] = []
    private var count = 0
    private var isFinished = false
    private static let blockBytes = 1 << 16

    /// Begins a file. Throws an ``AudioError``.
    public init(path: String, sampleRate: Int = 16_000) throws {
        precondition(AudioFormat.sampleRates.contains(sampleRate), "a rate of \(sampleRate) Hz")
        self.path = path
        self.sampleRate = sampleRate
        temporary = "\(path).\(String(UInt64.random(in: 0...UInt64.max), radix: 36)).partial"
        descriptor = try Descriptor(creating: temporary, name: path)
        bytes = header(samples: 0)
    }

    deinit {
        if !isFinished { Descriptor.remove(temporary) }
    }

    /// Adds samples in the scale of 16-bit samples.
    ///
    /// They are rounded to the nearest and held to −32,768…32,767; what is no number is 0. Throws an ``AudioError``,
    /// also where the file would exceed the 4 GiB of its format.
    public mutating func append(_ samples: [Float]) throws {
        guard count + samples.count <= (Int(UInt32.max) - 36) / 2 else {
            throw AudioError(file: path, fault: .system(reason: "a WAV file holds no more than 4 GiB"))
        }
        count += samples.count
        for sample in samples {
            let held = sample.isNaN ? 0 : min(max(sample.rounded(.toNearestOrEven), -32_768), 32_767)
            Self.append(UInt32(truncatingIfNeeded: Int(held)), width: 2, to: &bytes)
            if bytes.count >= Self.blockBytes { try flush() }
        }
    }

    /// Completes the file and puts it in its place. Throws an ``AudioError``.
    public consuming func finish() throws {
        try flush()
        try descriptor.rewind()
        try descriptor.write(header(samples: count))
        try descriptor.publish(from: temporary, as: path)
        isFinished = true
    }

    /// Writes a whole sound. Throws an ``AudioError``.
    public static func write(_ samples: [Float], to path: String, sampleRate: Int = 16_000) throws {
        var writer = try WaveWriter(path: path, sampleRate: sampleRate)
        try writer.append(samples)
        try writer.finish()
    }

    private mutating func flush() throws(AudioError) {
        try descriptor.write(bytes)
        bytes.removeAll(keepingCapacity: true)
    }

    private func header(samples: Int) -> [UInt8] {
        var header = Array("RIFF".utf8)
        Self.append(UInt32(36 + 2 * samples), width: 4, to: &header)
        header += "WAVEfmt ".utf8
        Self.append(16, width: 4, to: &header)
        Self.append(1, width: 2, to: &header)
        Self.append(1, width: 2, to: &header)
        Self.append(UInt32(sampleRate), width: 4, to: &header)
        Self.append(UInt32(2 * sampleRate), width: 4, to: &header)
        Self.append(2, width: 2, to: &header)
        Self.append(16, width: 2, to: &header)
        header += "data".utf8
        Self.append(UInt32(2 * samples), width: 4, to: &header)
        return header
    }

    private static func append(_ value: UInt32, width: Int, to bytes: inout [UInt8]) {
        for i in 0..<width { bytes.append(UInt8(truncatingIfNeeded: value >> UInt32(8 * i))) }
    }
}
