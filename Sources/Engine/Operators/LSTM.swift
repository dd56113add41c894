internal import Kernels

extension Operators {
    /// Long short-term memory over whole sequences, or a step of them.
    ///
    /// i, o, f = σ(W·x + R·h + Wb + Rb), g = tanh(W·x + R·h + Wb + Rb), each with its rows of W, R and B in the order i, o, f, c;
    /// c ← f⊙c + i⊙g, h ← o⊙tanh(c), and y is h. State goes in and comes out: a sequence can be cut anywhere, with the same bits.
    ///
    /// A sequence that is shorter than T gives zeros behind its end, and its last state; a reverse pass begins at its end. Lengths are known only
    /// when the network runs: what is below 0 or above T counts as that. Rows behind the last active one of a step cost nothing, so that sequences sorted by
    /// falling length waste nothing.
    ///
    /// - Shapes: X `[T, N, I]`, W `[D, 4H, I]`, R `[D, 4H, H]`, B `[D, 8H]` or left out, lengths i32 `[N]` or left out, initial h and c `[D, N, H]`
    ///   or left out → Y `[T, D, N, H]`, h and c `[D, N, H]`, and ours, where a gradient needs them, the gates `[D, T, N, 4H]` and the cells `[D, T, N, H]`.
    ///   D is 2 for both directions, else 1.
    /// - Source: Hochreiter, Schmidhuber 1997; Gers, Schmidhuber, Cummins 2000 (the forget gate); ONNX LSTM, without peepholes.
    public struct LSTM: Operator {
        public static let name = "LSTM"
        /// In which order the steps are gone through.
        public var direction: RecurrentDirection
        /// Whether gates and cells are kept for a gradient; a pass sets it.
        var keepsGates = false

        public init(direction: RecurrentDirection = .forward) { self.direction = direction }

        public func infer(_ inputs: Operands) throws(OperatorError) -> [TensorType] {
            try inputs.count(in: 3...8)
            let sizes = try Recurrence(inputs, gates: 4, direction: direction)
            try sizes.checkState(inputs, 6, "initial_c")
            guard inputs.optional(7) == nil else { throw OperatorError("peepholes (P) are not supported") }
            let state = TensorType(.f32, sizes.state)
            let kept = keepsGates ? [TensorType(.f32, try sizes.kept(4)), TensorType(.f32, try sizes.kept(1))] : []
            return [TensorType(.f32, try sizes.output()), state, state] + kept
        }

        public func multiplyAdds(_ inputs: [TensorType?], _ outputs: [TensorType]) -> Int {
            (try? Recurrence(Operands(types: inputs), gates: 4, direction: direction))?.multiplyAdds ?? 0
        }

        public func differentiate(_ backward: Backward, in graph: inout Graph) throws(GraphError) -> [Graph.Value?] {
            let node = backward.node
            guard keepsGates else {
                throw GraphError(
                    node: node.name, operation: name, fault: "only one that keeps its gates has a gradient")
            }
            func input(_ index: Int) -> Graph.Value? { node.inputs.indices.contains(index) ? node.inputs[index] : nil }
            func needs(_ index: Int) -> Bool { backward.needs.indices.contains(index) && backward.needs[index] }
            let operation = LSTMGradient(
                direction: direction, givesInitial: needs(5) || needs(6), givesBias: needs(3), givesInput: needs(0))
            let made = try graph.append(
                operation,
                [
                    input(0), input(1), input(2), node.outputs[3], input(4), input(5), input(6), node.outputs[0],
                    node.outputs[4], backward.outputGradients[0], backward.outputGradients[1],
                    backward.outputGradients[2],
                ], name: backward.name("gradient"))
            let gradients = [
                needs(0) ? made[made.count - 1] : nil, made[1], made[2], needs(3) ? made[5] : nil, nil,
                needs(5) ? made[3] : nil, needs(6) ? made[4] : nil, nil,
            ]
            return Array(gradients.prefix(node.inputs.count))
        }

        public func schedule(_ step: inout Step) throws(GraphError) {
            let sizes = Recurrence(step, gates: 4, direction: direction)
            let (units, rows) = (sizes.units, sizes.rows)
            let sequence = step.sequenceLengths(sizes, step.optionalInput(4))
            let bias = step.optionalInput(3).map { _ in step.summedBias(3, sizes, gates: 4) }
            let w = step.recurrentPanels(
                1, sizes.passes, columns: 4 * units, of: 4 * units, depth: sizes.inputs, purpose: "recurrent input")
            let r = step.recurrentPanels(
                2, sizes.passes, columns: 4 * units, of: 4 * units, depth: units, purpose: "recurrent state")
            let stateProduct = step.matrix(rows: rows, depth: units, columns: 4 * units)
            let sums =
                keepsGates
                ? nil : step.temporary(byteCount: min(sizes.chunk, sizes.steps) * rows * 16 * units)
            for pass in 0..<sizes.passes {
                let hidden = sizes.state(step.output(1), pass), cell = sizes.state(step.output(2), pass)
                let initial = step.optionalInput(5).map { sizes.state($0, pass) }
                step.begin(hidden, with: initial)
                step.begin(cell, with: step.optionalInput(6).map { sizes.state($0, pass) })
                for (number, chunk) in sizes.chunks(pass).enumerated() {
                    let gates =
                        sums?.part(offset: 0, byteCount: chunk.count * rows * 16 * units)
                        ?? sizes.kept(step.output(3), 4, pass, chunk)
                    step.append(
                        step.kernels.product(
                            step.matrix(rows: chunk.count * rows, depth: sizes.inputs, columns: 4 * units),
                            sizes.input(step.input(0), chunk), panels: w[pass],
                            bias: bias.map { sizes.part($0, pass, of: 4 * units) }, sharesPanels: true,
                            range: sequence?.ofChunk(at: chunk.lowerBound), to: gates))
                    for (place, time) in sizes.times(chunk, pass).enumerated() {
                        let sums = sizes.part(gates, time - chunk.lowerBound, of: rows * 4 * units)
                        // From a state of zeros nothing comes.
                        if number > 0 || place > 0 || initial != nil {
                            step.append(
                                step.kernels.product(
                                    stateProduct, hidden, panels: r[pass], accumulate: true,
                                    sharesPanels: true, range: sequence?.ofStep(time), to: sums))
                        }
                        step.append(
                            step.kernels.lstmCell(
                                sizes.step(time, pass), sequence, gates: sums, cell: cell, hidden: hidden,
                                to: sizes.output(step.output(0), time, pass),
                                kept: keepsGates ? sizes.kept(step.output(4), 1, pass, time) : nil))
                    }
                }
            }
        }
    }
}

extension Step {
    /// The two biases of so many gates added, `[passes, gates·H]`, and of the others the first alone.
    mutating func summedBias(_ index: Int, _ sizes: Recurrence, gates: Int) -> Region {
        let kernels = kernels, source = input(index), width = sizes.gates * sizes.units, shared = gates * sizes.units
        return prepared(index, purpose: "recurrent bias \(gates)", byteCount: sizes.passes * width * 4) { whole in
            (0..<sizes.passes).flatMap { pass in
                let first = sizes.part(source, 2 * pass, of: width),
                    second = sizes.part(source, 2 * pass + 1, of: width)
                let sum = sizes.part(whole, pass, of: width)
                func head(_ region: Region) -> Region { region.part(offset: 0, byteCount: shared * 4) }
                func tail(_ region: Region) -> Region {
                    region.part(offset: shared * 4, byteCount: (width - shared) * 4)
                }
                return [
                    kernels.arithmetic(.add, head(first), head(second), to: head(sum)),
                    kernels.copy(tail(first), to: tail(sum)),
                ]
            }
        }
    }
}
