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
        /// Whether X holds W·x + Wb + Rb already, `[T, N, D·4H]`, and W and B are left out; a pass sets it.
        var takesSums = false

        public init(direction: RecurrentDirection = .forward) { self.direction = direction }

        public func infer(_ inputs: Operands) throws(OperatorError) -> [TensorType] {
            try inputs.count(in: 3...8)
            let sizes = try Recurrence(inputs, gates: 4, direction: direction, takesSums: takesSums)
            try sizes.checkState(inputs, 6, "initial_c")
            guard inputs.optional(7) == nil else { throw OperatorError("peepholes (P) are not supported") }
            let state = TensorType(.f32, try sizes.state())
            let kept = keepsGates ? [TensorType(.f32, try sizes.kept(4)), TensorType(.f32, try sizes.kept(1))] : []
            return [TensorType(.f32, try sizes.output()), state, state] + kept
        }

        public func weightAxis(_ operand: Int) -> Int? { (1...2).contains(operand) ? 1 : nil }
        public func takesNarrow(_ operand: Int, _ shape: Shape) -> Bool { (1...2).contains(operand) }

        public func multiplyAdds(_ inputs: [TensorType?], _ outputs: [TensorType]) -> Int {
            (try? Recurrence(Operands(types: inputs), gates: 4, direction: direction, takesSums: takesSums))?
                .multiplyAdds ?? 0
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
            let sizes = Recurrence(step, gates: 4, direction: direction, takesSums: takesSums)
            let (rows, inputs) = (sizes.rows, sizes.inputs)
            let sequence = step.sequenceLengths(sizes, step.optionalInput(4))
            let bias = try step.optionalInput(3).map { _ throws(GraphError) in try step.summedBias(3, sizes, gates: 4) }
            let w = takesSums ? nil : try step.gatePanels(1, sizes, depth: inputs, purpose: "recurrent input")
            let r = try step.gatePanels(2, sizes, depth: sizes.units, purpose: "recurrent state")
            // Few rows: the products of several steps with W are one, into memory.
            let isChunked = !takesSums && sizes.chunk > 1 && sizes.steps > 1
            let sums =
                isChunked && !keepsGates
                ? step.temporary(byteCount: min(sizes.chunk, sizes.steps) * rows * 16 * sizes.units) : nil
            let other = sequence.map { _ in step.temporary(byteCount: rows * sizes.units * 4) }
            let stride =
                isChunked || keepsGates
                ? sizes.units : step.kernels.lstmUnits(sizes.step(0, 0), inputs: inputs, narrow: r.narrow)
            let scratch = step.kernels.lstmScratchBytes(sizes.step(0, 0), inputs: inputs, narrow: r.narrow)
            let recurrent = step.gates(rows: rows, depth: sizes.units, r, sizes, stride: stride, scratch: scratch)
            let input = w.map { step.gates(rows: rows, depth: inputs, $0, sizes, stride: stride, scratch: scratch) }
            // What the steps' products read, as pairs where the weights are.
            let x = (w?.isOfPairs ?? false) ? step.pairs(step.input(0)) : step.input(0)
            let floatBytes = x.byteCount == step.input(0).byteCount ? 4 : 2
            let hiddenPairs =
                r.isOfPairs ? (0..<2).map { _ in step.temporary(byteCount: rows * sizes.units * 2) } : nil
            for pass in 0..<sizes.passes {
                let last = (hidden: sizes.state(step.output(1), pass), cell: sizes.state(step.output(2), pass))
                var hidden = step.optionalInput(5).map { sizes.state($0, pass) }
                var cell = step.optionalInput(6).map { sizes.state($0, pass) }
                let bias = bias.map { sizes.part($0, pass, of: 4 * sizes.units) }
                var left = sizes.steps
                if let hidden, let hiddenPairs { step.append(step.kernels.pairs(hidden, to: hiddenPairs[left % 2])) }
                for chunk in sizes.chunks(pass) {
                    let gates =
                        keepsGates
                        ? sizes.kept(step.output(3), 4, pass, chunk)
                        : sums?.part(offset: 0, byteCount: chunk.count * rows * 16 * sizes.units)
                    if isChunked, let w, let gates {
                        step.append(
                            step.kernels.product(
                                step.gates(
                                    rows: chunk.count * rows, depth: inputs, w, sizes, stride: sizes.units),
                                sizes.input(x, chunk, floatBytes: floatBytes), panels: w.regions[pass], bias: bias,
                                sharesPanels: true, range: sequence?.ofChunk(at: chunk.lowerBound), to: gates))
                    }
                    for time in sizes.times(chunk, pass) {
                        left -= 1
                        let y = sizes.output(step.output(0), time, pass)
                        // Where sequences end early, y is not the state; the state changes place each time, and the last place is the output.
                        let nextHidden = other.map { left % 2 == 0 ? last.hidden : $0 } ?? y
                        let nextCell = keepsGates ? sizes.kept(step.output(4), 1, pass, time) : last.cell
                        var lstm = LSTMStep(
                            sizes.step(time, pass), sequence,
                            recurrent: LSTMStep.Product(recurrent, panels: r.regions[pass]),
                            hidden: (hidden, nextHidden), cell: (cell, nextCell))
                        lstm.y = other.map { _ in y }
                        lstm.gates = gates.map { sizes.part($0, time - chunk.lowerBound, of: rows * 4 * sizes.units) }
                        if let hiddenPairs {
                            lstm.pairs = (hidden.map { _ in hiddenPairs[(left + 1) % 2] }, hiddenPairs[left % 2])
                        }
                        if takesSums {
                            lstm.added = sizes.sums(step.input(0), time, pass)
                        } else if !isChunked, let input, let w {
                            lstm.input = (
                                sizes.input(x, time..<time + 1, floatBytes: floatBytes),
                                LSTMStep.Product(input, panels: w.regions[pass], bias: bias)
                            )
                        }
                        step.append(step.kernels.lstmStep(lstm, inputs: inputs))
                        (hidden, cell) = (nextHidden, nextCell)
                    }
                }
                if sizes.steps == 0 || sequence == nil { step.begin(last.hidden, with: hidden) }
                if sizes.steps == 0 || keepsGates { step.begin(last.cell, with: cell) }
            }
        }
    }
}

extension Step {
    /// The two biases of so many gates added, `[passes, gates·H]`, and of the others the first alone.
    mutating func summedBias(_ index: Int, _ sizes: Recurrence, gates: Int) throws(GraphError) -> Region {
        let kernels = kernels, width = sizes.gates * sizes.units, shared = gates * sizes.units
        return try prepared(
            index, purpose: "recurrent bias \(gates)", byteCount: sizes.passes * width * 4
        ) { source, whole in
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
