import Audio

/// What the network makes of a stretch of sound that is as long as a clip.
struct Look {
    /// The number of its first frame; before the beginning of the sound it is negative.
    var start: Int
    /// Of each label.
    var probabilities: [Float]
}

/// Slides a window over a stream of frames and asks the network what is in it.
///
/// A window in which the level hardly changes cannot hold a word: the network is not asked, and silence is certain. That
/// spares the work in pauses, and keeps steady noise and hum from ever being taken for words.
struct WindowScorer {
    /// A word stands out by more than this, in dB.
    private static let leastRise: Float = 3
    /// Windows at once, where there are so many.
    private static let batches = [16, 4, 1]

    private let model: KeywordModel
    private let hop: Int
    private let silence: [Float]
    /// Frames from `start` on, side by side.
    private var frames: [Float]
    /// The number of the next window's first frame, and of the first frame that is kept.
    private var start: Int

    /// Frames of silence before the sound, so that a word at its very beginning stands in the middle of a window.
    let lead: Int

    init(_ model: KeywordModel, hop: Int) {
        self.model = model
        self.hop = hop
        lead = model.frontEnd.frames / 2
        start = -lead
        let lowest = Float(model.frontEnd.logMel.lowestValue)
        frames = [Float](repeating: lowest, count: lead * model.frontEnd.logMel.bands)
        var silence = [Float](repeating: 0, count: model.labels.all.count)
        silence[model.labels.silenceIndex] = 1
        self.silence = silence
    }

    /// The windows that these frames complete.
    mutating func push(_ more: [Float], levels: LevelTrack) throws -> [Look] {
        frames += more
        let (bands, length) = (model.frontEnd.logMel.bands, model.frontEnd.frames)
        let count = frames.count / bands < length ? 0 : (frames.count / bands - length) / hop + 1
        var looks: [Look] = []
        var asked: [Int] = []
        for index in 0..<count {
            looks.append(Look(start: start + index * hop, probabilities: silence))
            // Up to the last frame whose level does not depend on what follows the window.
            let (low, high) = levels.extent(looks[index].start - 2..<looks[index].start + length - 2)
            if high - low >= Self.leastRise { asked.append(index) }
        }
        var place = 0
        for size in Self.batches {
            while asked.count - place >= size {
                let batch = asked[place..<place + size]
                var images: [Float] = []
                images.reserveCapacity(size * length * bands)
                for index in batch { images += frames[index * hop * bands..<(index * hop + length) * bands] }
                for (index, probabilities) in zip(batch, try model.probabilities(of: images)) {
                    looks[index].probabilities = probabilities
                }
                place += size
            }
        }
        frames.removeFirst(count * hop * bands)
        start += count * hop
        return looks
    }
}
