public import Engine

/// What a model is, for people and scripts: inputs, outputs, operators, parameters, multiply-adds, metadata.
public struct ModelSummary: Sendable {
    /// An input or output.
    public struct Port: Sendable {
        /// As the graph has it.
        public let name: String
        /// Of each element.
        public let elementType: ElementType
        /// Numbers, and names for what is known only when the model is run.
        public let dimensions: [String]
    }

    /// In the graph's order.
    public let inputs: [Port]
    /// In the graph's order.
    public let outputs: [Port]
    /// How often each operator occurs, by name.
    public let operators: [(name: String, count: Int)]
    /// Numbers that were learned.
    public let parameters: Int
    /// How many of them each element type has.
    public let parameterTypes: [(elementType: ElementType, count: Int)]
    /// Bytes of all constants.
    public let parameterBytes: Int
    /// Of one run with the symbolic dimensions at `sizes`.
    public let multiplyAdds: Int
    /// What the graph has its symbolic dimensions at: 1 where its operators agree with that.
    public let sizes: [(symbol: String, size: Int)]
    /// By key.
    public let metadata: [(key: String, value: String)]

    /// Summarises a graph.
    public init(of graph: Graph) {
        inputs = graph.inputs.map {
            Port(
                name: graph[$0.value].name, elementType: graph.type(of: $0.value).elementType,
                dimensions: $0.dimensions.map(\.description))
        }
        let dimensions = OutputDimensions(of: graph)
        outputs = zip(graph.outputs, dimensions.texts()).map {
            Port(name: $0.name, elementType: graph.type(of: $0.value).elementType, dimensions: $1)
        }
        sizes = dimensions.sizes
        operators = Dictionary(grouping: graph.nodes, by: \.operation.name).map { ($0.key, $0.value.count) }
            .sorted { ($1.count, $0.name) < ($0.count, $1.name) }
        let used = Set(graph.nodes.flatMap { $0.inputs.compactMap { $0 } })
        let constants = used.compactMap(graph.constant)
        parameterTypes = ElementType.allCases.filter { $0 != .i64 }.compactMap { type in
            let count = constants.filter { $0.elementType == type }.reduce(0) { $0 + $1.shape.elementCount }
            return count > 0 ? (type, count) : nil
        }
        parameters = parameterTypes.reduce(0) { $0 + $1.count }
        parameterBytes = constants.reduce(0) { $0 + $1.type.byteCount }
        multiplyAdds = graph.multiplyAdds
        metadata = graph.metadata.sorted { $0.key < $1.key }.map { ($0.key, $0.value) }
    }
}

extension ModelSummary.Port: CustomStringConvertible {
    public var description: String { "\(name)  \(elementType.rawValue) [\(dimensions.joined(separator: ", "))]" }
}
