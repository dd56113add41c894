import Audio

/// The keywords of a recording or of live sound, as they come.
package struct RecordingTranscription: ~Copyable {
    private var stream: AudioStream
    private var transcriber: Transcriber
    private var isOver = false
    /// What is wrong with the recording; thrown once all that is there was heard.
    private var fault: (any Error)?

    /// Opens a file, or standard input where it is called `-`.
    ///
    /// - Parameter rawRate: the rate in Hz of samples without a header.
    /// - Throws: an `AudioError`.
    package init(
        of file: String, rawRate: Int? = nil, model: KeywordModel, words: [String]? = nil, threshold: Double? = nil
    ) throws {
        let transcriber = try Transcriber(model, words: words, threshold: threshold)
        let stream = try AudioStream(
            path: file, layout: rawRate.map { .raw(sampleRate: $0) } ?? .detected,
            sampleRate: model.frontEnd.logMel.sampleRate)
        self.transcriber = transcriber
        self.stream = stream
    }

    /// The keywords that more of the sound brings to light; `nil` at the end.
    ///
    /// - Throws: an `AudioError` at the end of a recording that is cut off or damaged, after the keywords before that.
    package mutating func next() throws -> [Keyword]? {
        if isOver {
            if let fault { throw fault }
            return nil
        }
        do {
            if let block = try stream.next() { return try transcriber.push(block) }
        } catch {
            fault = error
        }
        isOver = true
        return try transcriber.finish()
    }
}
