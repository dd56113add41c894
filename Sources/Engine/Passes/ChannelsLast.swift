extension Pass {
    /// Lets images lie channels last (N, H, W, C) between the operators that work on them, with transposes at the border.
    package static let channelsLast = Pass(name: "layout") { graph throws(GraphError) in
        var pass = ChannelsLastPass(graph)
        for node in graph.nodes { try pass.carry(node) }
        return try pass.finish()
    }
}

private struct ChannelsLastPass: ~Copyable {
    private var rewriting: GraphRewriting
    /// Values of the source as they lie channels last in the target.
    private var turned: [Graph.Value: Graph.Value] = [:]
    /// Values of the source that lie as the graph shows them in the target, too.
    private var plain: Set<Graph.Value>
    private let graph: Graph

    init(_ graph: Graph) {
        self.graph = graph
        rewriting = GraphRewriting(graph)
        plain = Set(
            graph.entries.indices.map(Graph.Value.init).filter {
                if case .node = graph[$0].origin { false } else { true }
            })
    }

    mutating func carry(_ node: Graph.Node) throws(GraphError) {
        switch node.operation.channelsLast {
        case .becomes(let operation, let images) where isImage(node.inputs.first ?? nil):
            var inputs: [Graph.Value?] = []
            for (index, input) in node.inputs.enumerated() {
                guard let input else {
                    inputs.append(nil)
                    continue
                }
                inputs.append(images.contains(index) ? try channelsLast(input) : try channelsFirst(input))
            }
            try append(node, operation, inputs, turnsFirst: true)
        case .follows(let operation) where isFollower(node):
            var inputs: [Graph.Value?] = []
            for input in node.inputs {
                inputs.append(
                    try input.map { value throws(GraphError) in
                        isImage(value) ? try channelsLast(value) : try channelsFirst(value)
                    })
            }
            try append(node, operation, inputs, turnsFirst: true)
        case .indifferent
        where isFollower(node):
            var inputs: [Graph.Value?] = []
            for input in node.inputs { inputs.append(try input.map { value throws(GraphError) in try operand(value) }) }
            try append(node, node.operation, inputs, turnsFirst: true)
        default:
            var inputs: [Graph.Value?] = []
            for input in node.inputs {
                inputs.append(try input.map { value throws(GraphError) in try channelsFirst(value) })
            }
            try append(node, node.operation, inputs, turnsFirst: false)
        }
    }

    consuming func finish() throws(GraphError) -> Graph {
        for output in graph.outputs { _ = try channelsFirst(output.value) }
        for update in graph.updates { _ = try channelsFirst(update.value) }
        return rewriting.finish()
    }

    /// Whether an input lies channels last, and the output is an image.
    private func isFollower(_ node: Graph.Node) -> Bool {
        node.inputs.contains { $0.map { turned[$0] != nil } ?? false } && isImage(node.outputs[0])
    }

    private func isImage(_ value: Graph.Value?) -> Bool { value.map { graph.type(of: $0).shape.rank == 4 } ?? false }

    private mutating func append(
        _ node: Graph.Node, _ operation: any Operator, _ inputs: [Graph.Value?], turnsFirst: Bool
    ) throws(GraphError) {
        let made = try rewriting.target.append(
            operation, inputs, name: node.name, outputNames: node.outputs.map { graph[$0].name })
        for (index, (old, new)) in zip(node.outputs, made).enumerated() {
            if index == 0, turnsFirst {
                turned[old] = new
            } else {
                rewriting[old] = new
                plain.insert(old)
            }
        }
    }

    /// A value as it lies channels last.
    private mutating func channelsLast(_ value: Graph.Value) throws(GraphError) -> Graph.Value {
        if let known = turned[value] { return known }
        let made = try rewriting.target.append(
            Operators.Transpose(order: [0, 2, 3, 1]), [rewriting[value]],
            name: "\(graph.label(of: value)).channels_last")[0]
        turned[value] = made
        return made
    }

    /// A value as the graph shows it.
    private mutating func channelsFirst(_ value: Graph.Value) throws(GraphError) -> Graph.Value {
        if !plain.contains(value), let last = turned[value] {
            rewriting[value] = try rewriting.target.append(
                Operators.Transpose(order: [0, 3, 1, 2]), [last], name: "\(graph.label(of: value)).channels_first")[0]
            plain.insert(value)
        }
        return rewriting[value]
    }

    /// An operand of an elementwise operator on images that lie channels last: images turned, what has fewer dimensions made to fit.
    private mutating func operand(_ value: Graph.Value) throws(GraphError) -> Graph.Value {
        let shape = graph.type(of: value).shape
        if shape.rank == 4 { return try channelsLast(value) }
        let plain = try channelsFirst(value)
        if shape.elementCount == 1 { return plain }
        let name = graph.label(of: value)
        let padded = Shape(Array(repeating: 1, count: 4 - shape.rank) + Array(shape))
        let image = try rewriting.target.append(Operators.Reshaped(shape: padded), [plain], name: "\(name).padded")[0]
        return try rewriting.target.append(
            Operators.Transpose(order: [0, 2, 3, 1]), [image], name: "\(name).channels_last")[0]
    }
}
