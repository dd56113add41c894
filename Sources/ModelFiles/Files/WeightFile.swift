import Engine

/// A model's file that stays open, so that large weights are read from it when they are needed.
///
/// Another file may take its name meanwhile, as happens where a model is written anew: the open one is still the old one.
final class WeightFile: Sendable {
    /// Bytes of the smallest weights that are left in the file.
    private static let leastBytes = 64 << 10

    private let file: OpenFile
    /// nil for a pipe or a device, which can be read only once.
    private let state: OpenFile.State?

    init(_ path: String) throws(ModelFileError) {
        file = try OpenFile(reading: path)
        state = file.state
    }

    /// The whole file; to be called once.
    func bytes(limit: Int) throws(ModelFileError) -> [UInt8] { try FileBytes.read(file, limit: limit) }

    /// The tensor whose bytes lie somewhere in the file; nil where it is better read at once.
    func tensor(_ type: TensorType, at bytes: Range<Int>) -> StoredTensor? {
        guard let state, bytes.count >= Self.leastBytes, bytes.count == type.byteCount else { return nil }
        return StoredTensor(type) { () throws(GraphError) in
            let tensor: Tensor?
            do {
                tensor = try Tensor(type) { span in
                    guard try self.file.read(into: &span, at: bytes.lowerBound) else { throw Fault("it is shorter") }
                }
            } catch let error as ModelFileError {
                throw GraphError(fault: "\(error)")
            } catch {
                tensor = nil
            }
            guard let tensor, self.file.state == state else {
                throw GraphError(
                    fault: "\(self.file.path) was written to since it was opened; the model has to be loaded again")
            }
            return tensor
        }
    }
}
