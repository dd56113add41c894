/// A graph in the making from another one: what every pass is written with.
///
/// Inputs are carried over at once, constants and states where they are first used, nodes by the pass.
package struct GraphRewriting: ~Copyable {
    package let source: Graph
    package var target = Graph()
    private var map: [Graph.Value?]

    /// - Parameter inputTypes: the inputs' types in the new graph.
    init(_ source: Graph, inputTypes: [TensorType]? = nil) {
        self.source = source
        map = Array(repeating: nil, count: source.entries.count)
        target.metadata = source.metadata
        for (index, input) in source.inputs.enumerated() {
            let type = inputTypes?[index] ?? source.type(of: input.value)
            map[input.value.index] = target.addInput(source[input.value].name, type, dimensions: input.dimensions)
        }
    }

    /// The new value that stands for one of the source.
    package subscript(value: Graph.Value) -> Graph.Value {
        mutating get {
            if let known = map[value.index] { return known }
            let entry = source[value]
            let made =
                switch entry.origin {
                case .constant(let tensor): target.addConstant(tensor, name: entry.name)
                case .stored(let tensor): target.addConstant(tensor, name: entry.name)
                case .narrow(let weights): target.addConstant(weights, name: entry.name)
                case .state(let tensor): target.addState(tensor, name: entry.name)
                case .input, .node: preconditionFailure("value '\(source.label(of: value))' is used before it is made")
                }
            map[value.index] = made
            return made
        }
        set { map[value.index] = newValue }
    }

    /// The new values that stand for a node's inputs.
    package mutating func inputs(of node: Graph.Node) -> [Graph.Value?] {
        var inputs: [Graph.Value?] = []
        for input in node.inputs {
            if let input { inputs.append(self[input]) } else { inputs.append(nil) }
        }
        return inputs
    }

    /// Carries a node over, with another operator or other inputs where given.
    package mutating func keep(_ node: Graph.Node, as operation: (any Operator)? = nil, inputs: [Graph.Value?]? = nil)
        throws(GraphError)
    {
        let operands = inputs ?? self.inputs(of: node)
        let made = try target.append(
            operation ?? node.operation, operands, name: node.name, outputNames: node.outputs.map { source[$0].name })
        for (old, new) in zip(node.outputs, made) { map[old.index] = new }
    }

    /// The new graph, with the source's outputs and updates.
    package consuming func finish() -> Graph {
        for output in source.outputs { target.addOutput(output.name, self[output.value]) }
        for update in source.updates { target.addUpdate(of: self[update.state], to: self[update.value]) }
        return target
    }
}

extension Graph {
    /// The graph with each node carried over by `visit`.
    package func rewritten(
        inputTypes: [TensorType]? = nil,
        _ visit: (Int, Node, inout GraphRewriting) throws(GraphError) -> Void
    ) throws(GraphError) -> Graph {
        var rewriting = GraphRewriting(self, inputTypes: inputTypes)
        for (index, node) in nodes.enumerated() { try visit(index, node, &rewriting) }
        return rewriting.finish()
    }

    /// The same graph for inputs of other sizes.
    ///
    /// - Throws: `GraphError` where an input is missing, has another element type or rank, a fixed dimension differs, one symbol would have two
    ///   values, or an operator refuses the sizes.
    public func bound(to types: [String: TensorType]) throws(GraphError) -> Graph {
        var symbols: [String: Int] = [:]
        var bound: [TensorType] = []
        for input in inputs {
            let name = self[input.value].name
            guard let type = types[name] else {
                let names = inputs.map { "'\(self[$0.value].name)'" }.joined(separator: ", ")
                throw GraphError(fault: "input '\(name)' is missing; the inputs are \(names)")
            }
            let expected = self.type(of: input.value).elementType
            guard type.elementType == expected else {
                throw GraphError(
                    fault:
                        "input '\(name)' has elements \(type.elementType.rawValue) where the model takes \(expected.rawValue)"
                )
            }
            let declared = "[" + input.dimensions.map(\.description).joined(separator: ", ") + "]"
            guard type.shape.rank == input.dimensions.count else {
                throw GraphError(fault: "input '\(name)' has shape \(type.shape) where the model takes \(declared)")
            }
            for (dimension, size) in zip(input.dimensions, type.shape) {
                switch dimension {
                case .fixed(let fixed) where fixed != size:
                    throw GraphError(fault: "input '\(name)' has shape \(type.shape) where the model takes \(declared)")
                case .symbol(let symbol):
                    if let known = symbols[symbol], known != size {
                        throw GraphError(
                            fault: "input '\(name)' has shape \(type.shape) where '\(symbol)' is \(known) already")
                    }
                    symbols[symbol] = size
                case .fixed: break
                }
            }
            bound.append(type)
        }
        for name in types.keys.sorted() where !inputs.contains(where: { self[$0.value].name == name }) {
            let names = inputs.map { "'\(self[$0.value].name)'" }.joined(separator: ", ")
            throw GraphError(fault: "there is no input '\(name)'; the inputs are \(names)")
        }
        if inputs.indices.allSatisfy({ bound[$0] == type(of: inputs[$0].value) }) { return self }
        return try rewritten(inputTypes: bound) { _, node, rewriting throws(GraphError) in try rewriting.keep(node) }
    }
}
