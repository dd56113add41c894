import Engine

extension Graph {
    /// The graph with the operators that ONNX has since a later opset than is written said by others.
    func spelledOut() throws(GraphError) -> Graph {
        guard nodes.contains(where: { $0.operation is Operators.Gelu || $0.operation is Operators.GroupNormalization })
        else { return self }
        return try rewritten { _, node, rewriting throws(GraphError) in
            switch node.operation {
            case let gelu as Operators.Gelu: try rewriting.spellOut(gelu, node)
            case let normalization as Operators.GroupNormalization: try rewriting.spellOut(normalization, node)
            default: try rewriting.keep(node)
            }
        }
    }
}

extension GraphRewriting {
    /// x/2·(1 + erf(x/√2)), or x/2·(1 + tanh(√(2/π)·(x + 0.044715·x³))).
    fileprivate mutating func spellOut(_ gelu: Operators.Gelu, _ node: Graph.Node) throws(GraphError) {
        guard let x = inputs(of: node)[0] else { return try keep(node) }
        let bent: Graph.Value
        if gelu.isApproximate {
            let cube = try append(Operators.Pow(), [x, constant(3)], "cube", of: node)
            let share = try append(Operators.Mul(), [cube, constant(0.044715)], "share", of: node)
            let sum = try append(Operators.Add(), [x, share], "sum", of: node)
            let scaled = try append(Operators.Mul(), [sum, constant((2 / Float.pi).squareRoot())], "scaled", of: node)
            bent = try append(Operators.Tanh(), [scaled], "tanh", of: node)
        } else {
            let scaled = try append(Operators.Mul(), [x, constant(Float(0.5).squareRoot())], "scaled", of: node)
            bent = try append(Operators.Erf(), [scaled], "erf", of: node)
        }
        let gate = try append(Operators.Add(), [bent, constant(1)], "gate", of: node)
        let half = try append(Operators.Mul(), [x, constant(0.5)], "half", of: node)
        try finish(Operators.Mul(), [half, gate], node)
    }

    /// The groups normalized as channels are, and then each channel scaled and shifted.
    fileprivate mutating func spellOut(_ normalization: Operators.GroupNormalization, _ node: Graph.Node)
        throws(GraphError)
    {
        let operands = inputs(of: node)
        guard let x = operands[0], let scale = operands[1] else { return try keep(node) }
        let groups = normalization.groups, rank = target.type(of: x).shape.rank
        let cut = target.addConstant(Tensor([0, Int64(groups), -1], shape: [3]))
        let rows = try append(Operators.Reshape(), [x, cut], "groups", of: node)
        let ones = target.addConstant(Tensor(Array(repeating: 1 as Float, count: groups), shape: [groups]))
        let zeros = target.addConstant(Tensor(zeros: [groups]))
        let normal = try append(
            Operators.InstanceNormalization(epsilon: normalization.epsilon), [rows, ones, zeros], "normal", of: node)
        let shape = try append(Operators.ShapeOf(), [x], "shape", of: node)
        let whole = try append(Operators.Reshape(), [normal, shape], "whole", of: node)
        // Beside the channels: those behind them are one.
        let each = target.addConstant(Tensor([-1] + Array(repeating: 1 as Int64, count: rank - 2), shape: [rank - 1]))
        let factor = try append(Operators.Reshape(), [scale, each], "scale", of: node)
        guard operands.count > 2, let shift = operands[2] else {
            return try finish(Operators.Mul(), [whole, factor], node)
        }
        let scaled = try append(Operators.Mul(), [whole, factor], "scaled", of: node)
        let summand = try append(Operators.Reshape(), [shift, each], "shift", of: node)
        try finish(Operators.Add(), [scaled, summand], node)
    }

    private mutating func constant(_ number: Float) -> Graph.Value { target.addConstant(Tensor(number)) }

    private mutating func append(
        _ operation: any Operator, _ inputs: [Graph.Value?], _ part: String, of node: Graph.Node
    ) throws(GraphError) -> Graph.Value {
        try target.append(operation, inputs, name: "\(node.name).\(part)")[0]
    }

    /// Lets an operator make what the node made.
    private mutating func finish(_ operation: any Operator, _ inputs: [Graph.Value?], _ node: Graph.Node)
        throws(GraphError)
    {
        let name = source[node.outputs[0]].name
        self[node.outputs[0]] = try target.append(operation, inputs, name: node.name, outputNames: [name])[0]
    }
}
