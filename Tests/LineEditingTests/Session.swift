import CommandRuns

typealias Session = TerminalSession

/// The program that the tests talk to, beside them.
enum Program {
    static let path = Place.program("LineEditingTestRun")
}

extension TerminalSession {
    convenience init(
        _ arguments: [String] = [], term: String? = "xterm-256color", environment: [String: String] = [:],
        columns: UInt16 = 80, shell: String? = nil
    ) throws {
        try self.init(
            Program.path, arguments, term: term, environment: environment, columns: columns, shell: shell)
    }
}
