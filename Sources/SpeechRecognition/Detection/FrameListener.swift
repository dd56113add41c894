import Audio

/// Hears keywords in a stream of log-mel frames.
struct FrameListener {
    private let frontEnd: KeywordFrontEnd
    private var levels: LevelTrack
    private var scorer: WindowScorer
    private var detectors: [Detector]

    /// - Parameter parameters: of as many detectors, which hear the same at once; they have one `hop`.
    init(_ model: KeywordModel, words: [String], parameters: [DetectionParameters]) {
        frontEnd = model.frontEnd
        levels = LevelTrack(frontEnd: model.frontEnd)
        scorer = WindowScorer(model, hop: parameters.first?.hop ?? 1)
        detectors = parameters.map { Detector(model, words: words, parameters: $0) }
    }

    /// The words that these frames complete, of each detector.
    mutating func push(_ frames: [Float]) throws -> [[Keyword]] {
        let bands = frontEnd.logMel.bands
        for start in stride(from: 0, to: frames.count, by: bands) { levels.append(frames, at: start) }
        var keywords = detectors.map { _ in [Keyword]() }
        for look in try scorer.push(frames, levels: levels) {
            // What came in one piece is gone through as if it came live.
            let known = levels.before(look.start + frontEnd.frames)
            for index in detectors.indices { keywords[index] += detectors[index].push(look, levels: known) }
        }
        return keywords
    }

    /// The words that were still open when the sound ended, of each detector.
    ///
    /// - Parameter rest: frames that are partly sound, partly the silence behind it.
    mutating func finish(_ rest: [Float] = []) throws -> [[Keyword]] {
        let end = levels.end
        levels.endSound()
        // As if silence followed, so that the last word stands in the middle of a window too.
        let lowest = Float(frontEnd.logMel.lowestValue)
        var keywords = try push(rest + [Float](repeating: lowest, count: frontEnd.frames * frontEnd.logMel.bands))
        for index in detectors.indices { keywords[index] += detectors[index].finish(levels: levels, end: end) }
        return keywords
    }
}
