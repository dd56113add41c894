extension Pass {
    /// Makes of a large window of stride 2 over few channels, as networks for photos begin with, one of stride 1 over cells of 2×2 pixels, where
    /// that can be computed by Winograd's algorithm. Only for a graph whose sizes are settled, before the layout pass.
    package static let unshuffledStrides = Pass(name: "unshuffled strides") { graph throws(GraphError) in
        let makers = graph.makers()
        return try graph.rewritten { _, node, rewriting throws(GraphError) in
            guard let conv = node.operation as? Operators.Conv, let x = node.inputs[0],
                let weight = node.inputs[1], graph.isConstant(weight),
                let cells = UnshuffledStride(conv, x: graph.type(of: x).shape, weight: graph.type(of: weight)),
                makers[x.index].map({ !graph.nodes[$0].operation.channelsLast.isImages }) ?? true
            else { return try rewriting.keep(node) }
            let image = try rewriting.target.append(
                cells.unshuffling, [rewriting[x]], name: "\(node.name).cells")[0]
            var inputs: [Graph.Value?] = [image]
            for input in node.inputs.dropFirst() { inputs.append(input.map { rewriting[$0] }) }
            try rewriting.keep(node, as: cells.convolution, inputs: inputs)
        }
    }
}

extension ChannelsLast {
    /// Whether images lie channels last behind the operator.
    fileprivate var isImages: Bool {
        switch self {
        case .becomes: true
        case .follows, .indifferent, .no: false
        }
    }
}

/// A convolution of stride 2 as one over cells.
private struct UnshuffledStride {
    let unshuffling: Operators.PixelUnshuffle
    let convolution: Operators.Conv

    /// Nil where it cannot be, or would not be by Winograd's algorithm.
    init?(_ conv: Operators.Conv, x: Shape, weight: TensorType) {
        let window = conv.window, kernel = weight.shape.dropFirst(2)
        guard conv.layout == .channelsFirst, conv.groups == 1, x.rank == 4, weight.elementType == .f32, x[1] <= 4,
            window.strides == 2, window.dilations == 1, let side = kernel.first.map({ ($0 + 1) / 2 }),
            kernel.allSatisfy({ ($0 + 1) / 2 == side }),
            let geometry = try? ConvGeometry(window, 1, .channelsFirst, x: x, w: weight.shape)
        else { return nil }
        let placed = geometry.placed
        let output = placed.output
        unshuffling = Operators.PixelUnshuffle(
            padding: placed.padsBegin,
            cells: .init(output.vertical + side - 1, output.horizontal + side - 1))
        var convolution = conv
        convolution.window = SpatialWindow(kernel: .init(side, side))
        convolution.isOverCells = true
        self.convolution = convolution
        let cells: Shape = [x[0], 4 * x[1], unshuffling.cells.vertical, unshuffling.cells.horizontal]
        guard output.vertical > 0, output.horizontal > 0,
            let over = try? ConvGeometry(
                convolution.window, 1, .channelsFirst, x: cells, w: [weight.shape[0], 4 * x[1], side, side]),
            over.laid(.channelsLast).forwardWindow(group: 0).algorithm != .direct
        else { return nil }
    }
}
