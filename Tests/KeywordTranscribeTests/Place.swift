import Audio
import Foundation
import ModelFiles
import ToneModel

/// A folder in which the command runs, with a model that hears tones in `tones.onnx`; it goes when it is no longer needed.
final class Place: Sendable {
    let path = FileManager.default.temporaryDirectory.appendingPathComponent("engram-keywords-\(UUID().uuidString)")
        .path

    /// The checkout.
    static let project = URL(filePath: #filePath).deletingLastPathComponent().appending(path: "../..").standardized.path

    init() throws {
        try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
        try ToneModel.graph().write(toONNX: path + "/tones.onnx")
    }

    deinit { try? FileManager.default.removeItem(atPath: path) }

    /// The path of a file in it, whose folder is made.
    func file(_ name: String) throws -> String {
        let file = URL(filePath: path + "/" + name)
        try FileManager.default.createDirectory(at: file.deletingLastPathComponent(), withIntermediateDirectories: true)
        return file.path
    }

    func write(_ bytes: some Sequence<UInt8>, to name: String) throws {
        try Data(bytes).write(to: URL(filePath: file(name)))
    }
    func write(_ text: String, to name: String) throws { try write(text.utf8, to: name) }
    func write(_ samples: [Float], to name: String) throws { try WaveWriter.write(samples, to: file(name)) }
    func bytes(_ name: String) throws -> [UInt8] { try Array(Data(contentsOf: URL(filePath: path + "/" + name))) }
    /// The names in a folder, but for the lock that each run leaves.
    func files(_ folder: String) throws -> [String] {
        try FileManager.default.contentsOfDirectory(atPath: path + "/" + folder).filter { $0 != ".lock" }.sorted()
    }

    /// Runs the command with these arguments to its end.
    func run(
        _ arguments: String..., input: [UInt8] = [], shell: String = Child.plain
    ) throws -> Child.Result {
        try Child(self, arguments, input: input, shell: shell).result()
    }
}
