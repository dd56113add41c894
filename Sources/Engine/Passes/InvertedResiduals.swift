extension Pass {
    /// Makes one step of a convolution, a depthwise one and a 1×1 one in a row, where the image behind the first would leave the caches and
    /// the weights, which each row reads again, are few. Only for a graph whose sizes are settled.
    package static let invertedResiduals = Pass(name: "inverted residuals") { graph throws(GraphError) in
        let blocks = graph.invertedResiduals()
        let absorbed = Set(blocks.values.flatMap { [$0.expansion, $0.depthwise] })
        return try graph.rewritten { index, node, rewriting throws(GraphError) in
            if absorbed.contains(index) { return }
            guard let block = blocks[index] else { return try rewriting.keep(node) }
            let convolutions = [block.expansion, block.depthwise, index].map { ConvolutionOperands($0, of: graph) }
            let operands =
                [convolutions[0].x] + convolutions.flatMap { [$0.weight, $0.bias] } + [convolutions[2].residual]
            var inputs: [Graph.Value?] = []
            for operand in operands { inputs.append(operand.map { rewriting[$0] }) }
            try rewriting.keep(node, as: block.operation, inputs: inputs)
        }
    }

    /// Bytes of an image that a second-level cache does not hold beside what else is needed.
    fileprivate static let largeImage = 1 << 19
    /// Bytes of weights that may come from the third-level cache for each row.
    fileprivate static let smallWeights = 512 << 10
}

/// The inputs of a convolution.
private struct ConvolutionOperands {
    let x, weight, bias, residual: Graph.Value?

    init(_ number: Int, of graph: Graph) {
        let inputs = graph.nodes[number].inputs
        x = inputs[0]
        weight = inputs[1]
        bias = inputs.count > 2 ? inputs[2] : nil
        residual = inputs.count > 3 ? inputs[3] : nil
    }
}

/// Convolutions that become one step, the last one's number aside.
private struct InvertedResidualNodes {
    let expansion, depthwise: Int
    let operation: Operators.InvertedResidual
}

extension Graph {
    /// By the number of the last convolution.
    fileprivate func invertedResiduals() -> [Int: InvertedResidualNodes] {
        let readers = readers(), makers = makers()
        /// The convolution that makes an image, where nobody else reads that and nothing is added to it.
        func soleMaker(_ value: Value?) -> (number: Int, convolution: Operators.Conv)? {
            guard let value, readers[value.index].count == 1, !outputs.contains(where: { $0.value == value }),
                !updates.contains(where: { $0.value == value }), let number = makers[value.index],
                let convolution = nodes[number].operation as? Operators.Conv,
                ConvolutionOperands(number, of: self).residual == nil
            else { return nil }
            return (number, convolution)
        }
        func geometry(_ number: Int, _ convolution: Operators.Conv) -> ConvGeometry? {
            let shapes = nodes[number].inputs.prefix(2).compactMap { $0.map { type(of: $0).shape } }
            guard convolution.layout == .channelsLast, shapes.count == 2, shapes[0].rank == 4 else { return nil }
            return ConvGeometry(convolution, x: shapes[0], w: shapes[1])
        }
        func weightBytes(_ number: Int) -> Int { nodes[number].inputs[1].map { type(of: $0).byteCount } ?? 0 }
        var found: [Int: InvertedResidualNodes] = [:]
        for (number, node) in nodes.enumerated() {
            guard let projection = node.operation as? Operators.Conv, let last = geometry(number, projection),
                last.groups == 1, last.taps == 1, last.isPixelByPixel,
                let depthwise = soleMaker(node.inputs[0]),
                let middle = geometry(depthwise.number, depthwise.convolution), middle.isDepthwise,
                let expansion = soleMaker(nodes[depthwise.number].inputs[0]),
                let first = geometry(expansion.number, expansion.convolution), first.groups == 1,
                first.forwardWindow(group: 0).algorithm == .direct
            else { continue }
            let image = 4 * first.output.shape.dropFirst().reduce(1, *)
            guard image > Pass.largeImage, weightBytes(number) + weightBytes(expansion.number) <= Pass.smallWeights
            else { continue }
            found[number] = InvertedResidualNodes(
                expansion: expansion.number, depthwise: depthwise.number,
                operation: Operators.InvertedResidual(
                    expansion: expansion.convolution, depthwise: depthwise.convolution, projection: projection))
        }
        return found
    }
}
