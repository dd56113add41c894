import Audio
import Foundation
import Testing

/// A way to write a WAV file, and the samples that it holds.
struct WaveCase: Sendable, CustomTestStringConvertible {
    let testDescription: String
    let bytes: [UInt8]
    let samples: [Float]

    init(_ description: String, _ bytes: [UInt8], _ samples: [Float]) {
        (testDescription, self.bytes, self.samples) = (description, bytes, samples)
    }

    private static let some: [Float] = [0, 1, -1, 300, -32_768, 32_767, 5]
    private static let fmt = chunk("fmt ", format(tag: 1, bits: 16))

    static let encodings = [
        WaveCase(
            "8 bits, unsigned", riff(chunk("fmt ", format(tag: 1, bits: 8)), chunk("data", [0, 128, 129, 255])),
            [-32_768, 0, 256, 32_512]),
        WaveCase("16 bits", wave(some), some),
        WaveCase(
            "24 bits",
            riff(
                chunk("fmt ", format(tag: 1, bits: 24)),
                chunk("data", little(-8_388_608, 3) + little(256, 3) + little(-1, 3) + little(8_388_607, 3))),
            [-32_768, 1, -1 / 256, 32_767 + 255 / 256]),
        WaveCase(
            "32 bits",
            riff(
                chunk("fmt ", format(tag: 1, bits: 32)),
                chunk("data", little(Int(Int32.min), 4) + little(65_536, 4) + little(-32_768, 4))),
            [-32_768, 1, -0.5]),
        WaveCase(
            "12 bits at the top of two bytes",
            riff(chunk("fmt ", format(tag: 1, bits: 12)), chunk("data", pcm16([16, -32_768]))), [16, -32_768]),
        WaveCase(
            "24 bits at the top of four bytes, extensible",
            riff(
                chunk("fmt ", extensible(tag: 1, bits: 32, valid: 24)),
                chunk("data", little(256 << 8, 4) + little(-(1 << 31), 4))),
            [1, -32_768]),
        WaveCase(
            "16 bits, extensible",
            riff(chunk("fmt ", extensible(tag: 1, bits: 16, valid: 16)), chunk("data", pcm16(some))), some),
        WaveCase(
            "float of 32 bits, above 1",
            riff(chunk("fmt ", format(tag: 3, bits: 32)), chunk("data", float32([0.5, -1, 1.5, -40, 1e30]))),
            [16_384, -32_768, 49_152, -1_310_720, 1e30 * 32_768]),
        WaveCase(
            "float of 32 bits, extensible",
            riff(chunk("fmt ", extensible(tag: 3, bits: 32, valid: 32)), chunk("data", float32([0.25]))), [8_192]),
        WaveCase(
            "float of 64 bits",
            riff(
                chunk("fmt ", format(tag: 3, bits: 64)),
                chunk("data", little(Int(0.125.bitPattern), 8) + little(Int(truncatingIfNeeded: (-2.0).bitPattern), 8))),
            [4_096, -65_536]),
        WaveCase(
            "µ-law",
            riff(
                chunk("fmt ", format(tag: 7, bits: 8) + [0, 0]), chunk("data", [0xFF, 0x7F, 0x80, 0x00, 0xF0, 0x8F])),
            [0, 0, 32_124, -32_124, 120, 16_764]),
        WaveCase(
            "A-law", riff(chunk("fmt ", format(tag: 6, bits: 8)), chunk("data", [0xD5, 0x55, 0xAA, 0x2A, 0x85, 0xF5])),
            [8, -8, 32_256, -32_256, 4_224, 528]),
    ]

    static let layouts = [
        WaveCase(
            "an odd chunk with its pad byte before the data",
            riff(fmt, chunk("note", [1, 2, 3]), chunk("data", pcm16(some))), some),
        WaveCase(
            "a large chunk before the format and one after the data",
            riff(
                chunk("JUNK", [UInt8](repeating: 7, count: 200_001)), fmt, chunk("data", pcm16(some)),
                chunk("LIST", some.map { _ in 9 })),
            some),
        WaveCase(
            "a format chunk of 18 bytes",
            riff(chunk("fmt ", format(tag: 1, bits: 16) + [0, 0]), chunk("data", pcm16(some))), some),
        WaveCase(
            "an odd format chunk",
            riff(chunk("fmt ", format(tag: 1, bits: 16) + [1, 0, 0]), chunk("data", pcm16(some))), some),
        WaveCase("a size of 0 until the end", riff(fmt, chunk("data", pcm16(some), size: 0)), some),
        WaveCase("a size of 0xFFFFFFFF until the end", riff(fmt, chunk("data", pcm16(some), size: 0xFFFF_FFFF)), some),
        WaveCase("sox's size for a pipe", riff(fmt, chunk("data", pcm16(some), size: 0x7FFF_F000)), some),
        WaveCase("arecord's size for a pipe", riff(fmt, chunk("data", pcm16(some), size: 0x7FFF_FF00)), some),
        WaveCase(
            "odd data with a pad byte and a chunk after them",
            riff(chunk("fmt ", format(tag: 1, bits: 8)), chunk("data", [128, 129, 130]), chunk("LIST", [1])),
            [0, 256, 512]),
        WaveCase(
            "a frame size of 0 in the header",
            riff(chunk("fmt ", format(tag: 1, bits: 16, frameBytes: 0)), chunk("data", pcm16(some))), some),
        WaveCase("stereo", wave([2, 4, -6, -8, 10, 10], channels: 2), [3, -7, 10]),
    ]
}

@Suite("WAV")
struct WaveTests {
    @Test("every encoding gives its samples, from a file and from a pipe", arguments: WaveCase.encodings)
    func encodings(_ row: WaveCase) throws {
        try check(row)
    }

    @Test("every way to lay out a file gives its samples, from a file and from a pipe", arguments: WaveCase.layouts)
    func layouts(_ row: WaveCase) throws {
        try check(row)
    }

    private func check(_ row: WaveCase) throws {
        let scratch = try Scratch()
        #expect(outcome(try scratch.file("a.wav", row.bytes)) == Outcome(samples: row.samples))
        for piece in [1, 7, 4_096] {
            #expect(pipedOutcome(row.bytes, piece: piece) == Outcome(samples: row.samples))
        }
    }

    @Test("what the writer wrote is read back, rounded and held to 16 bits")
    func roundTrip() throws {
        let scratch = try Scratch()
        let path = scratch.path + "/tone.wav"
        try WaveWriter.write([0.4, 1.5, -2.6, 1e9, -.infinity, .nan] + noise(100_000, amplitude: 30_000), to: path)
        let expected: [Float] = [0, 2, -3, 32_767, -32_768, 0] + noise(100_000, amplitude: 30_000)
        #expect(outcome(path) == Outcome(samples: expected))
        #expect(try Data(contentsOf: URL(filePath: path)) == Data(wave(expected)))
    }

    @Test("a writer that does not finish leaves nothing and harms nothing")
    func unfinished() throws {
        let scratch = try Scratch()
        let path = try scratch.file("a.wav", [1, 2, 3])
        do {
            var writer = try WaveWriter(path: path)
            try writer.append([1, 2, 3])
        }
        #expect(try FileManager.default.contentsOfDirectory(atPath: scratch.path) == ["a.wav"])
        #expect(try Data(contentsOf: URL(filePath: path)) == Data([1, 2, 3]))
    }

    @Test("a writer into a folder that is not there says so")
    func noFolder() throws {
        let error = #expect(throws: AudioError.self) { _ = try WaveWriter(path: "/nowhere/a.wav") }
        #expect(error?.description == "/nowhere/a.wav: no such file")
    }

    @Test("samples without a header are read at the rate that is said")
    func raw() throws {
        let scratch = try Scratch()
        let samples = noise(20_000, amplitude: 9_000)
        let path = try scratch.file("a.raw", pcm16(samples))
        #expect(outcome(path, layout: .raw(sampleRate: 16_000)) == Outcome(samples: samples))
        #expect(pipedOutcome(pcm16(samples), piece: 333, layout: .raw(sampleRate: 16_000)) == Outcome(samples: samples))
        #expect(outcome(path, layout: .raw(sampleRate: 8_000)).samples.count == 40_000)
    }

    @Test("the format says rate, channels and length")
    func formats() throws {
        let scratch = try Scratch()
        let stream = try AudioStream(
            path: try scratch.file("a.wav", wave(noise(88_200, amplitude: 9), channels: 2, rate: 44_100)))
        #expect(stream.format == AudioFormat(sampleRate: 44_100, channels: 2, seconds: 1))
    }
}
