public import Engine
import SwiftProtobuf

extension Graph {
    /// The graph of an ONNX file.
    ///
    /// Opsets from 9 on are read as far as the operators are supported. Dimensions that the file leaves open stay symbolic;
    /// initializers are constants, those too that are listed among the inputs. Weights in other files are read from the file's own
    /// folder and those in it, and from nowhere else.
    ///
    /// - Throws: `ModelFileError` that names the node, and what is wrong with it or not supported.
    public init(contentsOfONNX path: String) throws { try self.init(contentsOfONNX: path, known: [:]) }

    /// The graph of an ONNX file some of whose inputs are known beforehand.
    ///
    /// - Parameter known: tensors of inputs by name; those are constants then, which an operator may take its shapes from.
    package init(contentsOfONNX path: String, known: [String: Tensor]) throws {
        try self.init(
            FileBytes.read(path, limit: Self.largestFile), name: path, folder: Self.folder(of: path), known: known)
    }

    /// The graph of an ONNX file that stays open, so that large weights are read from it when a model packs them.
    package init(openingONNX path: String) throws {
        let weights = try WeightFile(path)
        try self.init(
            weights.bytes(limit: Self.largestFile), name: path, folder: Self.folder(of: path), known: [:],
            weights: weights)
    }

    private static func folder(of path: String) -> String {
        path.lastIndex(of: "/").map { String(path[...$0]) } ?? "./"
    }

    /// The graph of an ONNX file's bytes.
    ///
    /// - Parameter name: what errors call the file.
    public init(onnx bytes: [UInt8], name: String) throws {
        try self.init(bytes, name: name, folder: nil, known: [:])
    }

    private init(
        _ bytes: [UInt8], name: String, folder: String?, known: [String: Tensor], weights: WeightFile? = nil
    ) throws {
        do throws(Fault) {
            self = try GraphReader(ModelParts(bytes), folder: folder, known: known, weights: weights).graph()
        } catch {
            throw ModelFileError(name, error)
        }
    }

    /// Writes an ONNX file, opset 17; the same graph gives the same bytes.
    ///
    /// - Throws: `ModelFileError` where the graph has operators of training or running, or the file cannot be written; one that was
    ///   there is unchanged then.
    public func write(toONNX path: String) throws {
        let model: Onnx_ModelProto
        do { model = try GraphWriter.model(of: self) } catch { throw ModelFileError(path, error) }
        let weights = model.graph.initializer.reduce(0) { $0 + $1.rawData.count }
        guard weights < Self.largestFile - (1 << 24), let bytes: [UInt8] = try? model.serializedBytes() else {
            throw ModelFileError(path, "\(weights) bytes of weights, more than an ONNX file can hold")
        }
        try AtomicFile.write(bytes, to: path)
    }

    /// As much as protobuf allows.
    static let largestFile = 1 << 31 - 1
}

extension Model {
    /// The model of an ONNX file, ready to run.
    ///
    /// The file stays open as long as the model is there: a plan that needs weights in a form that no plan had reads them again.
    ///
    /// - Throws: `ModelFileError` that names the node, and what is wrong with it or not supported.
    public convenience init(contentsOf path: String, options: Options = Options()) throws {
        try self.init(Graph(openingONNX: path), options: options)
    }

    /// The model of an ONNX file's bytes, ready to run.
    ///
    /// - Parameter name: what errors call the file.
    public convenience init(onnx bytes: [UInt8], name: String, options: Options = Options()) throws {
        try self.init(Graph(onnx: bytes, name: name), options: options)
    }

    /// Writes the model's graph as an ONNX file.
    public func write(toONNX path: String) throws { try graph.write(toONNX: path) }
}
