import Glibc
import Synchronization

/// Standard error: progress, warnings and errors, which never run into one another.
package final class StandardError: Sendable {
    package static let shared = StandardError(
        descriptor: STDERR_FILENO,
        isTerminal: SystemCalls.isTerminal(STDERR_FILENO) && SystemCalls.environment("TERM") != "dumb",
        colour: SystemCalls.environment("NO_COLOR") == nil)

    private let descriptor: Int32
    /// Whether a line can be drawn over.
    package let isTerminal: Bool
    /// Whether colours are shown: on a terminal, without `NO_COLOR`.
    package let hasColour: Bool
    /// Whether an unfinished line stands there now.
    private let isDrawn = Mutex(false)

    package init(descriptor: Int32, isTerminal: Bool, colour: Bool) {
        self.descriptor = descriptor
        self.isTerminal = isTerminal
        hasColour = isTerminal && colour
    }

    /// The width that a drawn line has.
    var columns: Int { SystemCalls.columns(of: descriptor) }

    /// Writes a line that stays.
    package func line(_ text: String) {
        isDrawn.withLock { isDrawn in
            write((isDrawn ? Self.clearing : "") + text + "\n")
            isDrawn = false
        }
    }

    /// Draws a line over the one that was drawn last.
    package func redraw(_ text: String) {
        isDrawn.withLock { isDrawn in
            write((isDrawn ? Self.clearing : "") + text)
            isDrawn = true
        }
    }

    /// Takes the drawn line away.
    package func clear() {
        isDrawn.withLock { isDrawn in
            if isDrawn { write(Self.clearing) }
            isDrawn = false
        }
    }

    /// Back to the first column, and nothing to the right of it.
    private static let clearing = "\r\u{1B}[K"

    /// Writes; a fault is not told, since this is where it would be told.
    private func write(_ text: String) { _ = SystemCalls.write(text, to: descriptor) }
}

extension StandardError {
    /// Writes `command: text`, the one form in which errors and warnings are shown.
    ///
    /// Control characters, which a file's name may hold, are replaced, so that they do not steer the terminal.
    package func error(_ text: String, from command: String) {
        line((hasColour ? "\u{1B}[1;31m\(command):\u{1B}[0m " : "\(command): ") + text.withoutControls)
    }
}
