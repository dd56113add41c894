/// What `--version` prints: `engram 0.1.0, avx512, model keywords 1 (2026-02-01)`.
///
/// ```swift
/// CommandConfiguration(commandName: "engram", version: VersionText(of: "engram", instructionSet: "avx512").text)
/// ```
package struct VersionText {
    /// The release that all commands of this package carry.
    package static let release = "0.1.0"

    /// The text, on one line.
    package let text: String

    /// The text of `command`, which computes with `instructionSet` and has `models` compiled in.
    package init(of command: String, instructionSet: String, models: [String] = []) {
        let parts = ["\(command) \(Self.release)", instructionSet] + models.map { "model \($0)" }
        text = parts.joined(separator: ", ")
    }
}
