import Engine

/// Recurrent operators and what feeds them.
extension OperatorNames {
    static let recurrent: [OperatorEntry] = [
        .named("Gather") { node throws(Fault) in
            let axis = try node.integer("axis") ?? 0
            guard axis >= 0 || node.opset >= 11 else {
                throw Fault("attribute 'axis' is \(axis); it may be negative since opset 11")
            }
            return Operators.Gather(axis: axis)
        } write: { (gather: Operators.Gather, node) in
            node.set("axis", gather.axis, default: 0)
        },

        .named("GRU", since: 7) { node throws(Fault) in
            let direction = try node.recurrence(activations: ["Sigmoid", "Tanh"])
            return Operators.GRU(direction: direction, resetsAfter: try node.flag("linear_before_reset") ?? false)
        } write: { (gru: Operators.GRU, node) throws(Fault) in
            try node.setRecurrence(gru.direction, outputs: 2)
            node.set("linear_before_reset", gru.resetsAfter, default: false)
        },

        .named("LSTM", since: 7) { node throws(Fault) in
            let direction = try node.recurrence(activations: ["Sigmoid", "Tanh", "Tanh"])
            guard try node.flag("input_forget") != true else {
                throw Fault("attribute 'input_forget' is 1; only 0 is supported")
            }
            return Operators.LSTM(direction: direction)
        } write: { (lstm: Operators.LSTM, node) throws(Fault) in
            try node.setRecurrence(lstm.direction, outputs: 3)
        },

        .internal("GRUGradient"),
        .internal("GatherGradient"),
        .internal("LSTMGradient"),
    ]
}

extension NodeReading {
    /// The attributes that recurrent operators share, of which only the usual values are supported.
    ///
    /// - Parameter activations: of one pass, in ONNX's order.
    fileprivate mutating func recurrence(activations: [String]) throws(Fault) -> RecurrentDirection {
        let name = try text("direction", oneOf: RecurrentDirection.allCases.map(\.rawValue))
        let direction = name.flatMap(RecurrentDirection.init) ?? .forward
        if let found = try texts("activations") {
            let usual = Array(repeating: activations, count: direction.count).flatMap(\.self)
            guard found.map({ $0.lowercased() }) == usual.map({ $0.lowercased() }) else {
                let texts = found.map(\.quoted).joined(separator: ", ")
                throw Fault("attribute 'activations' is \(texts); only \(usual.joined(separator: ", ")) is supported")
            }
        }
        for attribute in ["activation_alpha", "activation_beta"] {
            guard try floats(attribute)?.isEmpty ?? true else {
                throw Fault("attribute '\(attribute)' is not supported")
            }
        }
        guard try float("clip") == nil else { throw Fault("attribute 'clip' is not supported") }
        if let size = try integer("hidden_size"), types.count > 2, let weights = types[2]?.shape, weights.last != size {
            throw Fault("attribute 'hidden_size' is \(size) where R has shape \(weights)")
        }
        return direction
    }
}

extension NodeWriting {
    /// The attributes that recurrent operators share.
    fileprivate mutating func setRecurrence(_ direction: RecurrentDirection, outputs: Int) throws(Fault) {
        try require(node.outputs.count <= outputs, "with gates for a gradient, which are not written")
        if direction != .forward { set("direction", direction.rawValue) }
        if let units = types[2]?.shape.last { set("hidden_size", units) }
    }
}
