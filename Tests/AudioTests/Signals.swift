import Audio
import Foundation
import Testing

/// Folders, bytes and signals for the tests of this room.
struct Scratch: ~Copyable {
    let path: String

    init() throws {
        path = FileManager.default.temporaryDirectory.appending(path: "engram-audio-\(UUID().uuidString)").path
        try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
    }

    deinit {
        try? FileManager.default.removeItem(atPath: path)
    }

    /// Writes a file and gives its path.
    func file(_ name: String, _ bytes: [UInt8]) throws -> String {
        try Data(bytes).write(to: URL(filePath: path + "/" + name))
        return path + "/" + name
    }
}

/// A RIFF chunk; `size` is what its header says, if that is not the truth.
func chunk(_ id: String, _ body: [UInt8], size: Int? = nil, padded: Bool = true) -> [UInt8] {
    Array(id.utf8) + little(size ?? body.count, 4) + body + (padded && body.count % 2 == 1 ? [0] : [])
}

/// A WAV file of these chunks.
func riff(_ chunks: [UInt8]...) -> [UInt8] {
    let body = Array("WAVE".utf8) + chunks.flatMap { $0 }
    return Array("RIFF".utf8) + little(body.count, 4) + body
}

/// The body of a `fmt ` chunk of 16 bytes.
func format(tag: Int, channels: Int = 1, rate: Int = 16_000, bits: Int, frameBytes: Int? = nil) -> [UInt8] {
    let frame = frameBytes ?? channels * ((bits + 7) / 8)
    return little(tag, 2) + little(channels, 2) + little(rate, 4) + little(rate &* frame & 0xFFFF_FFFF, 4)
        + little(frame, 2) + little(bits, 2)
}

/// The body of an extensible `fmt ` chunk.
func extensible(tag: Int, channels: Int = 1, rate: Int = 16_000, bits: Int, valid: Int) -> [UInt8] {
    format(tag: 0xFFFE, channels: channels, rate: rate, bits: bits) + little(22, 2) + little(valid, 2) + little(4, 4)
        + little(tag, 2) + [0, 0, 0, 0, 0x10, 0, 0x80, 0, 0, 0xAA, 0, 0x38, 0x9B, 0x71]
}

/// A number's little-endian bytes.
func little(_ value: Int, _ width: Int) -> [UInt8] {
    (0..<width).map { UInt8(truncatingIfNeeded: value >> (8 * $0)) }
}

func pcm16(_ samples: [Float]) -> [UInt8] { samples.flatMap { little(Int($0), 2) } }
func float32(_ samples: [Float]) -> [UInt8] { samples.flatMap { little(Int($0.bitPattern), 4) } }

/// A WAV file of 16 bits.
func wave(_ samples: [Float], channels: Int = 1, rate: Int = 16_000) -> [UInt8] {
    riff(chunk("fmt ", format(tag: 1, channels: channels, rate: rate, bits: 16)), chunk("data", pcm16(samples)))
}

/// Whole numbers out of a linear congruential generator (Knuth's MMIX), as `tools/goldens/logmel.py` makes them.
func noise(_ count: Int, amplitude: Int, seed: UInt64 = 20_240_611) -> [Float] {
    var state = seed
    return (0..<count).map { _ in
        state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
        return Float(Int(state >> 33) % (2 * amplitude + 1) - amplitude)
    }
}

func tone(_ hertz: Double, count: Int, rate: Int, amplitude: Double = 16_000) -> [Float] {
    (0..<count).map { Float((amplitude * sin(2 * .pi * hertz * Double($0) / Double(rate))).rounded()) }
}

/// Amplitude of the part of `samples` at a frequency: their product with a Hann-windowed complex tone.
func amplitude(at hertz: Double, in samples: some Collection<Float>, rate: Int = 16_000) -> Double {
    var (re, im, sum) = (0.0, 0.0, 0.0)
    for (i, sample) in samples.enumerated() {
        let weight = 1 - cos(2 * .pi * Double(i) / Double(samples.count))
        let phase = 2 * .pi * hertz * Double(i) / Double(rate)
        re += weight * Double(sample) * cos(phase)
        im += weight * Double(sample) * sin(phase)
        sum += weight
    }
    return 2 * (re * re + im * im).squareRoot() / sum
}

/// What a stream delivered, and the text of the error at its end.
struct Outcome: Equatable {
    var samples: [Float] = []
    var error: String?
}

/// Drains a stream; the path is taken out of the error's text.
func outcome(_ path: String, layout: AudioStream.Layout = .detected) -> Outcome {
    var outcome = Outcome()
    do {
        var stream = try AudioStream(path: path, layout: layout)
        while let block = try stream.next() { outcome.samples += block }
    } catch {
        outcome.error = "\(error)".replacing(path, with: URL(filePath: path).lastPathComponent)
    }
    return outcome
}

/// The same bytes from a pipe, written on another thread in pieces.
func pipedOutcome(_ bytes: [UInt8], piece: Int = 1_000, layout: AudioStream.Layout = .detected) -> Outcome {
    let pipe = Pipe()
    let writer = Thread {
        signal(SIGPIPE, SIG_IGN)
        for start in stride(from: 0, to: bytes.count, by: piece) {
            let block = bytes[start..<min(start + piece, bytes.count)]
            if (try? pipe.fileHandleForWriting.write(contentsOf: Data(block))) == nil { break }
        }
        try? pipe.fileHandleForWriting.close()
    }
    writer.start()
    var outcome = Outcome()
    do {
        var stream = try AudioStream(
            descriptor: pipe.fileHandleForReading.fileDescriptor, name: "pipe", layout: layout)
        while let block = try stream.next() { outcome.samples += block }
    } catch {
        outcome.error = "\(error)"
    }
    try? pipe.fileHandleForReading.close()
    return outcome
}
