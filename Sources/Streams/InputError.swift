/// Why a file that a user gave cannot be used, or a line of it: one line that names the file, the line in it, what is
/// wrong and, where something can be done, what to do.
///
/// ```
/// talks.jsonl:12: no "turns" in the object
/// notes.txt: plain text, not dialogues; those are lines of {"turns":["…","…"]} or of Name: words
/// ```
public struct InputError: Error, Hashable, Sendable, CustomStringConvertible {
    /// The file as it was named by whoever asked for it.
    public var file: String
    /// The line, counted from 1, if the fault has one.
    public var line: Int?
    /// What is wrong.
    public var fault: String
    /// What can be done about it.
    public var remedy: String?

    /// An error of one file.
    public init(_ file: String, line: Int? = nil, _ fault: String, remedy: String? = nil) {
        self.file = file
        self.line = line
        self.fault = fault
        self.remedy = remedy
    }

    /// The whole line, without a full stop.
    public var description: String {
        file + (line.map { ":\($0)" } ?? "") + ": " + fault + (remedy.map { "; " + $0 } ?? "")
    }
}
