import Glibc
import LineEditing

/// Says what lines come, until the end: `line "…"`, `interrupted`, `end`.
///
/// After `/work` it works until Ctrl-C; after `/print TEXT` it prints without a line end, and leaves that to the stream.
/// Arguments: the history's path or `-`, then the prompt.
@main enum TestRun {
    static func main() throws {
        let arguments = CommandLine.arguments
        let history = arguments.count > 1 && arguments[1] != "-" ? arguments[1] : nil
        let lines = LineReader(history: history, completions: ["/help", "/reset", "/retry", "/quit"])
        do {
            while try said(lines.next(prompt: arguments.count > 2 ? arguments[2] : "> ")) {}
        } catch {
            say("\(error)")
            exit(1)
        }
    }

    private static func said(_ input: LineReader.Input) -> Bool {
        switch input {
        case .line("/work"):
            say("working")
            while !ControlC.isPressed { usleep(1_000) }
            say("stopped")
        case .line(let text) where text.hasPrefix("/print "): print(text.dropFirst(7), terminator: "")
        case .line(let text) where text.utf8.count > 10_000:
            say("\(text.unicodeScalars.count) characters, \(text.unicodeScalars.reduce(0) { $0 &* 31 &+ $1.value })")
        case .line(let text): say("line \(text.debugDescription)")
        case .interrupted: say("interrupted")
        case .end:
            say("end")
            return false
        }
        return true
    }

    private static func say(_ text: String) {
        let bytes = Array((text + "\n").utf8)
        _ = unsafe write(STDOUT_FILENO, bytes, bytes.count)
    }
}
