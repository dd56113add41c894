import Audio
import NeuralNetworks
package import Progress

/// Chooses threshold, hop and smoothing of a model on streams of clips that were not learned from.
///
/// A stream is laid end to end from the clips, in an order drawn from the seed, with noise of 0.3 to 1.5 s between. A
/// keyword counts as found where one of the same word has its middle within 0.25 s of the middle of the clip's sound.
package struct DetectionTuning {
    private static let tolerance = 0.25
    private static let mostClips = 2_000
    private static let hops = [8, 12, 16]
    /// Frames that are heard before a keyword is told, at most: with more it would not be told within 0.7 s of its end.
    private static let mostFrames = 36
    private static let framesAtOnce = 1_000

    /// A choice, and what came of it.
    package struct Trial: Hashable, Sendable {
        package var parameters: DetectionParameters
        package var found = 0
        package var missed = 0
        package var wrong = 0

        package var precision: Double { Double(found) / Double(max(found + wrong, 1)) }
        package var recall: Double { Double(found) / Double(max(found + missed, 1)) }
        /// The harmonic mean of both.
        package var f1: Double { 2 * Double(found) / Double(max(2 * found + missed + wrong, 1)) }
    }

    private let model: KeywordModel
    private let clips: KeywordImages
    private let noise: KeywordImages
    private let seed: UInt64

    /// - Parameters:
    ///   - clips: the path of features.
    ///   - noise: the path of features of noise, of which every tenth is taken, as in training's validation.
    package init(_ model: KeywordModel, clips: String, noise: String, seed: UInt64) throws {
        self.model = model
        self.clips = try FeatureFile(clips).images(frontEnd: model.frontEnd)
        self.noise = try FeatureFile(noise).images(frontEnd: model.frontEnd)
        self.seed = seed
        guard self.clips.count > 0, self.noise.count > 0 else { throw SpeechError(clips, "no clips") }
    }

    /// All choices, the best first.
    package func trials(progress: ProgressHandler) throws -> [Trial] {
        let stream = stream()
        var task = TaskProgress("listening", unit: "frames", total: stream.frames.count / clips.bands * Self.hops.count)
        progress(.advanced(task))
        var trials: [Trial] = []
        for hop in Self.hops {
            let choices = choices(hop: hop)
            var listener = FrameListener(model, words: model.labels.commands, parameters: choices)
            var heard = choices.map { _ in [Keyword]() }
            for start in Swift.stride(from: 0, to: stream.frames.count, by: Self.framesAtOnce * clips.bands) {
                let frames = stream.frames[start..<min(start + Self.framesAtOnce * clips.bands, stream.frames.count)]
                for (place, keywords) in try listener.push(frames.map(Float.init)).enumerated() {
                    heard[place] += keywords
                }
                task.completed += frames.count / clips.bands
                progress(.advanced(task))
            }
            for (place, keywords) in try listener.finish().enumerated() { heard[place] += keywords }
            trials += zip(choices, heard).map { Self.trial($0, heard: $1, truths: stream.truths) }
        }
        progress(.finished(task))
        return trials.sorted { $0.f1 > $1.f1 }
    }

    private func choices(hop: Int) -> [DetectionParameters] {
        var choices: [DetectionParameters] = []
        for smoothing in 1...3 where hop * smoothing <= Self.mostFrames {
            for step in 6...18 {
                var choice = DetectionParameters()
                (choice.hop, choice.smoothing, choice.threshold) = (hop, smoothing, Double(step) * 0.05)
                choices.append(choice)
            }
        }
        return choices
    }

    /// Clips and noise, and where the commands are.
    private func stream() -> (frames: [UInt8], truths: [Keyword]) {
        var random = RandomStream(seed: seed, name: "streams")
        var order = Array(0..<clips.count)
        for last in Swift.stride(from: order.count - 1, to: 0, by: -1) {
            order.swapAt(last, random.integer(in: 0...last))
        }
        var frames: [UInt8] = []
        var truths: [Keyword] = []
        for index in order.prefix(Self.mostClips) {
            let gap = random.integer(in: 30...150), from = random.integer(in: 0...(noise.count - 1) / 10) * 10
            var pause: [UInt8] = []
            while pause.count < gap * noise.bands { pause += noise[from] }
            frames += pause.prefix(gap * noise.bands)
            if model.labels.commands.contains(clips.words[index]) {
                truths.append(truth(index, at: frames.count / clips.bands))
            }
            frames += clips[index]
        }
        return (frames, truths)
    }

    /// Where in a clip its word is.
    private func truth(_ index: Int, at start: Int) -> Keyword {
        var levels = LevelTrack(frontEnd: model.frontEnd)
        let values = clips[index].map(Float.init)
        for frame in 0..<clips.frames { levels.append(values, at: frame * clips.bands) }
        let peak = levels.loudest(10..<clips.frames - 10)
        let limit = max(levels.floor + 0.3 * (levels[peak] - levels.floor), levels[peak] - 25)
        let sounding = (0..<clips.frames).filter { levels[$0] >= limit && abs($0 - peak) <= 50 }
        let hop = model.frontEnd.logMel.hopSeconds
        return Keyword(
            word: clips.words[index], start: Double(start + (sounding.first ?? 0)) * hop,
            end: Double(start + (sounding.last ?? clips.frames) + 1) * hop, confidence: 1)
    }

    private static func trial(_ parameters: DetectionParameters, heard: [Keyword], truths: [Keyword]) -> Trial {
        var trial = Trial(parameters: parameters)
        var open = heard
        for truth in truths {
            let middle = (truth.start + truth.end) / 2
            let match = open.firstIndex {
                $0.word == truth.word && abs(($0.start + $0.end) / 2 - middle) <= tolerance
            }
            if let match {
                open.remove(at: match)
                trial.found += 1
            } else {
                trial.missed += 1
            }
        }
        trial.wrong = open.count
        return trial
    }
}
