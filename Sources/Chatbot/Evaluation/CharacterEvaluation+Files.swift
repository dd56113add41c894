package import Progress
internal import Streams
internal import Text

extension CharacterEvaluation {
    /// Judges a network on a file of dialogues, or of plain text.
    ///
    /// - Parameters:
    ///   - window: characters after which a plain text begins anew; nil for once.
    ///   - lines: of dialogues only those whose number leaves `remainder`; nil for all.
    /// - Throws: `InputError` where the file cannot be read, or is not what the model reads.
    package init(
        of model: CharacterModel, onFile file: String, window: Int?, lines: (modulus: Int, remainder: Int)?,
        progress: @escaping ProgressHandler = { _ in }
    ) throws {
        let code = model.code
        var texts: [[Int64]] = []
        // Opened once: standard input has no beginning to go back to.
        if code.isOfTalks {
            texts = try Dialogue.selected(ofFile: file, lines: lines, progress: progress).map(code.encode)
        } else {
            let plain = try PlainText.read(path: file) {
                progress(.message($0.description))
            } check: { format in
                guard format == .plain else { throw InputError(file, "talks, where the model is one of plain text") }
            }
            let text = code.encode(plain)
            let length = window ?? max(text.count, 1)
            texts = stride(from: 0, to: text.count, by: length).map { Array(text[$0..<min(text.count, $0 + length)]) }
        }
        var task = TaskProgress("evaluating", unit: "characters", total: texts.reduce(0) { $0 + $1.count })
        progress(.advanced(task))
        try self.init(of: model, on: texts) { count in
            task.completed = count
            progress(.advanced(task))
        }
        progress(.finished(task))
    }
}
