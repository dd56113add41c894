extension Pass {
    /// Takes a normalisation with known statistics into the weights of the convolution, transposed or not, before it, in double.
    package static let batchNormalizationFolding = Pass(name: "batch-norm folding") { graph throws(GraphError) in
        let readers = graph.readers(), makers = graph.makers()
        /// The convolution that feeds a normalisation and nothing else, and what it becomes.
        func convolution(before node: Graph.Node, _ normalization: Operators.BatchNormalization, residual: Graph.Value?)
            -> (node: Graph.Node, operation: any Operator)?
        {
            guard !normalization.isTraining, let x = node.inputs[0], readers[x.index].count == 1,
                !graph.outputs.contains(where: { $0.value == x }), let maker = makers[x.index],
                case let conv = graph.nodes[maker], conv.inputs.count <= 3,
                let operation = conv.operation.followed(by: normalization, hasResidual: residual != nil),
                node.inputs.dropFirst().prefix(4).allSatisfy({ $0.flatMap(graph.constant) != nil }),
                conv.inputs[1].map(graph.isConstant) ?? false,
                conv.inputs.dropFirst(2).allSatisfy({ $0 == nil || $0.flatMap(graph.constant) != nil })
            else { return nil }
            return (conv, operation)
        }
        return try graph.rewritten { _, node, rewriting throws(GraphError) in
            guard let normalization = node.operation as? Operators.BatchNormalization,
                case let residual = node.inputs.count > 5 ? node.inputs[5] : nil,
                let (conv, operation) = convolution(before: node, normalization, residual: residual),
                let axis = operation.weightAxis(1), let weight = try conv.inputs[1].flatMap(graph.loaded)
            else { return try rewriting.keep(node) }
            let each = node.inputs.dropFirst().prefix(4).compactMap { $0.flatMap(graph.constant)?.floats }
            let bias = conv.inputs.count > 2 ? conv.inputs[2].flatMap(graph.constant)?.floats : nil
            let channels = weight.shape[axis]
            let factors = (0..<channels).map { channel in
                Double(each[0][channel]) / (Double(each[3][channel]) + Double(normalization.epsilon)).squareRoot()
            }
            let biases = (0..<channels).map { channel in
                let shift = Double(bias?[channel] ?? 0) - Double(each[2][channel])
                return Float(shift * factors[channel] + Double(each[1][channel]))
            }
            var inputs: [Graph.Value?] = [
                rewriting.inputs(of: conv)[0],
                rewriting.target.addConstant(
                    weight.scaled(by: factors, along: axis), name: conv.inputs[1].map { graph[$0].name } ?? ""),
                rewriting.target.addConstant(Tensor(biases, shape: [channels])),
            ]
            var folded = node
            folded.name = conv.name
            if let residual { inputs.append(rewriting[residual]) }
            try rewriting.keep(folded, as: operation, inputs: inputs)
        }
    }
}

extension Operator {
    /// The same convolution with what a normalisation behind it does beside factors and shifts; nil for what is none, or cannot.
    fileprivate func followed(by normalization: Operators.BatchNormalization, hasResidual: Bool) -> (any Operator)? {
        switch self {
        case var conv as Operators.Conv where conv.activation == .identity:
            conv.activation = normalization.activation
            return conv
        case var transposed as Operators.ConvTranspose
        where transposed.activation == .identity && transposed.groups == 1 && !hasResidual:
            transposed.activation = normalization.activation
            return transposed
        default: return nil
        }
    }
}

extension Tensor {
    /// Each element times the factor of its index along an axis.
    fileprivate func scaled(by factors: [Double], along axis: Int) -> Tensor {
        let inner = shape.dropFirst(axis + 1).reduce(1, *)
        let scaled = floats.enumerated().map { place, element in
            Float(Double(element) * factors[place / inner % factors.count])
        }
        return Tensor(scaled, shape: shape)
    }
}
