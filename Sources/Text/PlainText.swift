public import Streams

/// Any text as a language model reads it: all of it one text.
public enum PlainText {
    /// The text of a file, packed with gzip or not, normalized; `-` is standard input. Throws an ``InputError``.
    ///
    /// - Parameters:
    ///   - path: the file.
    ///   - skipped: is told of each line that is left out, since it is not UTF-8 or longer than 64 MiB.
    ///   - check: sees how the file is laid out before it is read; what it throws is thrown.
    public static func read(
        path: String, skipped: (InputError) -> Void = { _ in }, check: (TextFormat) throws -> Void = { _ in }
    ) throws -> String {
        var lines = TextLines(try ByteStream(path: path))
        try check(TextFormat(of: &lines))
        var text = ""
        while let line = try lines.next() {
            do throws(LineFault) {
                text += try line.text().normalized
                if line.isEnded { text += "\n" }
            } catch { skipped(InputError(lines.name, line: line.number, error.text)) }
        }
        return text
    }
}
