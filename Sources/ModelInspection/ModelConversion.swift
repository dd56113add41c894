public import Engine
internal import ModelFiles

/// A model's weights in another element type, from file to file.
public enum ModelConversion {
    /// The constants of one element type.
    public struct Kind: Sendable {
        /// Of each number.
        public let elementType: ElementType
        /// Their names, in the order in which the graph reads them.
        public let tensors: [String]
        /// Elements of all of them.
        public let numbers: Int
    }

    /// What a conversion gave.
    public struct Result: Sendable {
        /// The floats and narrow weights that the new file has.
        public let kinds: [Kind]
        /// Of the files; nil for a pipe or a device.
        public let byteCounts: (before: Int?, after: Int?)
    }

    /// Writes a model with weights of another type.
    ///
    /// - Throws: `ModelFileError` where a file is at fault.
    public static func convert(_ path: String, to output: String, weights type: ElementType) throws -> Result {
        let graph: Graph
        do { graph = try Graph(contentsOfONNX: path).keepingWeights(as: type) } catch let error as GraphError {
            throw ModelFileError(path, error.description)
        }
        let before = try FileBytes.count(of: path)
        try graph.write(toONNX: output)
        return Result(kinds: kinds(of: graph), byteCounts: (before, try FileBytes.count(of: output)))
    }

    private static func kinds(of graph: Graph) -> [Kind] {
        var seen: Set<Graph.Value> = []
        let read = graph.nodes.flatMap { $0.inputs.compactMap(\.self) }.filter {
            graph.constant($0) != nil && seen.insert($0).inserted
        }
        return Graph.weightTypes.compactMap { type in
            let values = read.filter { graph.type(of: $0).elementType == type }
            guard !values.isEmpty else { return nil }
            return Kind(
                elementType: type, tensors: values.map { graph.label(of: $0) },
                numbers: values.reduce(0) { $0 + graph.type(of: $1).shape.elementCount })
        }
    }
}
