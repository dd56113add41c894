import Engine

/// An ONNX node while it is written; attributes that have their default are left out.
struct NodeWriting {
    /// The opset that is written.
    static let opset = 17

    /// The node in the graph.
    let node: Graph.Node
    /// The types of its inputs.
    let types: [TensorType?]
    /// The node as it will stand in the file, whose operator, inputs and outputs are there already.
    var proto: Onnx_NodeProto
    /// Tensors that ONNX takes as inputs where we have attributes, to be added under the node's name.
    private(set) var extraInputs: [(suffix: String, tensor: Tensor)] = []

    init(_ node: Graph.Node, types: [TensorType?], proto: Onnx_NodeProto) {
        self.node = node
        self.types = types
        self.proto = proto
    }

    private mutating func append(
        _ name: String, _ type: Onnx_AttributeProto.AttributeType, _ set: (inout Onnx_AttributeProto) -> Void
    ) {
        var attribute = Onnx_AttributeProto()
        attribute.name = name
        attribute.type = type
        set(&attribute)
        proto.attribute.append(attribute)
    }

    mutating func set(_ name: String, _ value: Int, default usual: Int? = nil) {
        if value != usual { append(name, .int) { $0.i = Int64(value) } }
    }
    mutating func set(_ name: String, _ value: Bool, default usual: Bool) {
        if value != usual { append(name, .int) { $0.i = value ? 1 : 0 } }
    }
    mutating func set(_ name: String, _ value: Float, default usual: Float? = nil) {
        if value != usual { append(name, .float) { $0.f = value } }
    }
    mutating func set(_ name: String, _ values: [Int], default usual: [Int]? = nil) {
        if values != usual { append(name, .ints) { $0.ints = values.map(Int64.init) } }
    }
    mutating func set(_ name: String, _ text: String) { append(name, .string) { $0.s.append(contentsOf: text.utf8) } }

    mutating func set(_ name: String, _ tensor: Tensor) {
        append(name, .tensor) { $0.t = Onnx_TensorProto(tensor, name: "") }
    }
    /// Writes a number for each direction; of a line for the one that it has.
    mutating func set(_ name: String, _ pair: SpatialWindow.Pair, default usual: Int? = nil) {
        let values = isLine ? [pair.horizontal] : [pair.vertical, pair.horizontal]
        set(name, values, default: usual.map { usual in values.map { _ in usual } })
    }
    /// Whether the node works on lines `[N, C, W]`.
    var isLine: Bool { types.first??.shape.rank == 3 }

    /// Adds an input that is known beforehand.
    mutating func addInput(_ suffix: String, _ tensor: Tensor) { extraInputs.append((suffix, tensor)) }

    /// - Throws: `Fault` where what ONNX cannot say is asked for.
    func require(_ condition: Bool, _ fault: @autoclosure () -> String) throws(Fault) {
        guard condition else { throw Fault(fault()) }
    }

    /// Refuses what only passes make: fused activations, further inputs, images stored channels last.
    func requireVisible(
        _ activation: FusedActivation = .identity, _ layout: ImageLayout = .channelsFirst, inputs: Int = .max
    )
        throws(Fault)
    {
        try require(
            activation == .identity && layout == .channelsFirst && node.inputs.count <= inputs,
            "made by a pass for running, and has no form in a file; write the graph that the passes were given")
    }
}
