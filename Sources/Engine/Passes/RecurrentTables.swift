extension Pass {
    /// Takes an embedding into the input weights of the LSTM that reads it: the products of all its vectors are a table, W·x + Wb + Rb
    /// for each number, where that is small. A one-hot code is such an embedding, of the unit matrix.
    package static let recurrentTables = Pass(name: "recurrent tables") { graph throws(GraphError) in
        let makers = graph.makers()
        return try graph.rewritten { _, node, rewriting throws(GraphError) in
            guard var lstm = node.operation as? Operators.LSTM, !lstm.keepsGates, !lstm.takesSums,
                let x = node.inputs[0], let lookup = graph.lookup(of: x, makers),
                let embedding = lookup.node.inputs[0], let vectors = graph.weights(embedding),
                let w = node.inputs[1], let weights = graph.weights(w), vectors.rank == 2, weights.rank == 3,
                isSmall(vectors: vectors, weights: weights)
            else { return try rewriting.keep(node) }
            let bias = node.inputs.count > 3 ? node.inputs[3] : nil
            if let bias, graph.constant(bias) == nil { return try rewriting.keep(node) }
            let passes = weights[0], width = weights[1]
            func add(_ operation: any Operator, _ inputs: [Graph.Value?]) throws(GraphError) -> Graph.Value {
                try rewriting.target.append(operation, inputs)[0]
            }
            let rows = try add(Operators.Reshaped(shape: [passes * width, weights[2]]), [rewriting[w]])
            var inputs: [Graph.Value?] = [rewriting[embedding], rows]
            if let bias {
                let pairs = try add(Operators.Reshaped(shape: [passes, 2, width]), [rewriting[bias]])
                let sum = try add(Operators.ReduceSum(axes: [1], keepsDimensions: false), [pairs])
                inputs.append(try add(Operators.Reshaped(shape: [passes * width]), [sum]))
            }
            let table = try add(Operators.Gemm(transposesB: true), inputs)
            var numbers = lookup.node.inputs[1].map { rewriting[$0] }
            if let order = lookup.order { numbers = try add(Operators.Transpose(order: order), [numbers]) }
            lstm.takesSums = true
            var whole = rewriting.inputs(of: node)
            whole[0] = try add(lookup.node.operation, [table, numbers])
            whole[1] = nil
            if whole.count > 3 { whole[3] = nil }
            try rewriting.keep(node, as: lstm, inputs: whole)
        }
    }

    /// Whether a table costs little memory, and little time to make.
    private static func isSmall(vectors: Shape, weights: Shape) -> Bool {
        let size = Int.clampedProduct(vectors[0], weights[0], weights[1])
        return size <= 1 << 21 && Int.clampedProduct(size, vectors[1]) <= 1 << 26
    }
}

extension Graph {
    /// The Gather that makes a sequence of vectors, and how its numbers are transposed first where the vectors are afterwards, their own dimension
    /// being the last one before and after.
    fileprivate func lookup(of x: Value, _ makers: [Int?]) -> (node: Node, order: [Int]?)? {
        guard let maker = makers[x.index] else { return nil }
        let node = nodes[maker]
        switch node.operation {
        case let gather as Operators.Gather: return gather.axis == 0 ? (node, nil) : nil
        case let transpose as Operators.Transpose:
            let rank = type(of: x).shape.rank, order = transpose.order(of: rank)
            guard order.last == rank - 1, let source = node.inputs[0], let maker = makers[source.index],
                let gather = nodes[maker].operation as? Operators.Gather, gather.axis == 0
            else { return nil }
            return (nodes[maker], Array(order.dropLast()))
        default: return nil
        }
    }

    /// The shape of what is known beforehand, as it is or in fewer bits.
    fileprivate func weights(_ value: Value) -> Shape? { constant(value)?.shape ?? narrow(value)?.type.shape }
}
