public import Engine

/// Named tensors and texts in one file: weights, or the checkpoint of a training run.
///
/// ```swift
/// try Safetensors(tensors: ["dense.weight": weight], metadata: ["epoch": "3"]).write(to: "checkpoint.safetensors")
/// let weight = try Safetensors(contentsOf: "checkpoint.safetensors").tensors["dense.weight"]
/// ```
public struct Safetensors: Equatable, Sendable {
    /// The tensors by name.
    public var tensors: [String: Tensor]
    /// Texts by key.
    public var metadata: [String: String]

    /// Tensors and texts to write.
    public init(tensors: [String: Tensor], metadata: [String: String] = [:]) {
        self.tensors = tensors
        self.metadata = metadata
    }

    /// The tensors and texts of a file.
    ///
    /// - Throws: `ModelFileError` where the file cannot be read, is no safetensors file, is cut short, or has elements of a type that
    ///   `ElementType` lacks.
    public init(contentsOf path: String) throws {
        do { self = try Self.read(path) } catch let fault as Fault { throw ModelFileError(path, fault) }
    }

    private static func read(_ path: String) throws -> Safetensors {
        let file = try OpenFile(reading: path)
        guard let byteCount = file.byteCount, byteCount <= OpenFile.physicalMemory else {
            throw Fault("no file that fits into memory")
        }
        let lengthBytes = try file.read(8)
        guard lengthBytes.count == 8 else { throw Fault("not a safetensors file, only \(lengthBytes.count) bytes") }
        let length = lengthBytes.span.littleEndian(UInt64.self)[0]
        guard length <= longestHeader, length <= byteCount - 8 else {
            throw Fault("not a safetensors file, or cut short: a header of \(length) bytes in a file of \(byteCount)")
        }
        let text = try file.read(Int(length))
        let header = try SafetensorsHeader(parsing: text, byteCount: byteCount - 8 - text.count)
        var content = Safetensors(tensors: [:], metadata: header.metadata)
        for entry in header.entries {
            do { content.tensors[entry.name] = try file.readTensor(entry.type) } catch let fault as Fault {
                throw Fault(fault.text, place: "tensor \(entry.name.quoted)")
            }
        }
        return content
    }

    /// Writes the file; the same content gives the same bytes.
    ///
    /// It is on the disk when this returns. Whoever is killed meanwhile leaves the file that was there.
    ///
    /// - Throws: `ModelFileError` where that fails; a file that was there is unchanged then.
    public func write(to path: String) throws {
        guard tensors[SafetensorsHeader.metadataName] == nil else {
            throw ModelFileError(path, "a tensor cannot be named '\(SafetensorsHeader.metadataName)'")
        }
        let header = SafetensorsHeader(placing: tensors, metadata: metadata)
        var text = Array(header.text.utf8)
        // The data begins at a multiple of eight bytes.
        text += Array(repeating: UInt8(ascii: " "), count: -text.count & 7)
        guard text.count <= Self.longestHeader else {
            throw ModelFileError(
                path, "names and texts take \(text.count) bytes, more than the \(Self.longestHeader) allowed")
        }
        let file = try AtomicFile(replacing: path)
        try file.write((0..<8).map { UInt8(truncatingIfNeeded: text.count >> (8 * $0)) } + text)
        for entry in header.entries { try file.write(tensors[entry.name]?.bytes ?? []) }
        try file.finish()
    }

    /// As in the reference reader.
    private static let longestHeader = 100_000_000
}
