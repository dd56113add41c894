import ModelFiles
import Terminal

/// Where lines go: a file that appears when it is whole, or standard output.
final class ScoreSink {
    /// nil for standard output.
    private var file: AtomicFile?
    private let isFile: Bool

    init(_ path: String?) throws {
        isFile = path != nil && path != "-"
        if let path, isFile { file = try AtomicFile(replacing: path) }
    }

    func write(_ text: String) throws {
        if isFile { try file?.write(Array(text.utf8)) } else { StandardOutput.write(text) }
    }

    /// Writes bytes to the file as they are.
    func write(_ bytes: [UInt8]) throws { try file?.write(bytes) }

    /// Gives the file its name.
    func finish() throws { try file.take()?.finish() }
}
