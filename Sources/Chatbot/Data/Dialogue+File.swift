package import Progress
internal import Streams
package import Text

extension Dialogue {
    /// The dialogues of a file, each with its number; lines that are broken are named, left out and counted.
    ///
    /// - Throws: `InputError` where the file cannot be read, or has no dialogues.
    package static func numbered(
        ofFile path: String, progress: @escaping ProgressHandler
    ) throws -> [(index: Int, dialogue: Dialogue)] {
        var reader = try DialogueReader(path: path) { progress(.message($0.description)) }
        var dialogues: [(index: Int, dialogue: Dialogue)] = []
        while let next = try reader.next() { dialogues.append(next) }
        if reader.skippedCount > 0 {
            progress(.message("\(path): \(reader.skippedCount) of its lines are left out"))
        }
        return dialogues
    }

    /// Those of a file whose number leaves a remainder, or all.
    ///
    /// - Throws: `InputError` where there are none.
    package static func selected(
        ofFile path: String, lines: (modulus: Int, remainder: Int)?, progress: @escaping ProgressHandler
    ) throws -> [Dialogue] {
        let all = try numbered(ofFile: path, progress: progress)
        guard let lines else { return all.map(\.dialogue) }
        let selected = all.filter { $0.index % lines.modulus == lines.remainder }
        guard !selected.isEmpty else {
            throw InputError(
                path, "none of its \(all.count) dialogues leaves \(lines.remainder) divided by \(lines.modulus)")
        }
        return selected.map(\.dialogue)
    }
}
