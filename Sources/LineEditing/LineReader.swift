import Glibc

/// Lines from whoever talks to the program: edited at a terminal, or read as they are from a file or a pipe.
///
/// ```swift
/// let lines = LineReader(history: "chat-history", completions: ["/help", "/quit"])
/// while true {
///     switch try lines.next(prompt: "\u{1B}[1myou>\u{1B}[0m ") {
///     case .line(let text): answer(text, shouldStop: { ControlC.isPressed })
///     case .interrupted: continue
///     case .end: return
///     }
/// }
/// ```
///
/// On a terminal (standard input and output both are one) libedit edits the line: arrows, Home, End, Ctrl-A, -E, -K, -U,
/// -W, -Y, words by Alt or Ctrl, history by Up and Down, searched by Ctrl-R, completion by Tab. Text is UTF-8, whatever the
/// locale. Text that is pasted is one input: its line breaks and tabs become spaces, its control characters and a line
/// break at its end are dropped, and it is not sent until Enter is typed. Ctrl-C clears the line, Ctrl-D on an empty one is
/// the end; Ctrl-Z, a resize and a signal that ends the process find and leave the terminal in order. A character that
/// takes no column (a combining accent, a joiner) is kept, but not seen until the line is sent.
///
/// On a terminal that cannot move its cursor (`TERM` is `dumb`, `emacs` or unset) the system edits the line, and there is
/// no history. From anything else lines come as they are, without a prompt, and nothing is written.
///
/// One a process, used by one thread at a time.
package final class LineReader {
    /// What came.
    package enum Input: Hashable, Sendable {
        /// A line, without its end.
        case line(String)
        /// Ctrl-C: what was typed is to be forgotten.
        case interrupted
        /// Ctrl-D, or the end of the file.
        case end
    }

    private enum Source {
        case edited(EditedLines)
        case plain(PlainLines)
    }

    /// Whether a terminal is talked to.
    package let isTerminal: Bool
    /// Whether that terminal shows colours: it can, and `NO_COLOR` is unset.
    package let hasColour: Bool
    private let source: Source
    /// From the beginning, so that Ctrl-C stops what is done between two lines and not the process.
    private let interrupts: SignalWatch?

    /// Reads standard input.
    ///
    /// - Parameters:
    ///   - history: the file that keeps what was typed, a line each; nil for none. It and its folder are made when the
    ///     first line comes. One that cannot be read or written is left alone, and is no failure.
    ///   - completions: what Tab completes at the beginning of a line.
    package init(history: String? = nil, completions: [String] = []) {
        isTerminal = SystemCalls.isTerminal(STDIN_FILENO) && SystemCalls.isTerminal(STDOUT_FILENO)
        let canEdit = isTerminal && ![nil, "dumb", "emacs"].contains(SystemCalls.environment("TERM"))
        hasColour = canEdit && SystemCalls.environment("NO_COLOR") == nil
        interrupts = isTerminal ? SignalWatch([SIGINT]) : nil
        let file = history.map { HistoryFile(path: $0) }
        if canEdit, let editor = EditLine(history: file?.entries() ?? [], completion: Completion(completions)) {
            source = .edited(EditedLines(editor: editor, history: file))
        } else {
            source = .plain(PlainLines(descriptor: SystemCalls.neverWaiting(STDIN_FILENO)))
        }
    }

    /// The next line; waits for it.
    ///
    /// - Parameter prompt: what stands before the line on a terminal. Colour sequences (`ESC[…m`) take no column and are
    ///   left out where the terminal has no colours; other control characters are dropped. One that ends with a colour
    ///   sequence gets a space.
    /// - Throws: `LineReadingError`.
    package func next(prompt: String) throws -> Input {
        let prompt = Prompt(prompt)
        ControlC.forget()
        defer { ControlC.forget() }
        switch source {
        case .edited(let lines): return lines.next(hasColour ? prompt : prompt.withoutColour)
        case .plain(let lines):
            guard isTerminal else { return try lines.next() }
            SystemCalls.write(prompt.text)
            let input = try lines.next()
            if case .line = input {} else { SystemCalls.write("\n") }
            return input
        }
    }
}

/// Why no line can be read.
package struct LineReadingError: Error, Hashable, CustomStringConvertible {
    /// The system's word for it.
    package let reason: String

    package var description: String { "standard input: cannot be read: \(reason)" }
}
