package import Engine

/// An ONNX file that is part of a program, so that it works without any other file.
package struct EmbeddedModel: Sendable {
    /// What errors call it.
    package static let path = "the built-in model"

    /// The file's.
    package let bytes: [UInt8]

    package init(bytes: [UInt8]) { self.bytes = bytes }

    /// - Throws: ``ModelFileError`` where the bytes are no model.
    package func graph() throws -> Graph { try Graph(onnx: bytes, name: Self.path) }

    /// What `--version` calls it.
    package var name: String { (try? graph())?.metadata["engram.name"] ?? "none" }

    /// Writes the file.
    package func write(to path: String) throws(ModelFileError) { try AtomicFile.write(bytes, to: path) }
}
