import Audio
import Foundation
import Testing

/// A signal of `tools/goldens/logmel.py`, made here again.
struct GoldenSignal: Sendable, CustomTestStringConvertible {
    let testDescription: String
    let samples: [Float]

    static let all = [
        GoldenSignal(testDescription: "noise", samples: noise(16_000, amplitude: 8_000)),
        GoldenSignal(testDescription: "quiet", samples: noise(8_000, amplitude: 3)),
        GoldenSignal(testDescription: "sweep", samples: sweep(16_000)),
        GoldenSignal(testDescription: "square", samples: (0..<4_000).map { $0 / 16 % 2 == 0 ? 32_767 : -32_768 }),
        GoldenSignal(testDescription: "click", samples: (0..<8_000).map { $0 == 4_000 ? 20_000 : 0 }),
    ]

    private static func sweep(_ count: Int) -> [Float] {
        var phase = 0
        return (0..<count).map { i in
            phase = (phase + 250 + i) % 65_536
            return Float(phase - 32_768)
        }
    }

    /// The golden image, row by row.
    func golden() throws -> [Float] {
        let file = URL(filePath: #filePath).deletingLastPathComponent().appending(
            path: "Goldens/logmel-\(testDescription).txt")
        let lines = try String(contentsOf: file, encoding: .utf8).split(separator: "\n").filter { !$0.hasPrefix("#") }
        return lines.flatMap { line in
            stride(from: 0, to: line.count, by: 2).map { i in
                let start = line.index(line.startIndex, offsetBy: i)
                return Float(UInt8(line[start..<line.index(start, offsetBy: 2)], radix: 16) ?? 0)
            }
        }
    }
}

@Suite("Log-mel")
struct LogMelTests {
    @Test("frames are those of an independent computation", arguments: GoldenSignal.all)
    func golden(_ signal: GoldenSignal) throws {
        var logMel = try LogMel()
        let (frames, golden) = (logMel.frames(of: signal.samples), try signal.golden())
        try #require(frames.count == golden.count)
        let wrong = frames.indices.filter { frames[$0] != golden[$0] }
        let largest = wrong.map { abs(frames[$0] - golden[$0]) }.max() ?? 0
        // Single precision moves a value by less than 0.001, so now and then over the edge of rounding: by one.
        #expect(
            largest <= 1 && wrong.count <= golden.count / 1_000,
            "first \(wrong.first ?? -1), largest \(largest), \(wrong.count) of \(golden.count)")
    }

    @Test(
        "frames are bit for bit the same however the samples are cut", arguments: [1, 7, 160, 479, 480, 1_000, 16_000])
    func streaming(block: Int) throws {
        var parameters = LogMelParameters()
        parameters.rounding = .none
        parameters.lowestValue = -1_000
        let samples = noise(16_000, amplitude: 20_000)
        var logMel = try LogMel(parameters)
        let whole = logMel.frames(of: samples)
        var frames: [Float] = []
        for start in stride(from: 0, to: samples.count, by: block) {
            frames += logMel.push(Array(samples[start..<min(start + block, samples.count)]))
        }
        #expect(whole.count == 98 * 40 && parameters.frameCount(samples: 16_000) == 98)
        #expect(frames == whole)
    }

    @Test("silence is 0, and samples beyond all measure are 255")
    func extremes() throws {
        var logMel = try LogMel()
        #expect(logMel.frames(of: [Float](repeating: 0, count: 16_000)).allSatisfy { $0 == 0 })
        #expect(logMel.frames(of: noise(480, amplitude: 9).map { $0 * 1e37 }).allSatisfy { $0 == 255 })
        #expect(logMel.frames(of: [Float](repeating: .nan, count: 480)).allSatisfy { $0 == 255 })
        #expect(logMel.frames(of: [Float](repeating: 0, count: 479)).isEmpty)
    }

    @Test("parameters survive JSON, and absent keys keep their defaults")
    func json() throws {
        var parameters = LogMelParameters()
        parameters.bands = 64
        parameters.highestHertz = 8_000
        parameters.rounding = .none
        let data = try JSONEncoder().encode(parameters)
        #expect(try JSONDecoder().decode(LogMelParameters.self, from: data) == parameters)
        #expect(try JSONDecoder().decode(LogMelParameters.self, from: Data("{}".utf8)) == LogMelParameters())
    }

    @Test(
        "a parameter that cannot be is named with what is accepted",
        arguments: [
            ("hop", "0", "hop: 0 is not accepted; it must be 1 to 480"),
            ("frameLength", "513", "frameLength: 513 is not accepted; it must be 2 to 512"),
            ("fftSize", "511", "fftSize: 511 is not accepted; it must be even"),
            ("highestHertz", "9000", "highestHertz: 9000.0 is not accepted; it must be 5e-324 to 8000.0"),
            ("sampleRate", "-1", "sampleRate: -1 is not accepted; it must be 1000 to 768000"),
            ("floor", "0", "floor: 0.0 is not accepted; it must be 1e-30 to 1e+30"),
            ("highestValue", "-1", "highestValue: -1.0 is not accepted; it must be 0.0 to 1000000000.0"),
            (
                "bands", "100",
                "bands: 100 is not accepted; it must be fewer, or fftSize larger: band 0 lies between two lines of the spectrum"
            ),
        ])
    func invalid(key: String, value: String, text: String) throws {
        let parameters = try JSONDecoder().decode(LogMelParameters.self, from: Data("{\"\(key)\": \(value)}".utf8))
        let error = #expect(throws: LogMelParameters.InvalidValue.self) { try parameters.validate() }
        #expect(error?.description == text)
    }
}

@Suite("Clips")
struct ClipTests {
    @Test("a shorter sound stands in the middle of zeros")
    func centred() {
        #expect(Clip.exactly(6, of: [1, 2, 3]) == [0, 1, 2, 3, 0, 0])
        #expect(Clip.exactly(3, of: [1, 2, 3]) == [1, 2, 3])
        #expect(Clip.exactly(2, of: []) == [0, 0])
    }

    @Test("of a longer sound the first stretch of greatest energy is taken")
    func loudest() {
        #expect(Clip.exactly(2, of: [1, 0, 3, -4, 1]) == [3, -4])
        #expect(Clip.exactly(2, of: [5, 0, 0, 5]) == [5, 0])
        #expect(Clip.exactly(0, of: [5]) == [])
        let burst =
            [Float](repeating: 1, count: 40_000) + noise(16_000, amplitude: 900) + [Float](repeating: -1, count: 9_000)
        #expect(Clip.exactly(16_000, of: burst) == Array(burst[40_000..<56_000]))
    }
}
