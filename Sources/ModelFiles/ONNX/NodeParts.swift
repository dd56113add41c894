import Engine

/// ONNX nodes that take several of our operators: what an operator of ONNX can do beyond ours, said by others.
///
/// Each gives the values of the node's outputs; those that it leaves to the operator's own entry go through `whole`.
enum NodeParts {
    /// Reads a node of one operator by the operator's entry.
    typealias Whole = (inout NodeReading, inout Graph) throws(Fault) -> [Graph.Value]
    typealias Read = @Sendable (inout NodeReading, inout Graph, Whole) throws(Fault) -> [Graph.Value]

    /// By ONNX's name.
    static let all: [String: Read] = [
        "BatchNormalization": batchNormalization, "Dropout": dropout, "GRU": recurrent,
        "LSTM": recurrent, "LayerNormalization": layerNormalization,
        "SoftmaxCrossEntropyLoss": softmaxCrossEntropyLoss,
    ]

    /// In training mode: by the batch's mean and biased variance, which enter the running ones, as ONNX has it.
    @Sendable private static func batchNormalization(
        _ node: inout NodeReading, _ graph: inout Graph, _ whole: Whole
    ) throws(Fault) -> [Graph.Value] {
        guard node.opset >= 14, try node.flag("training_mode") ?? false else { return try whole(&node, &graph) }
        guard let x = node.inputs.first ?? nil, node.inputs.count == 5 else { throw Fault("5 inputs are needed") }
        let momentum = try node.float("momentum") ?? 0.9
        let axes = graph.type(of: x).shape.indices.filter { $0 != 1 }
        let (mean, variance) = try node.moments(of: x, axes, keepsDimensions: false, in: &graph)
        var made: [Graph.Value] = []
        for (old, batch, part) in [(node.inputs[3], mean, "mean"), (node.inputs[4], variance, "variance")] {
            let kept = try node.part(
                Operators.Mul(), [old, graph.addConstant(Tensor(momentum))], part + ".kept", &graph)
            let new = try node.part(
                Operators.Mul(), [batch, graph.addConstant(Tensor(1 - momentum))], part + ".new", &graph)
            made.append(try node.part(Operators.Add(), [kept, new], part + ".running", &graph))
        }
        node.inputs = Array(node.inputs.prefix(3)) + [mean, variance]
        return try whole(&node, &graph) + made
    }

    /// With a mask, of what inference keeps: everything.
    @Sendable private static func dropout(
        _ node: inout NodeReading, _ graph: inout Graph, _ whole: Whole
    ) throws(Fault) -> [Graph.Value] {
        let made = try whole(&node, &graph)
        // Before opset 10 the mask is of floats.
        guard node.usesOutput(1), node.opset >= 10, let x = node.inputs[0] else { return made }
        let shape = try node.part(Operators.ShapeOf(), [x], "shape", &graph)
        let all = Operators.ConstantOfShape(value: Tensor([true], shape: [1]))
        return try made + [node.part(all, [shape], "mask", &graph)]
    }

    /// With the mean and 1/√(variance + ε) of each row.
    @Sendable private static func layerNormalization(
        _ node: inout NodeReading, _ graph: inout Graph, _ whole: Whole
    ) throws(Fault) -> [Graph.Value] {
        guard node.usesOutput(1) || node.usesOutput(2), let x = node.inputs.first ?? nil else {
            return try whole(&node, &graph)
        }
        let operation = try node.layerNormalization(), shape = graph.type(of: x).shape
        let made = try node.part(operation, node.inputs, nil, &graph)
        let axes = Array(shape.indices[(shape.axis(operation.axis) ?? 0)...])
        let (mean, variance) = try node.moments(of: x, axes, keepsDimensions: true, in: &graph)
        let epsilon = graph.addConstant(Tensor(operation.epsilon)), one = graph.addConstant(Tensor(1))
        let sum = try node.part(Operators.Add(), [variance, epsilon], "variance.epsilon", &graph)
        let deviation = try node.part(Operators.Sqrt(), [sum], "deviation", &graph)
        return try [made, mean, node.part(Operators.Div(), [one, deviation], "inverse_deviation", &graph)]
    }

    /// The batch first (`layout` 1): turned around the operator.
    @Sendable private static func recurrent(
        _ node: inout NodeReading, _ graph: inout Graph, _ whole: Whole
    ) throws(Fault) -> [Graph.Value] {
        guard node.opset >= 14, try node.flag("layout") ?? false else { return try whole(&node, &graph) }
        // X, and the initial state.
        for index in [0, 5, 6] where node.has(index) {
            guard graph.type(ofInput: index, node).shape.rank == 3 else {
                throw Fault(
                    "input \(index) has shape \(graph.type(ofInput: index, node).shape); 3 dimensions are needed")
            }
            node.inputs[index] = try node.part(
                Operators.Transpose(order: [1, 0, 2]), [node.inputs[index]], "time_first_\(index)", &graph)
        }
        var made: [Graph.Value] = []
        for (index, value) in try whole(&node, &graph).enumerated() {
            // Y `[T, directions, N, D]`, and the last state `[directions, N, D]`.
            let order = index == 0 ? [2, 0, 1, 3] : [1, 0, 2]
            made.append(try node.part(Operators.Transpose(order: order), [value], "batch_first_\(index)", &graph))
        }
        return made
    }

    /// With weights, an ignored class, losses that are not joined by their mean, dimensions behind the classes, or the logarithms as output.
    @Sendable private static func softmaxCrossEntropyLoss(
        _ node: inout NodeReading, _ graph: inout Graph, _ whole: Whole
    ) throws(Fault) -> [Graph.Value] {
        let loss = try node.negativeLogLikelihood()
        let targets = node.types.count > 1 ? node.types[1] : nil
        let isPlain = node.types.first??.shape.rank == 2 && targets?.elementType == .i64 && !node.has(2)
        if isPlain, !node.usesOutput(1), loss == Operators.NegativeLogLikelihoodLoss() {
            return try whole(&node, &graph)
        }
        let logarithms = try node.part(
            Operators.LogSoftmax(axis: 1), Array(node.inputs.prefix(1)), "logarithms", &graph)
        return try [node.part(loss, [logarithms] + node.inputs.dropFirst(), "loss", &graph), logarithms]
    }
}

extension NodeReading {
    /// Applies one of the operators that the node is made of; without a name of its own the one that ONNX means.
    fileprivate func part(_ operation: any Operator, _ inputs: [Graph.Value?], _ part: String?, _ graph: inout Graph)
        throws(Fault) -> Graph.Value
    {
        let ownName = part.map { "\(name).\($0)" } ?? name
        do { return try graph.append(operation, inputs, name: name.isEmpty ? nil : ownName)[0] } catch {
            throw Fault(error.fault)
        }
    }

    /// Mean and biased variance along axes.
    fileprivate func moments(
        of x: Graph.Value, _ axes: [Int], keepsDimensions: Bool, in graph: inout Graph
    ) throws(Fault) -> (mean: Graph.Value, variance: Graph.Value) {
        let kept = try part(Operators.ReduceMean(axes: axes), [x], "mean", &graph)
        let distance = try part(Operators.Sub(), [x, kept], "distance", &graph)
        let square = try part(Operators.Mul(), [distance, distance], "square", &graph)
        let variance = try part(
            Operators.ReduceMean(axes: axes, keepsDimensions: keepsDimensions), [square], "variance", &graph)
        if keepsDimensions { return (kept, variance) }
        return (try part(Operators.Squeeze(axes: axes), [kept], "mean.squeezed", &graph), variance)
    }

    /// A normalization by its attributes.
    mutating func layerNormalization() throws(Fault) -> Operators.LayerNormalization {
        _ = try integer("stash_type")
        return Operators.LayerNormalization(axis: try integer("axis") ?? -1, epsilon: try float("epsilon") ?? 1e-5)
    }

    /// A loss of chosen classes by its attributes.
    mutating func negativeLogLikelihood() throws(Fault) -> Operators.NegativeLogLikelihoodLoss {
        let reductions = Operators.NegativeLogLikelihoodLoss.Reduction.allCases
        let reduction = try text("reduction", oneOf: reductions.map(\.rawValue))
        return Operators.NegativeLogLikelihoodLoss(
            reduction: reductions.first { $0.rawValue == reduction } ?? .mean, ignored: try integer("ignore_index"))
    }
}

extension Graph {
    fileprivate func type(ofInput index: Int, _ node: NodeReading) -> TensorType {
        guard let value = node.inputs[index] else { preconditionFailure("input \(index) is left out") }
        return type(of: value)
    }
}
