internal import Kernels

extension Operators {
    /// The gradient of `GRU`: back through the steps, then one large product for each weight over all of them.
    ///
    /// With d the gradient of h: dz = d⊙(h₋ − n), dn = d⊙(1 − z), dr = dn⊙(R·h₋ + Rb) where the reset comes after the product, else h₋⊙Rᵀ·dn, each
    /// times the slope of its activation; d₋ = d⊙z and what comes through R.
    ///
    /// - Shapes: X, W, R as `GRU` has them, gates, lengths, initial h, Y, R·h + Rb, and the gradients of Y and h, which may be left out
    ///   → the gradients of the gates' sums (in the gates' memory), of W, R, initial h, and where wanted of B and of X.
    struct GRUGradient: Operator {
        static let name = "GRUGradient"
        var direction: RecurrentDirection
        var resetsAfter: Bool
        /// Whether that of the initial state is whole; else the last product is saved.
        var givesInitial: Bool
        var givesBias: Bool
        var givesInput: Bool

        func infer(_ inputs: Operands) throws(OperatorError) -> [TensorType] {
            let x = try inputs.required(0, "X"), w = try inputs.required(1, "W"), r = try inputs.required(2, "R")
            let gates = try inputs.required(3, "gates")
            let state = TensorType(.f32, [direction.count, x.shape[1], r.shape[2]])
            let bias = TensorType(.f32, [direction.count, 6 * r.shape[2]])
            return [gates, w, r, state] + (givesBias ? [bias] : []) + (givesInput ? [x] : [])
        }

        var placement: Placement { .mayOverwrite([3]) }

        func multiplyAdds(_ inputs: [TensorType?], _ outputs: [TensorType]) -> Int {
            let forward = try? Recurrence(Operands(types: Array(inputs.prefix(3))), gates: 3, direction: direction)
            return 2 * (forward?.multiplyAdds ?? 0)
        }

        func schedule(_ step: inout Step) throws(GraphError) {
            let sizes = Recurrence(step, gates: 3, direction: direction)
            let (units, rows, kernels) = (sizes.units, sizes.rows, step.kernels)
            let sequence = step.sequenceLengths(sizes, step.optionalInput(4))
            let both = try step.recurrentPanelsBackward(
                2, sizes.passes, columns: 2 * units, of: 3 * units, depth: units, purpose: "update and reset, back")
            let last = try step.recurrentPanelsBackward(
                2, sizes.passes, columns: units, of: 3 * units, from: 2 * units, depth: units,
                purpose: "candidate, back")
            let gateRows = Window.Pixels(images: 1, height: 1, width: rows, channels: 3 * units)
            let stateRows = Window.Pixels(images: 1, height: 1, width: rows, channels: units)
            let bothProduct = Window(input: gateRows.channels(from: 0, count: 2 * units), output: stateRows)
            let lastProduct = Window(
                input: resetsAfter ? stateRows : gateRows.channels(from: 2 * units, count: units), output: stateRows)
            step.needScratch(bothProduct)
            step.needScratch(lastProduct)
            let depth = sizes.steps * rows
            let before = step.temporary(byteCount: depth * units * 4)
            // The gradients of R·h + Rb, or r⊙h.
            let side = step.temporary(byteCount: depth * units * 4)
            let dReset = step.temporary(byteCount: rows * units * 4)
            for pass in 0..<sizes.passes {
                let initial = step.optionalInput(5).map { sizes.state($0, pass) }
                let dHidden = sizes.state(step.output(3), pass)
                step.begin(dHidden, with: step.optionalInput(9).map { sizes.state($0, pass) })
                for time in sizes.times(0..<sizes.steps, pass).reversed() {
                    let at = sizes.step(time, pass), range = sequence?.ofStep(time), earlier = sizes.earlier(time, pass)
                    let gates = sizes.kept(step.input(3), 3, pass, time)
                    let dGates = sizes.kept(step.output(0), 3, pass, time)
                    let states = (earlier.map { sizes.output(step.input(6), $0, pass) }, initial)
                    let sideRows = sizes.part(side, time, of: rows * units)
                    let isNeeded = earlier != nil || givesInitial
                    step.append(
                        kernels.gruCellBackward(
                            at, sequence, gates: gates,
                            recurrent: resetsAfter ? sizes.kept(step.input(7), 1, pass, time) : nil, before: states,
                            dy: step.optionalInput(8).map { sizes.output($0, time, pass) }, dHidden: dHidden,
                            dGates: dGates, dRecurrent: resetsAfter ? sideRows : nil))
                    if !resetsAfter {
                        step.append(
                            kernels.product(
                                lastProduct, dGates, panels: last[pass], sharesPanels: true, range: range, to: dReset))
                        step.append(
                            kernels.gruResetBackward(
                                at, sequence, gates: gates, before: states, dReset: dReset, dHidden: dHidden,
                                dGates: dGates, reset: sideRows))
                    } else if isNeeded {
                        step.append(
                            kernels.product(
                                lastProduct, sideRows, panels: last[pass], accumulate: true, sharesPanels: true,
                                range: range, to: dHidden))
                    }
                    if isNeeded {
                        step.append(
                            kernels.product(
                                bothProduct, dGates, panels: both[pass], accumulate: true, sharesPanels: true,
                                range: range, to: dHidden))
                    }
                    step.append(
                        kernels.statesBefore(
                            at, sequence, before: states, to: sizes.part(before, time, of: rows * units)))
                }
                let dGates = sizes.kept(step.output(0), 3, pass)
                step.appendTransposedProduct(
                    dGates, step.input(0), depth: depth, rows: 3 * units, columns: sizes.inputs,
                    to: sizes.part(step.output(1), pass, of: 3 * units * sizes.inputs))
                let dR = sizes.part(step.output(2), pass, of: 3 * units * units)
                step.appendTransposedProduct(
                    dGates, leftStride: 3 * units, before, depth: depth, rows: 2 * units, columns: units,
                    to: dR.part(offset: 0, byteCount: 8 * units * units))
                let dLast = dR.part(offset: 8 * units * units, byteCount: 4 * units * units)
                if resetsAfter {
                    step.appendTransposedProduct(side, before, depth: depth, rows: units, columns: units, to: dLast)
                } else {
                    let skipped = min(8 * units, dGates.byteCount)
                    step.appendTransposedProduct(
                        dGates.part(offset: skipped, byteCount: dGates.byteCount - skipped), leftStride: 3 * units,
                        side,
                        depth: depth, rows: units, columns: units, to: dLast)
                }
                if givesBias {
                    let first = sizes.part(step.output(4), 2 * pass, of: 3 * units)
                    let second = sizes.part(step.output(4), 2 * pass + 1, of: 3 * units)
                    step.appendColumnSums(dGates, columns: 3 * units, to: first)
                    step.append(kernels.copy(first, to: second))
                    if resetsAfter {
                        step.appendColumnSums(side, columns: units, to: sizes.part(second, 2, of: units))
                    }
                }
            }
            if givesInput {
                try step.appendInputGradient(sizes, gates: step.output(0), to: step.output(givesBias ? 5 : 4))
            }
        }
    }
}
