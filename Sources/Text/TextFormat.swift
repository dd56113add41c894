import Streams

/// How a file of text is laid out.
public enum TextFormat: Hashable, Sendable {
    /// A dialogue a line, `{"turns":["…","…"]}`.
    case jsonLines
    /// A turn a line, `Name: words`, and an empty line between talks.
    case chat
    /// Any other text.
    case plain

    /// The format of a file as its beginning shows it, gzip or not, whatever its name is; `-` is standard input, of
    /// which the beginning is gone then. Throws an ``InputError``, also for a file that is empty or no text.
    public init(ofFileAt path: String) throws {
        var lines = TextLines(try ByteStream(path: path))
        try self.init(of: &lines)
    }

    /// How many lines decide.
    static let beginning = 100

    init(of lines: inout TextLines) throws(InputError) {
        let beginning = try lines.lookAhead(Self.beginning)
        if let first = beginning.first?.bytes, first.starts(with: [0xFF, 0xFE]) || first.starts(with: [0xFE, 0xFF]) {
            throw InputError(lines.name, "UTF-16, not UTF-8", remedy: "save it as UTF-8")
        }
        guard !beginning.contains(where: { $0.bytes.contains(0) }) else { throw InputError(lines.name, "not text") }
        let written = beginning.drop(while: \.isBlank)
        guard let first = written.first else { throw InputError(lines.name, "there is no text in the file") }
        guard written.contains(where: { (try? $0.text()) != nil }) else {
            throw InputError(lines.name, "not UTF-8", remedy: "save it as UTF-8")
        }
        if first.bytes.first(where: { $0 != 0x20 && $0 != 0x09 }) == UInt8(ascii: "{") {
            self = .jsonLines
            return
        }
        // Prose has lines with a name and a colon too, but few.
        let named = written.count(where: { line in (try? ChatLine(line.text())) != nil })
        self = 2 * named > written.count(where: { !$0.isBlank }) ? .chat : .plain
    }
}
