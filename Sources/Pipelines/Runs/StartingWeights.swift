import Engine
import FoundationEssentials
import ModelFiles
package import NeuralNetworks

/// The weights of a finished model as the start of another training.
///
/// They go by the names that the layers give them, and must have the network's shapes. A last layer of other classes is left as it
/// starts by itself.
package struct StartingWeights: Sendable {
    /// The path of the model.
    package let path: String
    /// What its application keeps with the model.
    package let metadata: [String: String]
    private let tensors: [String: Tensor]

    /// What a run says of them.
    package var point: StartingPoint {
        // FNV-1a of 64 bits (Fowler, Noll, Vo 1991).
        var sum: UInt64 = 0xCBF2_9CE4_8422_2325
        for (name, tensor) in tensors.sorted(by: { $0.key < $1.key }) {
            for byte in Array("\(name) \(tensor.type)\n".utf8) + tensor.bytes {
                sum = (sum ^ UInt64(byte)) &* 0x100_0000_01B3
            }
        }
        let digits = String(sum, radix: 16)
        return StartingPoint(model: path, weights: String(repeating: "0", count: 16 - digits.count) + digits)
    }

    /// The weights of an ONNX file, or of the model in a run's folder.
    ///
    /// - Throws: `ModelFileError` where there is none, or it cannot be read.
    package init(contentsOf path: String) throws {
        let inRun = path + "/model.onnx"
        self.path = FileManager.default.fileExists(atPath: inRun) ? inRun : path
        let graph = try Graph(contentsOfONNX: self.path)
        metadata = graph.metadata
        // Weights in fewer bits are learned from as the floats that they stand for.
        tensors = Self.weights(of: try graph.keepingWeights(as: .f32))
    }

    /// The weights that a run started from.
    ///
    /// - Throws: `ModelFileError` where they cannot be read; `RunError` where they are others by now.
    package init(_ point: StartingPoint) throws {
        try self.init(contentsOf: point.model)
        guard self.point.weights == point.weights else {
            throw RunError(
                path, "its weights are \(self.point.weights) where the run started from \(point.weights)",
                remedy: "it takes the model as it was, or another run")
        }
    }

    /// Gives the weights to a training that has not begun.
    ///
    /// - Parameter hasSameClasses: whether the last layer tells the same things apart; if not, it stays as it is.
    /// - Returns: the name of the layer that is new; nil where none is.
    /// - Throws: `RunError` that names the tensor which one of the two lacks, or has in another shape, and both shapes.
    package func start(_ training: inout Training, hasSameClasses: Bool) throws -> String? {
        let network = try training.graph()
        let last = hasSameClasses ? nil : network.nodes.last { !Self.constants(of: $0, in: network).isEmpty }
        let new = Set(last.map { Self.constants(of: $0, in: network).map(\.name) } ?? [])
        var state = training.state
        let wanted = Self.weights(of: network)
        for (name, tensor) in wanted.sorted(by: { $0.key < $1.key }) where !new.contains(name) {
            guard let own = tensors[name] else {
                throw RunError(path, "it has no tensor \(name.quoted), which is \(tensor.type) in the recipe's network")
            }
            guard own.type == tensor.type else {
                throw RunError(
                    path, "its tensor \(name.quoted) is \(own.type) where the recipe's network has \(tensor.type)")
            }
            for name in [name, name + ".average"] where state.tensors[name] != nil { state.tensors[name] = own }
        }
        if let name = tensors.keys.filter({ wanted[$0] == nil }).min(), let tensor = tensors[name] {
            throw RunError(path, "its tensor \(name.quoted), \(tensor.type), has no place in the recipe's network")
        }
        try training.restore(state)
        return last?.name
    }

    private static func weights(of graph: Graph) -> [String: Tensor] {
        let all = graph.nodes.flatMap { constants(of: $0, in: graph) }
        return Dictionary(all.map { ($0.name, $0.tensor) }) { first, _ in first }
    }

    /// A node's weights: its constants of floats that are no single numbers.
    private static func constants(of node: Graph.Node, in graph: Graph) -> [(name: String, tensor: Tensor)] {
        node.inputs.compactMap { $0 }.compactMap { value in
            guard let tensor = graph.constant(value), tensor.elementType == .f32, tensor.shape.rank > 0 else {
                return nil
            }
            return (graph[value].name, tensor)
        }
    }
}
