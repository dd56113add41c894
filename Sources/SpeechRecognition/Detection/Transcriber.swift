import Audio

/// Hears keywords in a stream of samples, from a file or live: the same words at the same times, however it arrives.
///
/// ```swift
/// var transcriber = try Transcriber(model)
/// var stream = try AudioStream(path: "talk.flac", sampleRate: transcriber.sampleRate)
/// while let block = try stream.next() { print(try transcriber.push(block)) }
/// print(try transcriber.finish())
/// ```
package struct Transcriber: ~Copyable {
    /// The rate that samples must have, in Hz.
    package let sampleRate: Int
    private let frameLength: Int
    private var logMel: LogMel
    private var listener: FrameListener
    /// Samples so far.
    private var count = 0

    /// Listens from the beginning of a sound.
    ///
    /// - Parameters:
    ///   - words: those to listen for, each one of the model's; nil for its commands.
    ///   - threshold: the least probability; nil for the model's own.
    package init(_ model: KeywordModel, words: [String]? = nil, threshold: Double? = nil) throws {
        var parameters = model.detection
        parameters.threshold = threshold ?? parameters.threshold
        sampleRate = model.frontEnd.logMel.sampleRate
        frameLength = model.frontEnd.logMel.frameLength
        logMel = try LogMel(model.frontEnd.logMel)
        listener = FrameListener(model, words: words ?? model.labels.commands, parameters: [parameters])
    }

    /// The words that these samples complete.
    package mutating func push(_ samples: [Float]) throws -> [Keyword] {
        count += samples.count
        return held(try listener.push(logMel.push(samples))[0])
    }

    /// The words that were still open when the sound ended; nothing may be pushed afterwards.
    package mutating func finish() throws -> [Keyword] {
        held(try listener.finish(logMel.push([Float](repeating: 0, count: frameLength)))[0])
    }

    /// The keywords within the sound: a frame that begins in it may end behind it.
    private func held(_ keywords: [Keyword]) -> [Keyword] {
        let seconds = Double(count) / Double(sampleRate)
        return keywords.map {
            Keyword(word: $0.word, start: min($0.start, seconds), end: min($0.end, seconds), confidence: $0.confidence)
        }
    }
}
