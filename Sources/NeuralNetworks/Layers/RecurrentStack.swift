/// What a recurrent layer gives.
public enum RecurrentOutput: Hashable, Sendable {
    /// The hidden state at each step, `[N, T, D·H]`.
    case each
    /// The hidden state at each sequence's end, `[N, D·H]`.
    case last
}

/// What becomes 0 in the training of a recurrent layer, at random.
public struct RecurrentDropout: Hashable, Sendable, ExpressibleByFloatLiteral {
    /// The share of numbers between layers.
    public var outputs: Float
    /// Whether those are the same at each step of a sequence: variational dropout (Gal, Ghahramani 2016, "A Theoretically Grounded Application of
    /// Dropout in Recurrent Neural Networks").
    public var isVariational: Bool
    /// The share of recurrent weights, for a step of the training each (Merity, Keskar, Socher 2018, "Regularizing and Optimizing LSTM Language
    /// Models", section 2).
    public var recurrentWeights: Float

    /// Shares at least 0 and below 1.
    public init(_ outputs: Float, isVariational: Bool = false, recurrentWeights: Float = 0) {
        self.outputs = outputs
        self.isVariational = isVariational
        self.recurrentWeights = recurrentWeights
    }

    public init(floatLiteral value: Float) { self.init(value) }
}

/// What `LSTM` and `GRU` have in common: levels one on the other, dropout between them, state that goes on, lengths.
protocol RecurrentLayer: Layer {
    var units: Int { get }
    var levels: Int { get }
    var isBidirectional: Bool { get }
    var dropout: RecurrentDropout { get }
    var output: RecurrentOutput { get }
    var carriesState: Bool { get }

    /// How many blocks of `units` rows the weights have.
    var gates: Int { get }
    /// The states' names; the first is the hidden state.
    var states: [String] { get }
    /// How the biases start; nil as the weights do.
    var bias: Initializer? { get }
    func operation(_ direction: RecurrentDirection) -> any Operator
}

extension RecurrentLayer {
    var bias: Initializer? { nil }

    public func append(to network: inout NetworkBuilder, _ x: Graph.Value) throws(GraphError) -> Graph.Value {
        let type = network.graph.type(of: x)
        guard type.shape.rank == 3, type.elementType == .f32 else {
            throw GraphError(fault: "\(network.layerName) takes sequences [N, T, in] of floats, not \(type)")
        }
        guard units >= 1, levels >= 1 else {
            throw GraphError(
                fault: "\(network.layerName) has \(levels) layers of \(units) units; both must be at least 1")
        }
        guard !(isBidirectional && carriesState) else {
            throw GraphError(
                fault: "\(network.layerName) goes in both directions and carries its state; it can do one of them")
        }
        let direction = isBidirectional ? RecurrentDirection.bidirectional : .forward
        let passes = direction.count
        // Steps outside, as ONNX has it.
        var value = try network.apply(Operators.Transpose(order: [1, 0, 2]), [x])[0]
        var final = value
        for level in 1...levels {
            if level > 1 {
                value = try network.append(
                    Dropout(dropout.outputs, sharedAxis: dropout.isVariational ? 0 : nil), value)
            }
            let inputs = network.graph.type(of: value).shape[2]
            let start = Initializer.uniform(limit: 1 / Float(units).squareRoot())
            let w = try network.parameter("weight_\(level)", [passes, gates * units, inputs], start)
            let r = try network.parameter("recurrent_weight_\(level)", [passes, gates * units, units], start)
            let b = try network.parameter("bias_\(level)", [passes, 2 * gates * units], bias ?? start)
            var begins: [Graph.Value?] = []
            for state in states {
                begins.append(carriesState ? try network.carried("\(state)_\(level)", passes, units) : nil)
            }
            let kept = try network.append(Dropout(dropout.recurrentWeights), r)
            let made = try network.apply(operation(direction), [value, w, kept, b, network.lengths] + begins)
            if carriesState {
                for (index, state) in states.enumerated() { network.carry("\(state)_\(level)", to: made[1 + index]) }
            }
            final = made[1]
            // [T, D, N, H] with the directions beside each other.
            let side = try network.apply(Operators.Transpose(order: [0, 2, 1, 3]), [made[0]])[0]
            value = try network.reshape(side, [0, 0, passes * units])
        }
        switch output {
        case .each: return try network.apply(Operators.Transpose(order: [1, 0, 2]), [value])[0]
        case .last:
            let side = try network.apply(Operators.Transpose(order: [1, 0, 2]), [final])[0]
            return try network.reshape(side, [0, passes * units])
        }
    }
}
