/// A part of a network: a value that says what it adds to a graph.
public protocol Layer: Sendable {
    /// What its weights' names begin with, before its number; `convolution` for a convolution.
    var kind: String { get }

    /// Adds the layer's operators behind `x`.
    ///
    /// - Throws: `GraphError` where `x` has a shape that the layer cannot take.
    func append(to network: inout NetworkBuilder, _ x: Graph.Value) throws(GraphError) -> Graph.Value
}

/// A graph in the making from layers: names, weights, and what differs between training and inference.
///
/// Weights are states of the graph in training and constants in inference. Their names are the path of the layers that hold them
/// (`residual_2.sequential_1.convolution_1.weight`), the same in both.
public struct NetworkBuilder: Sendable {
    /// What the graph is for.
    enum Mode: Sendable {
        /// Weights start from the seed.
        case training(seed: UInt64, position: Graph.Value)
        /// Weights are given.
        case inference(weights: [String: Tensor])
    }

    /// As far as it is made.
    public internal(set) var graph: Graph
    let mode: Mode
    /// The weights that a loss is to improve, in order.
    private(set) var parameters: [(name: String, value: Graph.Value)] = []
    /// The lengths of the sequences, i32 `[batch]`; nil where all are whole.
    public internal(set) var lengths: Graph.Value?
    /// In training, f32 `[batch, 1]`: 1 where a sequence goes on from the batch before, 0 where a new one begins; nil where none goes on.
    var continues: Graph.Value?
    /// States of sequences that go on, with what they become.
    private(set) var carriedStates: [(name: String, begin: Graph.Value?, end: Graph.Value)] = []
    /// States that follow the batches, with what they become.
    private(set) var statistics: [(name: String, value: Graph.Value, updated: Graph.Value)] = []
    /// What the finished network gives beside what its last layer gives.
    private(set) var sideOutputs: [(name: String, value: Graph.Value)] = []
    private var path: [String] = []
    private var counts: [String: Int] = [:]
    private var dropouts: UInt32 = 0

    init(_ graph: Graph, mode: Mode) {
        self.graph = graph
        self.mode = mode
    }

    /// Goes on with a graph for inference, whose further layers have these weights.
    package init(_ graph: Graph, weights: [String: Tensor]) { self.init(graph, mode: .inference(weights: weights)) }

    /// Whether the graph is for training.
    public var isTraining: Bool { if case .training = mode { true } else { false } }

    /// Adds a layer, under a name of its own.
    public mutating func append(_ layer: any Layer, _ x: Graph.Value) throws(GraphError) -> Graph.Value {
        let key = (path + [layer.kind]).joined(separator: ".")
        counts[key, default: 0] += 1
        path.append("\(layer.kind)_\(counts[key, default: 1])")
        defer { path.removeLast() }
        return try layer.append(to: &self, x)
    }

    /// What errors call the layer at hand: its path.
    public var layerName: String { path.isEmpty ? "the network" : path.joined(separator: ".") }

    /// The name of something of the layer at hand.
    public func name(_ what: String) -> String { (path + [what]).joined(separator: ".") }

    /// Applies an operator under the layer's name.
    public mutating func apply(_ operation: any Operator, _ inputs: [Graph.Value?], name: String? = nil)
        throws(GraphError) -> [Graph.Value]
    {
        try graph.append(operation, inputs, name: name ?? (path.isEmpty ? nil : path.joined(separator: ".")))
    }

    /// A weight of the layer at hand.
    ///
    /// - Throws: `GraphError` in inference, where the weights lack it or have another shape.
    public mutating func parameter(_ what: String, _ shape: Shape, _ initializer: Initializer) throws(GraphError)
        -> Graph.Value
    {
        let name = name(what)
        switch mode {
        case .training(let seed, _):
            let value = graph.addState(initializer.tensor(shape, seed: seed, name: name), name: name)
            parameters.append((name, value))
            return value
        case .inference(let weights):
            return graph.addConstant(try given(name, shape, weights), name: name)
        }
    }

    /// Something that a layer learns by watching the batches, such as a running mean.
    mutating func statistic(_ what: String, _ shape: Shape, _ initializer: Initializer) throws(GraphError)
        -> Graph.Value
    {
        let name = name(what)
        switch mode {
        case .training(let seed, _):
            return graph.addState(initializer.tensor(shape, seed: seed, name: name), name: name)
        case .inference(let weights): return graph.addConstant(try given(name, shape, weights), name: name)
        }
    }

    /// Says what a statistic becomes after each batch.
    mutating func update(_ statistic: Graph.Value, to updated: Graph.Value) {
        statistics.append((graph[statistic].name, statistic, updated))
    }

    /// Makes a value an output of the finished network, beside what its last layer gives.
    public mutating func addOutput(_ name: String, _ value: Graph.Value) { sideOutputs.append((name, value)) }

    /// What a state of the layer at hand, `[passes, batch, units]`, begins with: in training what the batch before left, or zeros for a new
    /// sequence, and in inference what the caller gives; nil where each batch begins anew.
    mutating func carried(_ what: String, _ passes: Int, _ units: Int) throws(GraphError) -> Graph.Value? {
        let name = name(what)
        switch mode {
        case .training:
            guard let continues else { return nil }
            let rows = graph.type(of: continues).shape[0]
            let state = graph.addState(Tensor(zeros: [passes, rows, units]), name: name)
            carriedStates.append((name, state, state))
            return try apply(Operators.Mul(), [state, continues], name: "\(name).begin")[0]
        case .inference:
            return graph.addInput(
                name, dimensions: [.fixed(passes), .symbol("batch"), .fixed(units)])
        }
    }

    /// Says what a carried state becomes.
    mutating func carry(_ what: String, to end: Graph.Value) {
        let name = name(what)
        if let place = carriedStates.firstIndex(where: { $0.name == name }) {
            carriedStates[place].end = end
        } else if !isTraining {
            carriedStates.append((name, nil, end))
        }
    }

    /// The same elements in another shape: 0 keeps a dimension.
    mutating func reshape(_ x: Graph.Value, _ shape: [Int]) throws(GraphError) -> Graph.Value {
        let wanted = graph.addConstant(Tensor(shape.map(Int64.init), shape: [shape.count]))
        return try apply(Operators.Reshape(), [x, wanted])[0]
    }

    /// The seed-and-step input and a number of its own for a dropout; nil in inference.
    mutating func dropoutSource() -> (position: Graph.Value, stream: UInt32)? {
        guard case .training(_, let position) = mode else { return nil }
        dropouts += 1
        return (position, dropouts)
    }

    private func given(_ name: String, _ shape: Shape, _ weights: [String: Tensor]) throws(GraphError) -> Tensor {
        guard let tensor = weights[name] else { throw GraphError(fault: "there is no weight '\(name)'") }
        guard tensor.type == TensorType(.f32, shape) else {
            throw GraphError(fault: "the weight '\(name)' is \(tensor.type) where the network has \(shape)")
        }
        return tensor
    }
}
