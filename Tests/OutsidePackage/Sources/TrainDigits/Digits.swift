import NeuralNetworks

let digits = Digits(count: 1280, seed: 1)
let heldOut = Digits(count: 160, seed: 2)

/// Digits of 28×28 pixels in seven segments, moved and under noise: known by construction.
struct Digits: Dataset {
    let count: Int
    let seed: UInt64

    /// Which segments are lit: top, upper left, upper right, middle, lower left, lower right, bottom.
    private static let segments = [
        "1110111", "0010010", "1011101", "1011011", "0111010", "1101011", "1101111", "1010010", "1111111", "1111011",
    ].map { Array($0).map { $0 == "1" } }
    /// First row and column of each segment, and whether it lies.
    private static let places = [
        (0, 0, true), (0, 0, false), (0, 8, false), (8, 0, true), (8, 0, false), (8, 8, false), (16, 0, true),
    ]

    func batch(_ indices: [Int], epoch: Int?, seed: UInt64) -> Batch {
        let examples = indices.map(example)
        return Batch(
            inputs: Tensor(examples.flatMap(\.pixels), shape: [indices.count, 1, 28, 28]),
            targets: Tensor(examples.map { Int64($0.digit) }, shape: [indices.count]))
    }

    private func example(_ index: Int) -> (pixels: [Float], digit: Int) {
        var random = RandomStream(seed: seed, name: "digit", number: index)
        let digit = random.integer(in: 0...9), top = random.integer(in: 3...7), left = random.integer(in: 5...12)
        var pixels = (0..<28 * 28).map { _ in random.uniform(0, 0.4) }
        for (place, isLit) in zip(Self.places, Self.segments[digit]) where isLit {
            for step in 0..<10 {
                let row = top + place.0 + (place.2 ? 0 : step), column = left + place.1 + (place.2 ? step : 0)
                for (down, right) in [(0, 0), (0, 1), (1, 0), (1, 1)] { pixels[(row + down) * 28 + column + right] = 1 }
            }
        }
        return (pixels, digit)
    }
}
