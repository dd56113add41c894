extension Pass {
    /// Takes a normalisation with known statistics into the weights of the convolution before it, in double.
    package static let batchNormalizationFolding = Pass(name: "batch-norm folding") { graph throws(GraphError) in
        let readers = graph.readers(), makers = graph.makers()
        /// The convolution that feeds a normalisation and nothing else.
        func convolution(before node: Graph.Node) -> Graph.Node? {
            guard let normalization = node.operation as? Operators.BatchNormalization, !normalization.isTraining,
                let x = node.inputs[0], readers[x.index].count == 1, !graph.outputs.contains(where: { $0.value == x }),
                let maker = makers[x.index], let conv = graph.nodes[maker].operation as? Operators.Conv,
                conv.activation == .identity, graph.nodes[maker].inputs.count <= 3,
                node.inputs.dropFirst().prefix(4).allSatisfy({ $0.flatMap(graph.constant) != nil }),
                graph.nodes[maker].inputs[1].map(graph.isConstant) ?? false,
                graph.nodes[maker].inputs.dropFirst(2).allSatisfy({ $0 == nil || $0.flatMap(graph.constant) != nil })
            else { return nil }
            return graph.nodes[maker]
        }
        return try graph.rewritten { _, node, rewriting throws(GraphError) in
            guard let conv = convolution(before: node),
                let normalization = node.operation as? Operators.BatchNormalization,
                let weight = try conv.inputs[1].flatMap(graph.loaded)
            else { return try rewriting.keep(node) }
            let each = node.inputs.dropFirst().prefix(4).compactMap { $0.flatMap(graph.constant)?.floats }
            let bias = conv.inputs.count > 2 ? conv.inputs[2].flatMap(graph.constant)?.floats : nil
            let channels = weight.shape[0], perChannel = weight.shape.elementCount / max(channels, 1)
            var weights = weight.floats
            var biases = [Float](repeating: 0, count: channels)
            for channel in 0..<channels {
                let factor =
                    Double(each[0][channel]) / (Double(each[3][channel]) + Double(normalization.epsilon)).squareRoot()
                for index in channel * perChannel..<(channel + 1) * perChannel {
                    weights[index] = Float(Double(weights[index]) * factor)
                }
                biases[channel] = Float(
                    (Double(bias?[channel] ?? 0) - Double(each[2][channel])) * factor + Double(each[1][channel]))
            }
            let name = conv.inputs[1].map { graph[$0].name } ?? ""
            var inputs: [Graph.Value?] = [
                rewriting.inputs(of: conv)[0],
                rewriting.target.addConstant(Tensor(weights, shape: weight.shape), name: name),
                rewriting.target.addConstant(Tensor(biases, shape: [channels])),
            ]
            var folded = node
            folded.name = conv.name
            guard var operation = conv.operation as? Operators.Conv else { return try rewriting.keep(node) }
            operation.activation = normalization.activation
            if node.inputs.count > 5, let residual = node.inputs[5] { inputs.append(rewriting[residual]) }
            try rewriting.keep(folded, as: operation, inputs: inputs)
        }
    }
}
