import Glibc

/// Standard output: results, a line each, written at once.
///
/// When the reader of a pipe is gone (`face-match … | head -1`) the process ends quietly with status 0: nobody is
/// there to read more.
package enum StandardOutput {
    private static let isTerminal = SystemCalls.isTerminal(STDOUT_FILENO)

    /// Writes `text` and a line end.
    package static func line(_ text: String) { write(text + "\n") }

    /// Writes `text` as it is, for output that comes piece by piece.
    package static func write(_ text: String) {
        if isTerminal { StandardError.shared.clear() }
        switch SystemCalls.write(text, to: STDOUT_FILENO) {
        case .whole: return
        case .readerGone: exit(EXIT_SUCCESS)
        case .failed(let fault):
            let command = CommandLine.arguments.first?.split(separator: "/").last ?? "engram"
            StandardError.shared.error("standard output: \(fault)", from: String(command))
            exit(EXIT_FAILURE)
        }
    }
}
