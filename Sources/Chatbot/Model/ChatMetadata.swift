internal import Engine
internal import Streams
internal import Text

/// What a model's file says beside the graph, under keys that begin with `engram.`.
struct ChatMetadata {
    /// What `engram.task` is.
    static let task = "characters"

    var name: String
    var code: CharacterCode
    /// Characters that are read and never written.
    var unwritten: String

    private enum Key {
        static let task = "engram.task", name = "engram.name", vocabulary = "engram.vocabulary", text = "engram.text"
        static let unwritten = "engram.unwritten"
    }
    private enum Layout: String { case talks, plain }

    init(name: String, code: CharacterCode, unwritten: String = "") {
        self.name = name
        self.code = code
        self.unwritten = unwritten
    }

    /// The entries of a model's file.
    var entries: [String: String] {
        [
            Key.task: Self.task, Key.name: name, Key.vocabulary: code.vocabulary.metadata,
            Key.text: (code.isOfTalks ? Layout.talks : .plain).rawValue, Key.unwritten: unwritten,
        ]
    }

    /// Reads the entries of a file.
    ///
    /// - Throws: `InputError` on what is missing, damaged or impossible.
    init(_ entries: [String: String], file: String) throws {
        guard let task = entries[Key.task] else {
            throw InputError(
                file, "not a model of characters: there is no engram.task among its metadata",
                remedy: "such models are made by char-chat train")
        }
        guard task == Self.task else { throw InputError(file, "a model for '\(task)', not for '\(Self.task)'") }
        guard let vocabulary = entries[Key.vocabulary] else {
            throw InputError(file, "there is no \(Key.vocabulary) among its metadata")
        }
        guard let layout = entries[Key.text].flatMap(Layout.init) else {
            throw InputError(file, "\(Key.text) is '\(entries[Key.text] ?? "")' where talks and plain can be")
        }
        name = entries[Key.name] ?? "without a name"
        unwritten = entries[Key.unwritten] ?? ""
        code = CharacterCode(try Vocabulary(metadata: vocabulary, of: file), isOfTalks: layout == .talks)
    }
}
