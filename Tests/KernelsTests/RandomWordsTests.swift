import Kernels
import Testing

/// Philox4x32-10 as it is defined: Salmon, Moraes, Dror, Shaw 2011, "Parallel random numbers: as easy as 1, 2, 3".
func philox(_ counter: [UInt32], key: (UInt32, UInt32)) -> [UInt32] {
    var (counter, key) = (counter, key)
    for _ in 0..<10 {
        let first = (0xD251_1F53 as UInt32).multipliedFullWidth(by: counter[0])
        let second = (0xCD9E_8D57 as UInt32).multipliedFullWidth(by: counter[2])
        counter = [second.high ^ counter[1] ^ key.0, second.low, first.high ^ counter[3] ^ key.1, first.low]
        key = (key.0 &+ 0x9E37_79B9, key.1 &+ 0xBB67_AE85)
    }
    return counter
}

/// The word at a position: word (p/16) mod 4 of block 16·(p/64) + p mod 16.
func word(seed: UInt64, stream: UInt64, _ position: UInt64) -> UInt32 {
    func halves(_ number: UInt64) -> [UInt32] { [UInt32(truncatingIfNeeded: number), UInt32(number >> 32)] }
    let key = halves(seed)
    return philox(halves(position / 64 * 16 + position % 16) + halves(stream), key: (key[0], key[1]))[
        Int(position / 16 % 4)]
}

@Suite struct RandomWordsTests {
    @Test("the oracle gives the words that the authors published") func published() {
        // `kat_vectors` of Random123 1.14, philox4x32 10.
        #expect(philox([0, 0, 0, 0], key: (0, 0)) == [0x6627_e8d5, 0xe169_c58d, 0xbc57_ac4c, 0x9b00_dbd8])
        let ones = UInt32.max
        #expect(
            philox([ones, ones, ones, ones], key: (ones, ones)) == [0x408f_276d, 0x41c8_3b0e, 0xa20b_c7c6, 0x6d54_51fd])
        #expect(
            philox([0x243f_6a88, 0x85a3_08d3, 0x1319_8a2e, 0x0370_7344], key: (0xa409_3822, 0x299f_31d0))
                == [0xd16c_fe09, 0x94fd_cceb, 0x5001_e420, 0x2412_6ea1])
    }

    @Test(
        "words are decided by seed, stream and position",
        arguments: [0, 0x299F_31D0_A409_3822, .max] as [UInt64],
        [0, 1, 15, 16, 63, 64, 65, (1 << 36) - 7, 1 << 62] as [UInt64])
    func words(seed: UInt64, first: UInt64) {
        for stream in [UInt64(0), 0x0370_7344_1319_8A2E] {
            for count in [0, 1, 15, 16, 17, 63, 64, 65, 200] {
                let expected = (0..<UInt64(count)).map { word(seed: seed, stream: stream, first + $0) }
                #expect(RandomWords.words(seed: seed, stream: stream, first: first, count: count) == expected)
            }
        }
    }

    @Test("dropout keeps what is drawn at least the rate, scaled", arguments: lengths)
    func dropout(count: Int) throws {
        let x = samples(count, 1), seed: UInt64 = 0x1234_5678_9ABC_DEF0, step: UInt64 = 77
        for rate in [Float(0), 0.3, 1] {
            let kept = Double(Float(1) / (1 - rate))
            let values = x.indices.map { place in
                let draw = Float(word(seed: seed, stream: 5 << 40 | step, UInt64(place)) >> 8) * 0x1p-24
                return draw >= rate ? Double(x[place]) * kept : 0
            }
            for isInPlace in [false, true] {
                var memory = Memory()
                let input = memory.add(x, changes: isInPlace), position = memory.add([seed, step])
                let y = isInPlace ? input : memory.room(floats: count)
                try expect("\(count) numbers, rate \(rate)", memory, [.floats("y", y, values)]) {
                    [
                        $0.dropout(
                            input, rate: rate, stream: 5, position: position, run: (max(input.floatCount, 1), 1), to: y)
                    ]
                }
            }
        }
    }
}
