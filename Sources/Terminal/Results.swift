import ArgumentParser
import Synchronization

/// The answers of a command that takes several inputs: a line each on standard output, and for an input that fails a
/// line on standard error, after which the command goes on.
///
/// ```swift
/// let results = Results(of: "face-match", json: common.json)
/// for photo in photos {
///     do {
///         let name = try gallery.name(of: photo)
///         results.answer("\(photo),\(name)", json: ["file": .string(photo), "name": .string(name)])
///     } catch { results.failure(of: photo, error) }
/// }
/// try results.end()
/// ```
package final class Results: Sendable {
    private let command: String
    private let json: Bool
    private let someFailed = Atomic<Bool>(false)

    package init(of command: String, json: Bool) {
        self.command = command
        self.json = json
    }

    /// Writes an answer in the form that the user wants.
    package func answer(_ text: @autoclosure () -> String, json value: @autoclosure () -> JSONValue) {
        StandardOutput.line(json ? value().text : text())
    }

    /// Tells that `file` failed: with `--json` also as `{"file":…,"error":…}` in its place among the answers.
    package func failure(of file: String, _ error: any Error) {
        someFailed.store(true, ordering: .relaxed)
        let name = file == "-" ? "standard input" : file
        let fault = Self.fault(of: name, error)
        if json { StandardOutput.line((["file": .string(file), "error": .string(fault)] as JSONValue).text) }
        StandardError.shared.error("\(name): \(fault)", from: command)
    }

    /// Ends with status 1 where an input failed.
    package func end() throws {
        if someFailed.load(ordering: .relaxed) { throw ExitCode.failure }
    }

    /// The error's text without the file's name, which most errors put first.
    static func fault(of file: String, _ error: any Error) -> String {
        let text = ErrorText.text(of: error)
        return text.hasPrefix(file + ": ") ? String(text.dropFirst(file.count + 2)) : text
    }
}
