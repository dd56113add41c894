extension Pass {
    /// Leaves out the rows and columns of a convolution's weights that only ever meet padding, as most of a 3×3 window does on an
    /// image of one pixel. Only for a graph whose sizes are settled.
    package static let reachableTaps = Pass(name: "reachable taps") { graph throws(GraphError) in
        try graph.rewritten { _, node, rewriting throws(GraphError) in
            guard var conv = node.operation as? Operators.Conv, conv.layout == .channelsFirst,
                let x = node.inputs[0].map({ graph.type(of: $0).shape }), x.rank == 4,
                let weight = node.inputs[1], graph.isConstant(weight), graph.type(of: weight).elementType == .f32,
                let placed = try? conv.window.placed(height: x[2], width: x[3])
            else { return try rewriting.keep(node) }
            let window = conv.window
            let rows = reachable(
                window.kernel.vertical, window.strides.vertical, window.dilations.vertical,
                padding: placed.padsBegin.vertical, of: x[2], outputs: placed.output.vertical)
            let columns = reachable(
                window.kernel.horizontal, window.strides.horizontal, window.dilations.horizontal,
                padding: placed.padsBegin.horizontal, of: x[3], outputs: placed.output.horizontal)
            let top = placed.padsBegin.vertical - rows.lowerBound * window.dilations.vertical
            let left = placed.padsBegin.horizontal - columns.lowerBound * window.dilations.horizontal
            let bottom =
                placed.padsEnd.vertical - (window.kernel.vertical - rows.upperBound) * window.dilations.vertical
            let right =
                placed.padsEnd.horizontal - (window.kernel.horizontal - columns.upperBound)
                * window.dilations.horizontal
            guard rows.count < window.kernel.vertical || columns.count < window.kernel.horizontal,
                min(top, left, bottom, right) >= 0, let numbers = try graph.loaded(weight)
            else { return try rewriting.keep(node) }
            conv.window.kernel = .init(rows.count, columns.count)
            conv.window.padding = .explicit(top: top, left: left, bottom: bottom, right: right)
            var inputs = rewriting.inputs(of: node)
            inputs[1] = rewriting.target.addConstant(
                taps(numbers, rows, columns), name: graph[weight].name)
            try rewriting.keep(node, as: conv, inputs: inputs)
        }
    }

    /// From the first to the last tap that meets a pixel for some output; one where none does.
    private static func reachable(
        _ taps: Int, _ stride: Int, _ dilation: Int, padding: Int, of size: Int, outputs: Int
    ) -> Range<Int> {
        let reached = (0..<taps).filter { tap in
            (0..<outputs).contains { (0..<size).contains($0 * stride + tap * dilation - padding) }
        }
        guard let first = reached.first, let last = reached.last else { return 0..<min(taps, 1) }
        return first..<last + 1
    }

    private static func taps(_ weight: Tensor, _ rows: Range<Int>, _ columns: Range<Int>) -> Tensor {
        let shape = weight.shape, numbers = weight.floats, size = shape[2] * shape[3]
        var kept: [Float] = []
        kept.reserveCapacity(shape[0] * shape[1] * rows.count * columns.count)
        for image in stride(from: 0, to: numbers.count, by: max(size, 1)) {
            for row in rows {
                let start = image + row * shape[3]
                kept += numbers[(start + columns.lowerBound)..<(start + columns.upperBound)]
            }
        }
        return Tensor(kept, shape: [shape[0], shape[1], rows.count, columns.count])
    }
}
