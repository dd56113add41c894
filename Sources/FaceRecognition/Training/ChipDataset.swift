internal import Engine
internal import Images
internal import NeuralNetworks

/// Chips as a network takes them, varied in training.
///
/// How an example is varied is drawn from the seed, the epoch and its number alone, so that a run that was resumed draws what the unbroken one
/// would have drawn.
struct ChipDataset: Dataset {
    let chips: [FacePhotos.Chip]
    let side: Int
    /// Pixels around a chip, on each side.
    let border: Int
    let pixels: PixelRange
    /// nil for the chips as they are.
    let augmentation: FaceAugmentation?

    var count: Int { chips.count * (augmentation?.repeats ?? 1) }

    /// - Shapes: `[N, 3, side, side]`, targets `[N]`.
    func batch(_ indices: [Int], epoch: Int?, seed: UInt64) -> Batch {
        let size = 3 * side * side
        var values = [Float](repeating: 0, count: indices.count * size)
        var planes = values.mutableSpan
        for (place, index) in indices.enumerated() {
            let chip = chips[index % chips.count].image
            if let augmentation, let epoch {
                let random = RandomStream(seed: seed, name: "augmentation", number: epoch * count + index)
                var variation = ChipVariation(augmentation, side: side, random)
                variation.write(chip, border: border, to: &planes, at: place * size)
            } else {
                for y in 0..<side {
                    for x in 0..<side {
                        let at = ((y + border) * chip.width + x + border) * 3
                        for channel in 0..<3 {
                            planes[place * size + (channel * side + y) * side + x] = Float(chip.pixels[at + channel])
                        }
                    }
                }
            }
        }
        for place in planes.indices { planes[place] = pixels.value(planes[place]) }
        return Batch(
            inputs: Tensor(values, shape: [indices.count, 3, side, side]),
            targets: Tensor(indices.map { Int64(chips[$0 % chips.count].person) }, shape: [indices.count]))
    }
}
