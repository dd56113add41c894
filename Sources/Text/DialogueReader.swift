public import Streams

/// The dialogues of a file, one by one, however long it is.
///
/// ```swift
/// var reader = try DialogueReader(path: "talks.jsonl.gz") { print($0) }
/// while let (index, dialogue) = try reader.next() {
///     if index % 20 != 7 { counts.add(dialogue.rendered) }
/// }
/// ```
///
/// Two formats are read, packed with gzip or not, and told apart by what the file begins with:
///
/// - a line of JSON a dialogue, `{"turns":["Hello!","Hi, how are you?"]}`; the two speak in turn, other keys are passed over;
/// - a line of text a turn, `Anna: Hello!`, with an empty line between talks. Two speak in a talk, whose names are its
///   own; lines of one speaker in a row are one turn, joined by a space.
///
/// A line that is broken is reported, left out and counted, and the rest goes on: one that is not UTF-8, not JSON, has no
/// turns, an empty turn or a single one; in chats one without a name or without words. A chat in which a third name speaks,
/// or only one, is left out whole.
public struct DialogueReader: ~Copyable {
    /// How many lines or talks have been left out so far.
    public private(set) var skippedCount = 0
    private var entries: DialogueEntries
    /// What was read when the file was opened, to see that it has dialogues, the next one last.
    private var beginning: [DialogueEntries.Entry]
    private let skipped: (InputError) -> Void

    /// Opens a file; `-` is standard input. Throws an ``InputError``, also where the beginning of the file has no dialogue.
    ///
    /// - Parameters:
    ///   - path: the file.
    ///   - skipped: is told of each line that is left out, and why.
    public init(path: String, skipped: @escaping (InputError) -> Void = { _ in }) throws {
        var lines = TextLines(try ByteStream(path: path))
        let format = try TextFormat(of: &lines)
        guard format != .plain else {
            throw InputError(lines.name, "plain text, not dialogues", remedy: Self.remedy)
        }
        var entries = DialogueEntries(lines, format)
        beginning = try Self.beginning(of: &entries, named: lines.name).reversed()
        self.entries = entries
        self.skipped = skipped
    }

    /// How the file is laid out; never plain.
    public var format: TextFormat { entries.format }

    /// The next dialogue and its index, from 0; `nil` at the end. What is left out counts too: of JSON Lines the index is
    /// that of the line, of chats that of the talk.
    ///
    /// Throws an ``InputError`` where the file cannot be read on; what lies before that has been delivered.
    public mutating func next() throws -> (index: Int, dialogue: Dialogue)? {
        while let entry = try beginning.popLast() ?? entries.next() {
            switch entry {
            case .dialogue(let index, let dialogue): return (index, dialogue)
            case .fault(let fault):
                skippedCount += 1
                skipped(fault)
            }
        }
        return nil
    }

    /// All dialogues of a file. Throws an ``InputError``.
    public static func dialogues(
        path: String, skipped: @escaping (InputError) -> Void = { _ in }
    ) throws -> [Dialogue] {
        var reader = try DialogueReader(path: path, skipped: skipped)
        var dialogues: [Dialogue] = []
        while let next = try reader.next() { dialogues.append(next.dialogue) }
        return dialogues
    }

    private static let remedy =
        #"those are lines of {"turns":["…","…"]}, or of 'Name: words' with an empty line between talks"#

    /// What is read up to the first dialogue; a file that begins with nothing but faults has none.
    private static func beginning(
        of entries: inout DialogueEntries, named name: String
    ) throws(InputError) -> [DialogueEntries.Entry] {
        var beginning: [DialogueEntries.Entry] = []
        while beginning.count < TextFormat.beginning, let entry = try entries.next() {
            beginning.append(entry)
            if case .dialogue = entry { return beginning }
        }
        guard case .fault(let first)? = beginning.first else {
            throw InputError(name, "no dialogue in it", remedy: remedy)
        }
        throw InputError(
            name, line: first.line, first.fault + ", and no dialogue in the lines after it", remedy: remedy)
    }
}
