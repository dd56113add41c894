import Audio
package import NeuralNetworks

/// Log-mel images as a network takes them, varied in training.
///
/// How an example is varied is drawn from the seed, the epoch and its number alone, so that a run that was resumed draws
/// what the unbroken one would have drawn.
package struct KeywordDataset: Dataset {
    private let images: KeywordImages
    private let classes: [Int64]
    private let frontEnd: KeywordFrontEnd
    private let augmentation: KeywordAugmentation?
    private let silence: Int64
    private let powers: ValuePowers
    /// The images that are noise, to be mixed into others.
    private let noise: [Int]
    /// Images that are made up, numbered behind the others.
    private let made: Int

    /// - Throws: ``SpeechError`` naming `source` where an image is of a word that is not among the labels.
    package init(
        _ images: KeywordImages, labels: KeywordLabels, frontEnd: KeywordFrontEnd,
        augmentation: KeywordAugmentation? = nil, source: String = "data"
    ) throws {
        var places: [String: Int64] = [:]
        for (index, label) in labels.all.enumerated() { places[label] = Int64(index) }
        var classes: [Int64] = []
        classes.reserveCapacity(images.count)
        for word in images.words {
            guard let place = places[word] else {
                throw SpeechError(source, "clips of '\(word)', which is not among the words to learn")
            }
            classes.append(place)
        }
        self.images = images
        self.classes = classes
        self.frontEnd = frontEnd
        self.augmentation = augmentation
        powers = ValuePowers(scale: Float(frontEnd.logMel.scale))
        silence = Int64(labels.silenceIndex)
        noise = images.words.indices.filter { images.words[$0] == KeywordLabels.silence }
        made = augmentation.map { Int(($0.madeSilence * Double(images.count)).rounded()) } ?? 0
    }

    package var count: Int { images.count + made }

    /// - Shapes: `[N, 1, frames, bands]`, targets `[N]`.
    package func batch(_ indices: [Int], epoch: Int?, seed: UInt64) -> Batch {
        var values = [Float](repeating: 0, count: indices.count * images.size)
        var output = values.mutableSpan
        for (place, index) in indices.enumerated() {
            var rendering = ImageRendering(images: images, frontEnd: frontEnd, powers: powers)
            if let augmentation {
                var random = RandomStream(seed: seed, name: "augmentation", number: (epoch ?? 0) * count + index)
                if index >= images.count { rendering.makeSilence(&random) } else { rendering.take(index) }
                if epoch != nil { rendering.vary(augmentation, noise: noise, &random) }
            } else {
                rendering.take(index)
            }
            rendering.write(to: &output, at: place * images.size)
        }
        let targets = indices.map { $0 < classes.count ? classes[$0] : silence }
        return Batch(
            inputs: Tensor(values, shape: [indices.count, 1, images.frames, images.bands]),
            targets: Tensor(targets, shape: [indices.count]))
    }
}
