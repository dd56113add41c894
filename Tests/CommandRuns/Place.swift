import Foundation

/// A folder in which a command runs; it goes when it is no longer needed.
package final class Place: Sendable {
    /// The folder's path.
    package let path: String
    /// The path of the command, which is built beside the tests.
    package let program: String

    /// The checkout.
    package static let project = URL(filePath: #filePath).deletingLastPathComponent().appending(path: "../..")
        .standardized.path

    /// A folder for runs of a program of this package.
    package init(running name: String) throws {
        path = FileManager.default.temporaryDirectory.appendingPathComponent("engram-\(name)-\(UUID().uuidString)").path
        program = Self.program(name)
        try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
    }

    deinit { try? FileManager.default.removeItem(atPath: path) }

    /// The path of a program that is built beside the tests.
    package static func program(_ name: String) -> String {
        URL(filePath: "/proc/self/exe").resolvingSymlinksInPath().deletingLastPathComponent().appending(path: name).path
    }

    /// The path of a file in it, whose folder is made.
    package func file(_ name: String) throws -> String {
        let file = URL(filePath: path + "/" + name)
        try FileManager.default.createDirectory(at: file.deletingLastPathComponent(), withIntermediateDirectories: true)
        return file.path
    }

    package func write(_ bytes: some Sequence<UInt8>, to name: String) throws {
        try Data(bytes).write(to: URL(filePath: file(name)))
    }
    package func write(_ text: String, to name: String) throws { try write(text.utf8, to: name) }
    package func bytes(_ name: String) throws -> [UInt8] {
        try Array(Data(contentsOf: URL(filePath: path + "/" + name)))
    }
    /// The names in a folder, but for the lock that each run leaves.
    package func files(_ folder: String) throws -> [String] {
        try FileManager.default.contentsOfDirectory(atPath: path + "/" + folder).filter { $0 != ".lock" }.sorted()
    }

    /// Runs the command with these arguments to its end.
    package func run(
        _ arguments: String..., input: [UInt8] = [], shell: String = Child.plain
    ) throws -> Child.Result {
        try Child(self, arguments, input: input, shell: shell).result()
    }
}
