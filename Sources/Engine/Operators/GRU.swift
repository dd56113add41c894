internal import Kernels

extension Operators {
    /// Gated recurrent units over whole sequences, or a step of them.
    ///
    /// z, r = σ(W·x + R·h + Wb + Rb); n = tanh(W·x + Wb + r⊙(R·h + Rb)) where the reset comes after the product, else tanh(W·x + Wb + R·(r⊙h) + Rb);
    /// h ← (1 − z)⊙n + z⊙h, and y is h. The rows of W, R and B are in the order z, r, h. States and lengths are as `LSTM` has them.
    ///
    /// - Shapes: X `[T, N, I]`, W `[D, 3H, I]`, R `[D, 3H, H]`, B `[D, 6H]` or left out, lengths i32 `[N]` or left out, initial h `[D, N, H]` or
    ///   left out → Y `[T, D, N, H]`, h `[D, N, H]`, and ours, where a gradient needs them, the gates `[D, T, N, 3H]` and R·h + Rb of the last gate
    ///   `[D, T, N, H]`.
    /// - Source: Cho et al. 2014, "Learning Phrase Representations using RNN Encoder–Decoder", equations 5 to 8; ONNX GRU.
    public struct GRU: Operator {
        public static let name = "GRU"
        /// In which order the steps are gone through.
        public var direction: RecurrentDirection
        /// Whether the reset gate scales the product instead of the state (ONNX: `linear_before_reset`), as PyTorch's and cuDNN's does.
        public var resetsAfter: Bool
        /// Whether gates are kept for a gradient; a pass sets it.
        var keepsGates = false

        public init(direction: RecurrentDirection = .forward, resetsAfter: Bool = false) {
            self.direction = direction
            self.resetsAfter = resetsAfter
        }

        public func infer(_ inputs: Operands) throws(OperatorError) -> [TensorType] {
            try inputs.count(in: 3...6)
            let sizes = try Recurrence(inputs, gates: 3, direction: direction)
            let kept = keepsGates ? [TensorType(.f32, try sizes.kept(3)), TensorType(.f32, try sizes.kept(1))] : []
            return [TensorType(.f32, try sizes.output()), TensorType(.f32, try sizes.state())] + kept
        }

        public func weightAxis(_ operand: Int) -> Int? { (1...2).contains(operand) ? 1 : nil }
        public func takesNarrow(_ operand: Int, _ shape: Shape) -> Bool { (1...2).contains(operand) }

        public func multiplyAdds(_ inputs: [TensorType?], _ outputs: [TensorType]) -> Int {
            (try? Recurrence(Operands(types: inputs), gates: 3, direction: direction))?.multiplyAdds ?? 0
        }

        public func differentiate(_ backward: Backward, in graph: inout Graph) throws(GraphError) -> [Graph.Value?] {
            let node = backward.node
            guard keepsGates else {
                throw GraphError(
                    node: node.name, operation: name, fault: "only one that keeps its gates has a gradient")
            }
            func input(_ index: Int) -> Graph.Value? { node.inputs.indices.contains(index) ? node.inputs[index] : nil }
            func needs(_ index: Int) -> Bool { backward.needs.indices.contains(index) && backward.needs[index] }
            let operation = GRUGradient(
                direction: direction, resetsAfter: resetsAfter, givesInitial: needs(5), givesBias: needs(3),
                givesInput: needs(0))
            let made = try graph.append(
                operation,
                [
                    input(0), input(1), input(2), node.outputs[2], input(4), input(5), node.outputs[0],
                    node.outputs[3], backward.outputGradients[0], backward.outputGradients[1],
                ], name: backward.name("gradient"))
            let gradients = [
                needs(0) ? made[made.count - 1] : nil, made[1], made[2], needs(3) ? made[4] : nil, nil,
                needs(5) ? made[3] : nil,
            ]
            return Array(gradients.prefix(node.inputs.count))
        }

        public func schedule(_ step: inout Step) throws(GraphError) {
            let sizes = Recurrence(step, gates: 3, direction: direction)
            let (units, rows, kernels) = (sizes.units, sizes.rows, step.kernels)
            let sequence = step.sequenceLengths(sizes, step.optionalInput(4))
            let source = step.optionalInput(3)
            let bias = try source.map { _ throws(GraphError) in
                try step.summedBias(3, sizes, gates: resetsAfter ? 2 : 3)
            }
            let w = try step.recurrentPanels(
                1, sizes.passes, columns: 3 * units, of: 3 * units, depth: sizes.inputs, rows: rows,
                purpose: "recurrent input")
            let both = try step.recurrentPanels(
                2, sizes.passes, columns: 2 * units, of: 3 * units, depth: units, rows: rows,
                purpose: "update and reset")
            let last = try step.recurrentPanels(
                2, sizes.passes, columns: units, of: 3 * units, from: 2 * units, depth: units, rows: rows,
                purpose: "candidate")
            let gateRows = Window.Pixels(images: 1, height: 1, width: rows, channels: 3 * units)
            let bothProduct = step.matrix(
                rows: rows, depth: units, gateRows.channels(from: 0, count: 2 * units), narrow: both.narrow)
            let lastProduct =
                resetsAfter
                ? step.matrix(rows: rows, depth: units, columns: units, narrow: last.narrow)
                : step.matrix(
                    rows: rows, depth: units, gateRows.channels(from: 2 * units, count: units), narrow: last.narrow)
            let sums =
                keepsGates ? nil : step.temporary(byteCount: min(sizes.chunk, sizes.steps) * rows * 12 * units)
            // R·h + Rb, or r⊙h.
            let side = step.temporary(byteCount: rows * units * 4)
            for pass in 0..<sizes.passes {
                let hidden = sizes.state(step.output(1), pass)
                step.begin(hidden, with: step.optionalInput(5).map { sizes.state($0, pass) })
                for chunk in sizes.chunks(pass) {
                    let gates =
                        sums?.part(offset: 0, byteCount: chunk.count * rows * 12 * units)
                        ?? sizes.kept(step.output(2), 3, pass, chunk)
                    step.append(
                        kernels.product(
                            step.matrix(
                                rows: chunk.count * rows, depth: sizes.inputs, columns: 3 * units, narrow: w.narrow),
                            sizes.input(step.input(0), chunk), panels: w.regions[pass],
                            bias: bias.map { sizes.part($0, pass, of: 3 * units) }, sharesPanels: true,
                            range: sequence?.ofChunk(at: chunk.lowerBound), to: gates))
                    for time in sizes.times(chunk, pass) {
                        let sums = sizes.part(gates, time - chunk.lowerBound, of: rows * 3 * units)
                        let at = sizes.step(time, pass), range = sequence?.ofStep(time)
                        let y = sizes.output(step.output(0), time, pass)
                        step.append(
                            kernels.product(
                                bothProduct, hidden, panels: both.regions[pass], accumulate: true, sharesPanels: true,
                                range: range, to: sums))
                        step.append(
                            kernels.gruGates(at, sequence, gates: sums, hidden: hidden, reset: resetsAfter ? nil : side)
                        )
                        if resetsAfter {
                            let recurrent = keepsGates ? sizes.kept(step.output(3), 1, pass, time) : side
                            step.append(
                                kernels.product(
                                    lastProduct, hidden, panels: last.regions[pass],
                                    bias: source.map { sizes.part($0, 6 * pass + 5, of: units) }, sharesPanels: true,
                                    range: range,
                                    to: recurrent))
                            step.append(
                                kernels.gruCell(
                                    at, sequence, gates: sums, recurrent: recurrent, hidden: hidden, to: y))
                        } else {
                            step.append(
                                kernels.product(
                                    lastProduct, side, panels: last.regions[pass], accumulate: true, sharesPanels: true,
                                    range: range, to: sums))
                            step.append(
                                kernels.gruCell(at, sequence, gates: sums, recurrent: nil, hidden: hidden, to: y))
                        }
                    }
                }
            }
        }
    }
}
