import Engine

extension OperatorCases {
    static let dropout: [OperatorCase] = [
        OperatorCase(Operators.Dropout(rate: 0.4), "inference", [.random([3, 5], 1)], tolerance: .exact) { inputs in
            [given(inputs, 0)]
        },
        training("rate 0.5", [7, 33], rate: 0.5, stream: 0, seed: 1, step: 0),
        training("rate 0.1, several tasks", [3, 8, 40, 41], rate: 0.1, stream: 3, seed: -5, step: 1_000_000),
        training("rate 0", [5, 5], rate: 0, stream: 1, seed: 7, step: 3),
        training("rate 0.9", [200], rate: 0.9, stream: .max, seed: .max, step: 1 << 39),
        training("empty", [0, 5], rate: 0.5, stream: 1, seed: 7, step: 3),
        training("one draw for all steps", [5, 3, 40], rate: 0.4, stream: 1, seed: 7, step: 3, sharedAxis: 0),
        training(
            "one draw for all steps of a row", [3, 20, 90], rate: 0.4, stream: 1, seed: 7, step: 3, sharedAxis: 1),
        training("one draw a row", [30, 600], rate: 0.4, stream: 1, seed: 7, step: 3, sharedAxis: 1),
        training("one element", [1], rate: 0.5, stream: 2, seed: 9, step: 4),
    ]

    private static func training(
        _ note: String, _ shape: Shape, rate: Float, stream: UInt32, seed: Int64, step: Int64, sharedAxis: Int? = nil
    ) -> OperatorCase {
        OperatorCase(
            Operators.Dropout(rate: rate, isTraining: true, stream: stream, sharedAxis: sharedAxis),
            "training, " + note,
            [
                .random(shape, 11, in: 0.5...1.5),
                OperatorCase.Input(tensor: Tensor([seed, step], shape: [2])),
            ], tolerance: .rounding
        ) { inputs in
            let x: Numbers<Double> = given(inputs, 0)
            let draws = Philox(
                seed: UInt64(bitPattern: seed), stream: UInt64(stream) << 40 | UInt64(bitPattern: step) & 0xFF_FFFF_FFFF
            )
            // The place among those that have draws of their own.
            func drawn(_ place: Int) -> Int {
                guard let sharedAxis else { return place }
                let inner = shape.dropFirst(sharedAxis + 1).reduce(1, *)
                return place / (inner * shape[sharedAxis]) * inner + place % inner
            }
            return [
                Numbers(
                    x.shape,
                    x.values.indices.map { place in
                        draws.uniform(at: UInt64(drawn(place))) >= Double(rate)
                            ? x.values[place] / (1 - Double(rate)) : 0
                    })
            ]
        }
    }
}

/// Philox4x32-10, a block at a time.
///
/// - Source: Salmon, Moraes, Dror, Shaw 2011, "Parallel random numbers: as easy as 1, 2, 3", section 4.3.
struct Philox {
    let seed: UInt64
    let stream: UInt64

    func block(_ number: UInt64) -> [UInt32] {
        func low(_ value: UInt64) -> UInt32 { UInt32(truncatingIfNeeded: value) }
        func high(_ value: UInt64) -> UInt32 { UInt32(truncatingIfNeeded: value >> 32) }
        var counter = [low(number), high(number), low(stream), high(stream)]
        var key = (low(seed), high(seed))
        for _ in 0..<10 {
            let first = UInt64(counter[0]) * 0xD251_1F53, second = UInt64(counter[2]) * 0xCD9E_8D57
            counter = [high(second) ^ counter[1] ^ key.0, low(second), high(first) ^ counter[3] ^ key.1, low(first)]
            key = (key.0 &+ 0x9E37_79B9, key.1 &+ 0xBB67_AE85)
        }
        return counter
    }

    /// The number in [0, 1) at a position: 64 neighbours are sixteen blocks side by side.
    func uniform(at position: UInt64) -> Double {
        let word = block(16 * (position / 64) + position % 16)[Int(position / 16 % 4)]
        return Double(word >> 8) * 0x1p-24
    }
}
