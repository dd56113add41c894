import Audio
import Foundation
import Testing

@Suite("Sound files of other formats")
struct SoundFileTests {
    private static let sweep: [Float] = {
        var phase = 0
        return (0..<4_000).map { i in
            phase = (phase + 250 + i) % 65_536
            return Float(phase - 32_768)
        }
    }()

    private static func golden(_ name: String) -> String {
        URL(filePath: #filePath).deletingLastPathComponent().appending(path: "Goldens/\(name)").path
    }

    private static func bytes(_ name: String) throws -> [UInt8] {
        Array(try Data(contentsOf: URL(filePath: golden(name))))
    }

    private static func big(_ value: Int, _ width: Int) -> [UInt8] { little(value, width).reversed() }

    /// A Sun/NeXT file: a magic, offset, size, encoding, rate, channels.
    private static func au(_ encoding: Int, _ data: [UInt8], rate: Int = 16_000) -> [UInt8] {
        Array(".snd".utf8) + big(24, 4) + big(data.count, 4) + big(encoding, 4) + big(rate, 4) + big(1, 4) + data
    }

    @Test("FLAC is read without loss, from a file and from a pipe")
    func flac() throws {
        #expect(outcome(Self.golden("sweep.flac")) == Outcome(samples: Self.sweep))
        #expect(pipedOutcome(try Self.bytes("sweep.flac")) == Outcome(samples: Self.sweep))
    }

    @Test("Ogg Vorbis and ADPCM are read with little loss", arguments: ["tone.ogg", "tone-adpcm.wav"])
    func lossy(name: String) throws {
        let file = outcome(Self.golden(name))
        #expect(file.error == nil && (4_000..<4_600).contains(file.samples.count))
        let ideal = tone(500, count: 4_000, rate: 16_000)
        let error = zip(file.samples, ideal).map { ($0 - $1) * ($0 - $1) }.reduce(0, +)
        #expect(error < 0.01 * ideal.map { $0 * $0 }.reduce(0, +))
        #expect(pipedOutcome(try Self.bytes(name)) == file)
    }

    @Test("AIFF is read")
    func aiff() throws {
        let scratch = try Scratch()
        let rate: [UInt8] = [0x40, 0x0C, 0xFA, 0, 0, 0, 0, 0, 0, 0]  // 16,000 as an 80-bit float
        let comm = Array("COMM".utf8) + Self.big(18, 4) + Self.big(1, 2) + Self.big(3, 4) + Self.big(16, 2) + rate
        let ssnd = Array("SSND".utf8) + Self.big(14, 4) + Self.big(0, 8) + [1, 0, 0xFF, 0xFF, 0, 7]
        let body = Array("AIFF".utf8) + comm + ssnd
        let bytes = Array("FORM".utf8) + Self.big(body.count, 4) + body
        #expect(outcome(try scratch.file("a.aiff", bytes)) == Outcome(samples: [256, -1, 7]))
    }

    @Test("our µ-law and A-law are libsndfile's, code by code", arguments: [(7, 1), (6, 27)])
    func laws(tag: Int, encoding: Int) throws {
        let scratch = try Scratch()
        let codes = (0...255).map { UInt8($0) }
        let ours = outcome(
            try scratch.file("a.wav", riff(chunk("fmt ", format(tag: tag, bits: 8)), chunk("data", codes))))
        #expect(ours.samples.count == 256)
        #expect(ours == outcome(try scratch.file("a.au", Self.au(encoding, codes))))
    }

    @Test("a FLAC file that is cut off gives what it has, then its error")
    func cut() throws {
        let scratch = try Scratch()
        let whole = try Self.bytes("sweep.flac")
        let result = outcome(try scratch.file("cut.flac", Array(whole[0..<(whole.count - 100)])))
        #expect(result.error == "cut.flac: cannot be decoded after 0.00 s of 0.25 s: flac decoder lost sync")
    }

    @Test("AU and Ogg files that are cut off give what they have, then an error")
    func cutOthers() throws {
        let scratch = try Scratch()
        let data = Self.sweep.flatMap { Self.big(Int($0), 2) }
        let au = outcome(try scratch.file("cut.au", Array(Self.au(3, data).dropLast(4_000))))
        #expect(au.error == "cut.au: the data end after 0.13 s where the header promises 0.25 s")
        #expect(au.samples == Array(Self.sweep.prefix(2_000)))
        let ogg = outcome(try scratch.file("cut.ogg", try Self.bytes("tone.ogg").dropLast(1)))
        #expect(ogg.error?.hasPrefix("cut.ogg: the data end after 0.") == true)
    }

    @Test("a failure to open leaves no descriptor behind")
    func descriptors() throws {
        let scratch = try Scratch()
        let path = try scratch.file("a.wav", [1, 2, 3, 4, 5, 6, 7, 8, 9, 200, 11, 12, 13])
        func count() throws -> Int { try FileManager.default.contentsOfDirectory(atPath: "/proc/self/fd").count }
        for _ in 0..<5_000 { _ = outcome(path) }
        #expect(try count() < 1_000)
    }
}
