internal import Kernels

extension Operators {
    /// The gradient of `LSTM`: back through the steps, then one large product for each weight over all of them.
    ///
    /// With d the gradient of h and t = tanh(c): do = d⊙t, dc += d⊙o⊙(1 − t²), di = dc⊙g, df = dc⊙c₋, dg = dc⊙i, each times the slope of its
    /// activation; d₋ = Rᵀ·(di, do, df, dg), dc₋ = dc⊙f.
    ///
    /// - Shapes: X, W, R as `LSTM` has them, gates, lengths, initial h and c, Y, cells, and the gradients of Y, h and c, which may be left out
    ///   → the gradients of the gates' sums (in the gates' memory), of W, R, initial h, initial c, and where wanted of B and of X.
    struct LSTMGradient: Operator {
        static let name = "LSTMGradient"
        var direction: RecurrentDirection
        /// Whether those of the initial states are whole; else the last product is saved.
        var givesInitial: Bool
        var givesBias: Bool
        var givesInput: Bool

        func infer(_ inputs: Operands) throws(OperatorError) -> [TensorType] {
            let x = try inputs.required(0, "X"), w = try inputs.required(1, "W"), r = try inputs.required(2, "R")
            let gates = try inputs.required(3, "gates")
            let state = TensorType(.f32, [direction.count, x.shape[1], r.shape[2]])
            let bias = TensorType(.f32, [direction.count, 8 * r.shape[2]])
            return [gates, w, r, state, state] + (givesBias ? [bias] : []) + (givesInput ? [x] : [])
        }

        var placement: Placement { .mayOverwrite([3]) }

        func multiplyAdds(_ inputs: [TensorType?], _ outputs: [TensorType]) -> Int {
            let forward = try? Recurrence(Operands(types: Array(inputs.prefix(3))), gates: 4, direction: direction)
            return 2 * (forward?.multiplyAdds ?? 0)
        }

        func schedule(_ step: inout Step) throws(GraphError) {
            let sizes = Recurrence(step, gates: 4, direction: direction)
            let (units, rows, kernels) = (sizes.units, sizes.rows, step.kernels)
            let sequence = step.sequenceLengths(sizes, step.optionalInput(4))
            let isOfPairs = step.takesPairs(2, depth: 4 * units)
            let r =
                isOfPairs
                ? step.packedPairs(2, count: sizes.passes, depth: 4 * units, columns: units, isTransposed: true)
                : try step.recurrentPanelsBackward(
                    2, sizes.passes, columns: 4 * units, of: 4 * units, depth: units, purpose: "recurrent state, back")
            let stateProduct = step.matrix(rows: rows, depth: 4 * units, columns: units, isOfPairs: isOfPairs)
            let pairs = isOfPairs ? step.temporary(byteCount: rows * 4 * units * 2) : nil
            let before = step.temporary(byteCount: sizes.steps * rows * units * 4)
            for pass in 0..<sizes.passes {
                let initial = (5...6).map { index in step.optionalInput(index).map { sizes.state($0, pass) } }
                let dHidden = sizes.state(step.output(3), pass), dCell = sizes.state(step.output(4), pass)
                step.begin(dHidden, with: step.optionalInput(10).map { sizes.state($0, pass) })
                step.begin(dCell, with: step.optionalInput(11).map { sizes.state($0, pass) })
                for time in sizes.times(0..<sizes.steps, pass).reversed() {
                    let earlier = sizes.earlier(time, pass)
                    let dGates = sizes.kept(step.output(0), 4, pass, time)
                    step.append(
                        kernels.lstmCellBackward(
                            sizes.step(time, pass), sequence, gates: sizes.kept(step.input(3), 4, pass, time),
                            cell: sizes.kept(step.input(8), 1, pass, time),
                            before: (earlier.map { sizes.kept(step.input(8), 1, pass, $0) }, initial[1]),
                            dy: step.optionalInput(9).map { sizes.output($0, time, pass) }, dHidden: dHidden,
                            dCell: dCell, dGates: dGates))
                    if earlier != nil || givesInitial {
                        if let pairs { step.append(kernels.pairs(dGates, to: pairs)) }
                        step.append(
                            kernels.product(
                                stateProduct, pairs ?? dGates, panels: r[pass], accumulate: true, sharesPanels: true,
                                range: sequence?.ofStep(time),
                                to: dHidden))
                    }
                    step.append(
                        kernels.statesBefore(
                            sizes.step(time, pass), sequence,
                            before: (earlier.map { sizes.output(step.input(7), $0, pass) }, initial[0]),
                            to: sizes.part(before, time, of: rows * units)))
                }
                let dGates = sizes.kept(step.output(0), 4, pass)
                let depth = sizes.steps * rows
                let weights: [(x: Region, columns: Int, output: Region)] = [
                    (step.input(0), sizes.inputs, step.output(1)),
                    (before, units, step.output(2)),
                ]
                // Both have the gates' gradient on the left.
                let turned =
                    weights.allSatisfy { step.takesTransposedPairs(depth: depth, rows: 4 * units, columns: $0.columns) }
                    ? step.transposedPairs(dGates, rowStride: 4 * units, depth: depth, rows: 4 * units) : nil
                for (x, columns, output) in weights {
                    let gradient = sizes.part(output, pass, of: 4 * units * columns)
                    if let turned {
                        step.appendProductOfPairs(
                            turned, x, depth: depth, rows: 4 * units, columns: columns, to: gradient)
                    } else {
                        step.appendTransposedProduct(
                            dGates, x, depth: depth, rows: 4 * units, columns: columns, to: gradient)
                    }
                }
                if givesBias {
                    let first = sizes.part(step.output(5), 2 * pass, of: 4 * units)
                    step.appendColumnSums(dGates, columns: 4 * units, to: first)
                    step.append(kernels.copy(first, to: sizes.part(step.output(5), 2 * pass + 1, of: 4 * units)))
                }
            }
            if givesInput {
                try step.appendInputGradient(
                    sizes, gates: step.output(0), to: step.output(givesBias ? 6 : 5))
            }
        }
    }
}

extension Step {
    /// dX = the sum over the passes of the gradients of the gates' sums times W, of input 1.
    mutating func appendInputGradient(_ sizes: Recurrence, gates: Region, to output: Region) throws(GraphError) {
        let width = sizes.gates * sizes.units
        let isOfPairs = takesPairs(1, depth: width)
        let w =
            isOfPairs
            ? packedPairs(1, count: sizes.passes, depth: width, columns: sizes.inputs, isTransposed: true)
            : try recurrentPanelsBackward(
                1, sizes.passes, columns: width, of: width, depth: sizes.inputs, purpose: "recurrent input, back")
        let product = matrix(
            rows: sizes.steps * sizes.rows, depth: width, columns: sizes.inputs, isOfPairs: isOfPairs)
        for pass in 0..<sizes.passes {
            let gates = sizes.kept(gates, sizes.gates, pass)
            append(
                kernels.product(
                    product, isOfPairs ? pairs(gates) : gates, panels: w[pass], accumulate: pass > 0, to: output))
        }
    }
}
