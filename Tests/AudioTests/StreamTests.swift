import Audio
import Foundation
import Testing

/// A source of another rate or several channels.
struct RateCase: Sendable, CustomTestStringConvertible {
    let rate: Int
    let channels: Int
    var testDescription: String { "\(rate) Hz, \(channels) channels" }

    /// One second of a tone on every channel.
    func wave(_ hertz: Double) -> [UInt8] {
        let mono = tone(hertz, count: rate, rate: rate)
        return AudioTests.wave(mono.flatMap { [Float](repeating: $0, count: channels) }, channels: channels, rate: rate)
    }

    static let all = [
        RateCase(rate: 8_000, channels: 1), RateCase(rate: 44_100, channels: 2), RateCase(rate: 48_000, channels: 1),
        RateCase(rate: 192_000, channels: 8),
    ]
}

@Suite("Audio streams")
struct StreamTests {
    @Test("a tone of 1 kHz comes out at its level and alone, at any rate", arguments: RateCase.all)
    func tones(_ row: RateCase) throws {
        let scratch = try Scratch()
        let result = outcome(try scratch.file("a.wav", row.wave(1_000)))
        #expect(result.error == nil && abs(result.samples.count - 16_000) <= 1)
        let middle = result.samples[2_000..<14_000]
        let level = amplitude(at: 1_000, in: middle)
        #expect(abs(20 * log10(level / 16_000)) < 0.1)
        // Nothing else: what remains after the tone is taken away, images and aliases included.
        let ideal = (2_000..<14_000).map { level * sin(2 * .pi * Double($0) / 16) }
        let rest = zip(middle, ideal).map { ($0 - Float($1)) * ($0 - Float($1)) }.reduce(0, +) / 12_000
        #expect(10 * log10(Double(rest) / (level * level / 2)) < -60)
    }

    @Test("a tone of 9.5 kHz, which 16 kHz cannot hold, leaves no alias", arguments: RateCase.all.dropFirst())
    func aliases(_ row: RateCase) throws {
        let scratch = try Scratch()
        let samples = outcome(try scratch.file("a.wav", row.wave(9_500))).samples[2_000..<14_000]
        #expect((samples.map { abs($0) }.max() ?? 0) < 16)  // −60 dB of 16,000
    }

    @Test("the first sample stays the first")
    func timing() throws {
        let scratch = try Scratch()
        var click = [Float](repeating: 0, count: 48_000)
        click[24_000] = 30_000
        let samples = outcome(try scratch.file("a.wav", wave(click, rate: 48_000))).samples
        #expect(samples.indices.max { samples[$0] < samples[$1] } == 8_000)
    }

    @Test("a pipe gives the samples of a file, at another rate and with several channels too")
    func pipes() throws {
        let scratch = try Scratch()
        let bytes = wave(noise(60_000, amplitude: 9_000), channels: 3, rate: 22_050)
        let file = outcome(try scratch.file("a.wav", bytes))
        #expect(pipedOutcome(bytes, piece: 1_234) == file)
        #expect(pipedOutcome(bytes, piece: 100_000) == file)
    }

    @Test("channels that cancel each other give the loudest, and true stereo its mean")
    func cancelling() throws {
        let scratch = try Scratch()
        let left = noise(16_000, amplitude: 9_000)
        let antiphase = outcome(try scratch.file("a.wav", wave(left.flatMap { [$0, -$0 + 1] }, channels: 2)))
        #expect(antiphase.samples == left || antiphase.samples == left.map { -$0 + 1 })
        let oneOfEight = outcome(
            try scratch.file("b.wav", wave(left.flatMap { [0, 0, $0, 0, 0, 0, 0, 0] }, channels: 8)))
        #expect(oneOfEight.samples == left)
        let oneSide = outcome(try scratch.file("c.wav", wave(left.flatMap { [0, $0] }, channels: 2)))
        #expect(oneSide.samples == left.map { $0 / 2 })
    }

    @Test("a change to antiphase in the middle is followed within a third of a second, without a jump")
    func change() throws {
        let scratch = try Scratch()
        let left = tone(500, count: 32_000, rate: 16_000)
        let stereo = left.enumerated().flatMap { [$1, $0 < 16_000 ? $1 : -$1] }
        let samples = outcome(try scratch.file("a.wav", wave(stereo, channels: 2))).samples
        #expect(Array(samples[0..<16_000]) == Array(left[0..<16_000]))
        #expect(Array(samples[21_333...]) == Array(left[21_333...]))
        let steps = zip(samples, samples.dropFirst()).map { abs($0 - $1) }
        let natural = zip(left, left.dropFirst()).map { abs($0 - $1) }.max() ?? 0
        #expect((steps.enumerated().filter { $0.offset != 15_999 }.map(\.element).max() ?? 0) <= natural)
    }

    @Test("a live pipe hands on each block as soon as it arrived")
    func live() throws {
        let pipe = Pipe()
        let samples = noise(4_000, amplitude: 999)
        // A header that knows no length, as a recorder writes it.
        let header = Array(wave([])[0..<40]) + little(0x7FFF_FF00, 4)
        try pipe.fileHandleForWriting.write(contentsOf: Data(header + pcm16(Array(samples[0..<160])) + [1]))
        var stream = try AudioStream(descriptor: pipe.fileHandleForReading.fileDescriptor, name: "microphone")
        #expect(stream.format.seconds == nil)
        #expect(try stream.next() == Array(samples[0..<160]))
        try pipe.fileHandleForWriting.write(contentsOf: Data([2] + pcm16([7])))
        #expect(try stream.next() == [513, 7])
        try pipe.fileHandleForWriting.close()
        #expect(try stream.next() == nil)
    }

    @Test("ten minutes of silence take the memory of a block")
    func memory() throws {
        let pipe = Pipe()
        let minutes = 10
        let writer = Thread {
            try? pipe.fileHandleForWriting.write(
                contentsOf: Data(Array(wave([], channels: 2, rate: 48_000)[0..<40]) + little(0, 4)))
            let second = Data(count: 4 * 48_000)
            for _ in 0..<60 * minutes { try? pipe.fileHandleForWriting.write(contentsOf: second) }
            try? pipe.fileHandleForWriting.close()
        }
        writer.start()
        var stream = try AudioStream(descriptor: pipe.fileHandleForReading.fileDescriptor, name: "silence")
        var (count, largest) = (0, 0)
        while let block = try stream.next() {
            count += block.count
            largest = max(largest, block.count)
        }
        #expect(count == minutes * 60 * 16_000)
        #expect(largest < 20_000)
    }
}
