package import ArgumentParser
import Glibc

/// Runs a command from its arguments to its exit status.
///
/// ```swift
/// @main enum Main {
///     static func main() { CommandRunner.run(FaceMatch.self) }
/// }
/// ```
package enum CommandRunner {
    /// Runs `root`, or the subcommand that the arguments name, and ends the process: with 0 when all is done, 1 after
    /// an error, 64 after a wrong usage, 130 after a wish to stop.
    package static func run(_ root: any ParsableCommand.Type, arguments: [String]? = nil) -> Never {
        SystemCalls.ignoreClosedPipes()
        do {
            var command = try root.parseAsRoot(arguments)
            try command.run()
            StandardError.shared.clear()
            exit(EXIT_SUCCESS)
        } catch {
            end(root, error)
        }
    }

    private static func end(_ root: any ParsableCommand.Type, _ error: any Error) -> Never {
        StandardError.shared.clear()
        if error is CancellationError { exit(Interruption.exitCode.rawValue) }
        let code = root.exitCode(for: error)
        let text = root.fullMessage(for: error)
        if code.isSuccess {
            if !text.isEmpty { StandardOutput.line(text) }
        } else if !text.isEmpty {
            let parserPrefix = "Error: "
            let shown = text.hasPrefix(parserPrefix) ? String(text.dropFirst(parserPrefix.count)) : text
            StandardError.shared.error(shown, from: root._commandName)
        }
        exit(code.rawValue)
    }
}

/// The text that an error shows.
enum ErrorText {
    private struct Anything: ParsableArguments {}

    /// The error's own description; the parser knows where each kind of error keeps it.
    static func text(of error: any Error) -> String { Anything.message(for: error) }
}
