import Engine

/// The elements of initializers that an ONNX file keeps in other files.
///
/// A model is data from a stranger, and the places that it names are texts: only files in the model's own folder, and the folders in
/// it, are opened. A path that is absolute or goes up is refused, and one that a symbolic link leads out of the folder.
///
/// Source: ONNX, docs/ExternalData.md.
struct ExternalData {
    /// The folder of the model; nil where the model has none.
    private let folder: String?
    /// Bytes that were taken, which may be the same bytes of a file over and over.
    private var byteCount = 0

    init(folder: String?) { self.folder = folder }

    /// The tensor of an initializer whose elements lie elsewhere.
    ///
    /// - Throws: `Fault` where they lie outside of the model's folder or of the file, or are not as many as the dimensions need.
    mutating func tensor(of proto: Onnx_TensorProto) throws(Fault) -> Tensor {
        let element = try FileElement(onnx: proto.dataType)
        let shape = try proto.shape()
        var entries: [String: String] = [:]
        for entry in proto.externalData where entries.updateValue(entry.value, forKey: entry.key) != nil {
            throw Fault("key \(entry.key.quoted) of its external data is there twice")
        }
        guard let location = entries["location"] else { throw Fault("its external data has no location") }
        let file = try open(location)
        let size = file.byteCount ?? 0
        let offset = try Self.bytes(entries["offset"], "offset", location) ?? 0
        let length = try Self.bytes(entries["length"], "length", location) ?? max(size - offset, 0)
        guard offset <= size, length <= size - offset else {
            throw Fault(
                "its elements lie at byte \(offset) of \(location.quoted), \(length) of them, and the file has \(size)")
        }
        guard length == shape.elementCount * element.byteCount else {
            throw Fault(
                "\(length) bytes in \(location.quoted) where \(element)\(shape) has \(shape.elementCount * element.byteCount)"
            )
        }
        byteCount += length
        guard byteCount <= OpenFile.physicalMemory else { throw Fault("more external data than memory can hold") }
        guard file.seek(to: offset) == 0, let bytes = try? file.read(length), bytes.count == length else {
            throw Fault("\(location.quoted) cannot be read")
        }
        return try element.tensor(bytes, shape: shape)
    }

    private func open(_ location: String) throws(Fault) -> OpenFile {
        guard let folder else {
            throw Fault("its elements lie in another file (external data), and the model has no folder")
        }
        let names = location.split(separator: "/", omittingEmptySubsequences: false)
        guard !location.utf8.contains(0), !names.contains(where: { $0.isEmpty || $0 == ".." }) else {
            throw Fault("its elements lie in \(location.quoted), which is no path in the model's folder")
        }
        guard let root = OpenFile.resolved(folder), let path = OpenFile.resolved(folder + location) else {
            throw Fault("its elements lie in \(location.quoted), and there is no such file beside the model")
        }
        guard path == root || path.hasPrefix(root == "/" ? root : root + "/") else {
            throw Fault("its elements lie in \(location.quoted), which leads out of the model's folder")
        }
        // To open a pipe would wait for whoever writes into it.
        guard OpenFile.kind(of: path) == .regular else {
            throw Fault("its elements lie in \(location.quoted), which is no file")
        }
        do { return try OpenFile(reading: path) } catch { throw Fault("\(location.quoted) \(error.fault)") }
    }

    private static func bytes(_ text: String?, _ key: String, _ location: String) throws(Fault) -> Int? {
        guard let text else { return nil }
        guard let count = Int(text), count >= 0 else {
            throw Fault("\(key) \(text.quoted) of its elements in \(location.quoted) is no number of bytes")
        }
        return count
    }
}
