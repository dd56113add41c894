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
    /// Bytes of all constants.
    public let parameterBytes: Int
    /// Of one run with every symbolic dimension at 1.
    public let multiplyAdds: Int
    /// By key.
    public let metadata: [(key: String, value: String)]

    /// Summarises a graph.
    ///
    /// - Throws: `GraphError` where an operator refuses the sizes.
    public init(of graph: Graph) throws(GraphError) {
        inputs = graph.inputs.map {
            Port(
                name: graph[$0.value].name, elementType: graph.type(of: $0.value).elementType,
                dimensions: $0.dimensions.map(\.description))
        }
        outputs = try Self.outputs(of: graph)
        operators = Dictionary(grouping: graph.nodes, by: \.operation.name).map { ($0.key, $0.value.count) }
            .sorted { ($1.count, $0.name) < ($0.count, $1.name) }
        let used = Set(graph.nodes.flatMap { $0.inputs.compactMap { $0 } })
        let constants = used.compactMap(graph.constant)
        parameters = constants.filter { $0.elementType != .i64 }.reduce(0) { $0 + $1.shape.elementCount }
        parameterBytes = constants.reduce(0) { $0 + $1.type.byteCount }
        multiplyAdds = graph.multiplyAdds
        metadata = graph.metadata.sorted { $0.key < $1.key }.map { ($0.key, $0.value) }
    }

    /// The outputs' dimensions; what changes with a symbol has its name, with the factor where it is not 1.
    private static func outputs(of graph: Graph) throws(GraphError) -> [Port] {
        let symbols = graph.inputs.flatMap(\.dimensions).compactMap {
            if case .symbol(let name) = $0 { name } else { nil }
        }
        var names = graph.outputs.map { graph.type(of: $0.value).shape.map(String.init) }
        for symbol in Set(symbols).sorted() {
            var types: [String: TensorType] = [:]
            for input in graph.inputs {
                let type = graph.type(of: input.value)
                let shape = zip(input.dimensions, type.shape).map { $0 == .symbol(symbol) ? $1 * 2 : $1 }
                types[graph[input.value].name] = (try? Shape(checking: shape)).map { TensorType(type.elementType, $0) }
            }
            // A symbol that an operator ties to a size cannot be doubled, nor one of a huge input; its dimensions are shown as they are.
            guard let doubled = try? graph.bound(to: types) else { continue }
            for (index, output) in graph.outputs.enumerated() {
                let before = graph.type(of: output.value).shape
                let after = doubled.type(of: doubled.outputs[index].value).shape
                for axis in before.indices where axis < after.rank && after[axis] != before[axis] {
                    names[index][axis] = before[axis] == 1 ? symbol : "\(before[axis])·\(symbol)"
                }
            }
        }
        return zip(graph.outputs, names).map {
            Port(name: $0.name, elementType: graph.type(of: $0.value).elementType, dimensions: $1)
        }
    }
}

extension ModelSummary.Port: CustomStringConvertible {
    public var description: String { "\(name)  \(elementType.rawValue) [\(dimensions.joined(separator: ", "))]" }
}
