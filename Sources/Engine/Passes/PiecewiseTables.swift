extension Pass {
    /// Takes numbers that are encoded piece by piece, clip((x − a)·s, least, most) + b, into the product behind them: together they are the sum of
    /// a function of each number, linear between the pieces' ends, so that two rows of a table take the place of a row of weights for each piece.
    package static let piecewiseTables = Pass(name: "piecewise tables") { graph throws(GraphError) in
        let makers = graph.makers(), readers = graph.readers()
        var encodings: [Int: (pieces: Pieces, rectified: Int?)] = [:], rectifiers = Set<Int>()
        for (index, node) in graph.nodes.enumerated() {
            guard let gemm = node.operation as? Operators.Gemm, gemm.alpha == 1, gemm.beta == 1, !gemm.transposesA,
                gemm.activation == .identity, let pieces = Pieces(readBy: node, of: graph, makers, readers)
            else { continue }
            var rectified: Int?
            if readers[node.outputs[0].index].count == 1,
                !graph.outputs.contains(where: { $0.value == node.outputs[0] }),
                let reader = readers[node.outputs[0].index].first, graph.nodes[reader].operation is Operators.Relu
            {
                rectified = reader
                rectifiers.insert(reader)
            }
            encodings[index] = (pieces, rectified)
        }
        return try graph.rewritten { index, node, rewriting throws(GraphError) in
            if rectifiers.contains(index) { return }
            guard let (pieces, rectified) = encodings[index], let gemm = node.operation as? Operators.Gemm,
                let weights = node.inputs[1].flatMap(graph.constant),
                let table = pieces.table(weights: weights, isTransposed: gemm.transposesB)
            else { return try rewriting.keep(node) }
            let bias = node.inputs.count > 2 ? node.inputs[2].flatMap(graph.constant)?.floats : nil
            let units = weights.shape[gemm.transposesB ? 0 : 1], knots = table.knots.count
            let inputs: [Graph.Value?] = [
                rewriting[pieces.x],
                rewriting.target.addConstant(Tensor(table.ends, shape: [table.ends.count])),
                rewriting.target.addConstant(Tensor(table.knots, shape: [knots])),
                rewriting.target.addConstant(Tensor(table.scales, shape: [knots])),
                rewriting.target.addConstant(Tensor(table.values, shape: [knots, 2, units])),
                rewriting.target.addConstant(
                    Tensor(
                        bias.map { $0.count == 1 ? Array(repeating: $0[0], count: units) : $0 }
                            ?? Array(repeating: 0, count: units), shape: [units])),
            ]
            var whole = node
            if let rectified { whole.outputs = graph.nodes[rectified].outputs }
            try rewriting.keep(
                whole, as: Operators.PiecewiseLinear(activation: rectified == nil ? .identity : .relu), inputs: inputs)
        }
    }
}

/// Numbers that are encoded piece by piece.
private struct Pieces {
    /// A piece: level up to `start`, linear from there to `end`, level behind it.
    struct Piece {
        var column: Int
        var start, end: Double
        var valueBefore, valueBehind: Double

        func value(at x: Double) -> Double {
            if x <= start { return valueBefore }
            return x >= end ? valueBehind : valueBefore + (x - start) / (end - start) * (valueBehind - valueBefore)
        }
    }

    let x: Graph.Value
    let columns: Int
    let pieces: [Piece]

    /// The encoding that a product reads; nil where it reads something else.
    init?(readBy product: Graph.Node, of graph: Graph, _ makers: [Int?], _ readers: [[Int]]) {
        let isBiasKnown =
            product.inputs.count < 3
            || product.inputs[2].map {
                let shape = graph.type(of: $0).shape
                return graph.constant($0) != nil && (shape.rank < 2 || shape[0] == 1)
            } ?? true
        guard isBiasKnown, product.inputs[1].flatMap(graph.constant) != nil, var value = product.inputs[0],
            graph.type(of: value).shape.rank == 2
        else { return nil }
        let count = graph.type(of: value).shape[1]
        /// The node that makes the value at hand, where nobody else reads it.
        func maker() -> Graph.Node? {
            guard readers[value.index].count == 1, !graph.outputs.contains(where: { $0.value == value }) else {
                return nil
            }
            return makers[value.index].map { graph.nodes[$0] }
        }
        /// The constant of a node of two operands, one number for each piece; goes on to the other operand.
        func constant(of node: Graph.Node, isSecond: Bool = false) -> [Double]? {
            for place in isSecond ? [1] : [1, 0] {
                guard node.inputs.count == 2, let operand = node.inputs[place], let other = node.inputs[1 - place],
                    let tensor = graph.constant(operand), tensor.elementType == .f32,
                    tensor.shape.elementCount == 1 || tensor.shape == [count] || tensor.shape == [1, count],
                    graph.type(of: other).shape.rank == 2
                else { continue }
                value = other
                let numbers = tensor.floats.map(Double.init)
                return numbers.count == 1 ? Array(repeating: numbers[0], count: count) : numbers
            }
            return nil
        }
        /// What is added to the value at hand.
        func addition() -> [Double]? {
            guard let node = maker() else { return nil }
            if node.operation is Operators.Add { return constant(of: node) }
            if node.operation is Operators.Sub { return constant(of: node, isSecond: true)?.map(-) }
            return nil
        }
        let shifts = addition() ?? Array(repeating: 0, count: count)
        guard let clip = maker(), clip.operation is Operators.Clip, clip.inputs.count == 3,
            let least = clip.inputs[1].flatMap(graph.constant)?.floats.first,
            let most = clip.inputs[2].flatMap(graph.constant)?.floats.first, least < most, let clipped = clip.inputs[0]
        else { return nil }
        value = clipped
        guard let product = maker(), product.operation is Operators.Mul, let scales = constant(of: product),
            let starts = addition(), let gather = maker(), (gather.operation as? Operators.Gather)?.axis == 1,
            let x = gather.inputs[0], graph.type(of: x).shape.rank == 2,
            let numbers = gather.inputs[1].flatMap(graph.constant)?.integers, numbers.count == count
        else { return nil }
        let columns = graph.type(of: x).shape[1]
        var pieces: [Piece] = []
        for place in 0..<count {
            // Where (x + start)·scale is least and most.
            let scale = scales[place], column = numbers[place] < 0 ? numbers[place] + columns : numbers[place]
            guard scale != 0, (0..<columns).contains(column) else { return nil }
            let low = (Double(least) / scale) - starts[place], high = (Double(most) / scale) - starts[place]
            guard low.isFinite, high.isFinite else { return nil }
            let values = (Double(least) + shifts[place], Double(most) + shifts[place])
            pieces.append(
                scale > 0
                    ? Piece(column: column, start: low, end: high, valueBefore: values.0, valueBehind: values.1)
                    : Piece(column: column, start: high, end: low, valueBefore: values.1, valueBehind: values.0))
        }
        self.x = x
        self.columns = columns
        self.pieces = pieces
    }

    /// What `Operators.PiecewiseLinear` takes.
    struct Table {
        var ends: [Int32] = []
        var knots: [Float] = []
        var scales: [Float] = []
        var values: [Float] = []
    }

    /// Two ends of pieces that differ by no more than roundings are one knot.
    private static let rounding = 0x1p-21
    /// Numbers of a table at most.
    private static let most = 1 << 24

    /// The sums of the pieces' functions times their weights at all knots; nil where a piece is too short to be told apart from a step, or the
    /// table would be large.
    func table(weights: Tensor, isTransposed: Bool) -> Table? {
        let weight = weights.floats, units = weights.shape[isTransposed ? 0 : 1]
        guard Int.clampedProduct(pieces.count, 4, units) <= Self.most else { return nil }
        var table = Table()
        for column in 0..<columns {
            let own = pieces.indices.filter { pieces[$0].column == column }
            var knots: [Double] = []
            for end in own.flatMap({ [pieces[$0].start, pieces[$0].end] }).sorted() {
                if let last = knots.last, end - last <= Self.rounding * max(abs(end), abs(last)) { continue }
                knots.append(end)
            }
            for piece in own {
                let first = knots.lastIndex { $0 <= pieces[piece].start },
                    last = knots.lastIndex { $0 <= pieces[piece].end }
                guard first != last else { return nil }
            }
            let sums = knots.map { knot in
                var sum = [Double](repeating: 0, count: units)
                for piece in own {
                    let value = pieces[piece].value(at: knot)
                    for unit in 0..<units {
                        sum[unit] +=
                            value
                            * Double(weight[isTransposed ? unit * pieces.count + piece : piece * units + unit])
                    }
                }
                return sum
            }
            for (place, knot) in knots.enumerated() {
                let isLast = place + 1 == knots.count
                table.knots.append(Float(knot))
                table.scales.append(isLast ? 0 : Float(1 / (knots[place + 1] - knot)))
                table.values += sums[place].map(Float.init)
                table.values += (0..<units).map { isLast ? 0 : Float(sums[place + 1][$0] - sums[place][$0]) }
            }
            table.ends.append(Int32(table.knots.count))
        }
        return table
    }
}
