import Audio
import Foundation
import Testing

/// Bytes that are no whole sound, what is delivered of them, and the error.
struct ErrorCase: Sendable, CustomTestStringConvertible {
    let testDescription: String
    let bytes: [UInt8]
    let samples: Int
    let text: String

    init(_ text: String, _ bytes: [UInt8], delivers samples: Int = 0) {
        (self.bytes, self.samples, self.text, testDescription) = (bytes, samples, text, text)
    }

    private static let second = noise(16_000, amplitude: 9)
    private static let fmt = chunk("fmt ", format(tag: 1, bits: 16))
    private static func float(_ samples: [Float]) -> [UInt8] {
        riff(chunk("fmt ", format(tag: 3, bits: 32)), chunk("data", float32(samples)))
    }

    static let rows = [
        ErrorCase("the file is empty", []),
        ErrorCase(
            "text, not sound; a sound file begins with a header such as RIFF, fLaC or OggS",
            Array("ten green bottles\n".utf8)),
        ErrorCase(
            "text, not sound; a sound file begins with a header such as RIFF, fLaC or OggS", Array("zehn grüne\n".utf8)),
        ErrorCase(
            "not a sound file that can be read (WAV, FLAC, Ogg, AIFF, AU, CAF, MP3); samples without a header need their rate said",
            [0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A, 0, 0, 0, 13, 0x49, 0x48]),
        ErrorCase("the file ends inside its header, after 4 bytes", Array("RIFF".utf8)),
        ErrorCase("the file ends inside its header, after 12 bytes", riff()),
        ErrorCase("the file ends inside its header, after 30 bytes", Array(wave(second)[0..<30])),
        ErrorCase("the file ends inside its header, after 36 bytes", Array(wave(second)[0..<36])),
        ErrorCase(
            "the file ends inside its header, after 25 bytes",
            riff(chunk("LIST", [1, 2, 3, 4, 5], size: 0xFFFF_FFFF, padded: false))),
        ErrorCase(
            "the fmt chunk has 14 bytes where 16 are needed", riff(chunk("fmt ", [UInt8](repeating: 1, count: 14)))),
        ErrorCase("the data chunk stands before the fmt chunk", riff(chunk("data", pcm16(second)), fmt)),
        ErrorCase(
            "the fmt chunk has 16 bytes where an extensible one has 40",
            riff(chunk("fmt ", format(tag: 0xFFFE, bits: 16)), chunk("data", pcm16(second)))),
        ErrorCase(
            "the data end after 0.53 s where the header promises 1.00 s", Array(wave(second)[0..<(44 + 16_960)]),
            delivers: 8_480),
        ErrorCase(
            "the data end after 0.9999 s where the header promises 1.0000 s", Array(wave(second).dropLast(1)),
            delivers: 15_999),
        ErrorCase("the data end after 0.00 s where the header promises 1.00 s", Array(wave(second)[0..<44])),
        ErrorCase("there are no samples after the header", riff(fmt, chunk("data", []))),
        ErrorCase(
            "the sample at 0.50 s is not a number", float(second.prefix(8_000) + [.nan, 1, .infinity]), delivers: 8_000),
        ErrorCase(
            "the sample at 0.25 s is infinite", float(second.prefix(4_000) + [-.infinity, .nan]), delivers: 4_000),
        ErrorCase("the sample at 0.00 s is infinite", float([3e38])),
        ErrorCase(
            "0 channels; accepted are 1 to 1024",
            riff(chunk("fmt ", format(tag: 1, channels: 0, bits: 16)), chunk("data", [1, 2]))),
        ErrorCase(
            "65535 channels; accepted are 1 to 1024",
            riff(chunk("fmt ", format(tag: 1, channels: 65_535, bits: 16)), chunk("data", [1, 2]))),
        ErrorCase("a sample rate of 0 Hz; accepted are 1000 to 768000 Hz", wave([1], rate: 0)),
        ErrorCase("a sample rate of 4294967295 Hz; accepted are 1000 to 768000 Hz", wave([1], rate: 0xFFFF_FFFF)),
    ]
}

@Suite("Errors of audio")
struct ErrorTests {
    @Test("a faulty file gives what it has, then its error; a pipe does the same", arguments: ErrorCase.rows)
    func faults(_ row: ErrorCase) throws {
        let scratch = try Scratch()
        let file = outcome(try scratch.file("cut.wav", row.bytes))
        #expect(file.error == "cut.wav: " + row.text)
        #expect(file.samples.count == row.samples)
        let pipe = pipedOutcome(row.bytes)
        #expect(pipe.error == "pipe: " + row.text)
        #expect(pipe.samples.count == row.samples)
    }

    @Test("an error tells fault, place and remedy apart, and repeats itself")
    func parts() throws {
        let scratch = try Scratch()
        let path = try scratch.file("cut.wav", Array(wave(noise(16_000, amplitude: 9)).dropLast(16_000)))
        var stream = try AudioStream(path: path)
        #expect(try stream.next()?.count == 8_000)
        for _ in 0..<2 {
            do {
                _ = try stream.next()
                Issue.record("no error")
            } catch let error as AudioError {
                #expect(error.fault == .cut(seconds: 0.5, promised: 1))
                #expect(error.place == "0.50 s" && error.remedy == nil && error.file == path)
            }
        }
    }

    @Test(
        "a name that cannot be opened says why",
        arguments: [
            ("/nowhere/a.wav", "a.wav: no such file"), ("/", "/: a directory, not a sound file; name the files in it"),
            ("/dev/null", "null: the file is empty"),
            ("/proc/self/mem", "mem: input/output error"),
        ])
    func names(path: String, text: String) {
        #expect(outcome(path).error == (path == "/" ? text : text))
    }

    @Test("permission denied has its own text")
    func permission() {
        let error = AudioError(file: "secret.wav", fault: .notPermitted)
        #expect(error.description == "secret.wav: permission denied")
    }

    @Test("random bytes after any true beginning never trap", arguments: 0..<200)
    func hostile(seed: Int) throws {
        let scratch = try Scratch()
        let beginnings = [
            wave(noise(500, amplitude: 99), channels: 2),
            riff(chunk("fmt ", extensible(tag: 3, bits: 32, valid: 32)), chunk("data", float32([1, 2]))),
            Array("RF64".utf8), Array("fLaC".utf8), Array("OggS".utf8), Array("FORM....AIFF".utf8), Array("caff".utf8),
        ]
        var bytes = beginnings[seed % beginnings.count]
        let random = noise(1_200, amplitude: 128, seed: UInt64(seed + 1)).map { UInt8(truncatingIfNeeded: Int($0)) }
        if seed % 2 == 0 {
            for i in 0..<6 { bytes[4 + Int(random[i]) % (min(bytes.count, 60) - 4 + 1) - 1] = random[i + 10] }
        }
        if bytes.count < 100 || seed % 3 == 0 { bytes += random }
        let path = try scratch.file("hostile.wav", bytes)
        let result = outcome(path)
        #expect(result.samples.allSatisfy { $0.isFinite } && result.samples.count < 10_000_000)
        _ = pipedOutcome(bytes)
    }
}
