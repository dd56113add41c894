import Engine
import Testing

@Suite struct RandomStreamTests {
    @Test(
        "the Philox of this test gives Random123's known answers (kat_vectors, philox4x32-10)",
        arguments: [
            ([0, 0, 0, 0], [0, 0], [0x6627_e8d5, 0xe169_c58d, 0xbc57_ac4c, 0x9b00_dbd8]),
            (
                [.max, .max, .max, .max], [.max, .max], [0x408f_276d, 0x41c8_3b0e, 0xa20b_c7c6, 0x6d54_51fd]
            ),
            (
                [0x243f_6a88, 0x85a3_08d3, 0x1319_8a2e, 0x0370_7344], [0xa409_3822, 0x299f_31d0],
                [0xd16c_fe09, 0x94fd_cceb, 0x5001_e420, 0x2412_6ea1]
            ),
        ] as [([UInt32], [UInt32], [UInt32])])
    func knownAnswers(_ counter: [UInt32], _ key: [UInt32], _ words: [UInt32]) {
        #expect(Self.philox(counter, key) == words)
    }

    @Test(
        "a stream's words are Philox's: the seed is the key, the stream the counter's upper half, sixteen counters side by side",
        arguments: [(0, 0), (0x0123_4567_89ab_cdef, 0xfedc_ba98_7654_3210)] as [(UInt64, UInt64)])
    func words(_ seed: UInt64, _ stream: UInt64) {
        var random = RandomStream(seed: seed, stream: stream)
        func halves(_ word: UInt64) -> [UInt32] {
            [UInt32(truncatingIfNeeded: word), UInt32(truncatingIfNeeded: word >> 32)]
        }
        for pair in 0..<100 {
            let expected = (pair * 2...pair * 2 + 1).map { position in
                let counter = UInt64(position / 64 * 16 + position % 16)
                return Self.philox(halves(counter) + halves(stream), halves(seed))[position % 64 / 16]
            }
            #expect(halves(random.next()) == expected)
        }
    }

    /// Salmon, Moraes, Dror, Shaw 2011.
    private static func philox(_ counter: [UInt32], _ key: [UInt32]) -> [UInt32] {
        var c = counter, k = key
        for _ in 0..<10 {
            let first = UInt64(c[0]) * 0xD251_1F53, second = UInt64(c[2]) * 0xCD9E_8D57
            c = [
                UInt32(second >> 32) ^ c[1] ^ k[0], UInt32(truncatingIfNeeded: second),
                UInt32(first >> 32) ^ c[3] ^ k[1],
                UInt32(truncatingIfNeeded: first),
            ]
            k = [k[0] &+ 0x9E37_79B9, k[1] &+ 0xBB67_AE85]
        }
        return c
    }

    @Test("a stream is the same each time, and differs by seed, stream, name and number") func streams() {
        func start(_ stream: RandomStream) -> [UInt64] {
            var stream = stream
            return (0..<100).map { _ in stream.next() }
        }
        let streams = [
            start(RandomStream(seed: 1, stream: 1)), start(RandomStream(seed: 2, stream: 1)),
            start(RandomStream(seed: 1, stream: 2)),
            start(RandomStream(seed: 1, name: "a")), start(RandomStream(seed: 1, name: "b")),
            start(RandomStream(seed: 1, name: "a", number: 1)),
            start(RandomStream(seed: 1, name: "a", number: -1)), start(RandomStream(seed: .max, stream: .max)),
        ]
        #expect(Set(streams).count == streams.count)
        #expect(Set(streams.flatMap { $0 }).count == 100 * streams.count)
        #expect(start(RandomStream(seed: 1, name: "a")) == streams[3])
    }

    @Test("floats are even in [0, 1)") func uniform() {
        var random = RandomStream(seed: 7, stream: 7)
        var counts = Array(repeating: 0, count: 64)
        for _ in 0..<64_000 {
            let value = random.uniform()
            #expect(value >= 0 && value < 1)
            counts[Int(value * 64)] += 1
        }
        // χ² of 63 degrees of freedom: mean 63, deviation 11.2; beyond 120 once in 50,000.
        let chiSquared = counts.reduce(0.0) { $0 + (Double($1) - 1000) * (Double($1) - 1000) / 1000 }
        #expect(chiSquared < 120)
        for _ in 0..<1000 {
            let value = random.uniform(-2, 3)
            #expect(value >= -2 && value < 3)
        }
    }

    @Test("integers keep to their range and reach both ends", arguments: [0...0, -3...3, 5...6, 0...99])
    func integers(_ range: ClosedRange<Int>) {
        var random = RandomStream(seed: 3, stream: 9)
        var counts: [Int: Int] = [:]
        for _ in 0..<20_000 { counts[random.integer(in: range), default: 0] += 1 }
        #expect(counts.keys.min() == range.lowerBound)
        #expect(counts.keys.max() == range.upperBound)
        let expected = 20_000 / Double(range.count)
        let chiSquared = counts.values.reduce(0.0) { $0 + (Double($1) - expected) * (Double($1) - expected) / expected }
        #expect(chiSquared < Double(range.count) + 6 * (2 * Double(range.count)).squareRoot())
    }

    @Test("an integer may come from 2³² numbers") func widest() {
        var random = RandomStream(seed: 3, stream: 9)
        let range = -1...Int(UInt32.max) - 1
        let values = (0..<1000).map { _ in random.integer(in: range) }
        #expect(values.allSatisfy(range.contains))
        #expect((values.max() ?? 0) > 3 << 30)
    }

    @Test("more than 2³² numbers are a fault of the programmer") func tooWide() async {
        await #expect(processExitsWith: .failure) {
            var random = RandomStream(seed: 3, stream: 9)
            _ = random.integer(in: 0...1 << 32)
        }
    }
}
