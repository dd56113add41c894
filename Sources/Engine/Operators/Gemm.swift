internal import Kernels

extension Operators {
    /// y = activation(α·A·B + β·C), with A and B transposed where said.
    ///
    /// - Shapes: A `[M, K]` (`[K, M]` transposed), B `[K, N]` (`[N, K]` transposed), C broadcast to `[M, N]` or left out → y `[M, N]`.
    /// - Source: ONNX Gemm.
    public struct Gemm: Operator {
        public static let name = "Gemm"
        /// The factor of the product.
        public var alpha: Float
        /// The factor of c.
        public var beta: Float
        /// Whether a is given as its transpose.
        public var transposesA: Bool
        /// Whether b is given as its transpose.
        public var transposesB: Bool
        /// Applied last; only fusion sets another than the identity.
        public var activation: FusedActivation = .identity

        public init(alpha: Float = 1, beta: Float = 1, transposesA: Bool = false, transposesB: Bool = false) {
            self.alpha = alpha
            self.beta = beta
            self.transposesA = transposesA
            self.transposesB = transposesB
        }

        public func infer(_ inputs: Operands) throws(OperatorError) -> [TensorType] {
            try inputs.count(in: 2...3)
            let a = try inputs.required(0, "A", rank: 2).shape, b = try inputs.required(1, "B", rank: 2).shape
            let depth = a[transposesA ? 0 : 1]
            guard depth == b[transposesB ? 1 : 0] else {
                throw OperatorError(
                    "A \(a)\(transposesA ? " transposed" : "") and B \(b)\(transposesB ? " transposed" : "") do not go together"
                )
            }
            let output = try Shape(inferred: [a[transposesA ? 1 : 0], b[transposesB ? 0 : 1]])
            if inputs.optional(2) != nil {
                let c = try inputs.required(2, "C").shape
                guard c.rank <= 2, c.broadcast(with: output) == output else {
                    throw OperatorError("C \(c) does not broadcast to \(output)")
                }
            }
            return [TensorType(.f32, output)]
        }

        public func keepsRowsApart(_ inputs: [TensorType?]) -> Bool { !transposesA }

        public func weightAxis(_ operand: Int) -> Int? { operand == 1 ? transposesB ? 0 : 1 : nil }
        public func takesNarrow(_ operand: Int, _ shape: Shape) -> Bool {
            operand == 1 && !transposesA && shape[transposesB ? 0 : 1] != 1
        }

        public func multiplyAdds(_ inputs: [TensorType?], _ outputs: [TensorType]) -> Int {
            guard let a = inputs.first??.shape, let output = outputs.first?.shape, a.rank == 2 else { return 0 }
            return .clampedProduct(output.elementCount, a[transposesA ? 0 : 1])
        }

        public func differentiate(_ backward: Backward, in graph: inout Graph) throws(GraphError) -> [Graph.Value?] {
            precondition(activation == .identity, "the fused '\(backward.node.name)' is differentiated")
            let a = backward.input(0), b = backward.input(1), dy = backward.gradient
            var gradients: [Graph.Value?] = [nil, nil, nil]
            if backward.needs[0] {
                // dA = α·dy·Bᵀ, or its transpose.
                let operation =
                    transposesA
                    ? Gemm(alpha: alpha, transposesA: transposesB, transposesB: true)
                    : Gemm(alpha: alpha, transposesB: !transposesB)
                gradients[0] = try graph.append(
                    operation, transposesA ? [b, dy] : [dy, b], name: backward.name("a_gradient"))[0]
            }
            if backward.needs[1] {
                let operation =
                    transposesB
                    ? Gemm(alpha: alpha, transposesA: true, transposesB: transposesA)
                    : Gemm(alpha: alpha, transposesA: !transposesA)
                gradients[1] = try graph.append(
                    operation, transposesB ? [dy, a] : [a, dy], name: backward.name("b_gradient"))[0]
            }
            if backward.needs.count > 2, backward.needs[2] {
                let c = graph.type(of: backward.input(2)).shape
                let scaled =
                    beta == 1 ? dy : try graph.append(Scale(factor: beta), [dy], name: backward.name("scale"))[0]
                gradients[2] =
                    c == [graph.type(of: dy).shape[1]]
                    ? try graph.append(ChannelSum(layout: .channelsLast), [scaled], name: backward.name("c_gradient"))[
                        0]
                    : try graph.reduce(scaled, to: c, name: backward.name("c_gradient"))
            }
            return Array(gradients.prefix(backward.needs.count))
        }

        public func schedule(_ step: inout Step) throws(GraphError) {
            let a = step.shape(0), b = step.shape(1), output = step.outputShape()
            let rows = output[0], columns = output[1], depth = a[transposesA ? 0 : 1]
            let c = step.optionalInput(2)
            let isBias =
                c != nil && step.shape(2).elementCount == columns && (columns == 1 || step.shape(2).last == columns)
            let isPlain = alpha == 1 && (c == nil || (isBias && beta == 1))

            if transposesA {
                // Aᵀ·B is the gradient of a weight: sums over the rows of A and B where they lie.
                let product =
                    isPlain && c == nil && activation == .identity
                    ? step.output() : step.temporary(byteCount: rows * columns * 4)
                var right = step.input(1)
                if transposesB {
                    right = step.temporary(byteCount: depth * columns * 4)
                    step.append(step.kernels.transpose(step.input(1), batches: 1, rows: b[0], columns: b[1], to: right))
                }
                step.appendTransposedProduct(
                    step.input(0), right, depth: depth, rows: rows, columns: columns, to: product)
                try finish(&step, product, isBias: isBias)
                return
            }
            if columns == 1, isPlain {
                step.append(
                    step.kernels.rowDots(
                        step.input(0), column: step.input(1), rows: rows, depth: depth, bias: c,
                        activation: activation, to: step.output()))
                return
            }
            let isOfPairs = step.takesPairs(1, depth: depth)
            let panels: Region
            var narrow: NarrowForm?
            if isOfPairs {
                panels = step.packedPairs(1, count: 1, depth: depth, columns: columns, isTransposed: !transposesB)[0]
            } else {
                let layout = WeightLayout(
                    tapOffsets: [0], channels: depth, channelStride: transposesB ? 1 : columns, columns: columns,
                    columnStride: transposesB ? depth : 1)
                let packed = try step.matrixPanels(1, [layout], rows: rows, purpose: "gemm \(transposesB)")
                (panels, narrow) = (packed.regions[0], packed.narrow)
            }
            let window = step.matrix(
                rows: rows, depth: depth, columns: columns, isOfPairs: isOfPairs, narrow: narrow)
            let x = isOfPairs ? step.pairs(step.input(0)) : step.input(0)
            if isPlain {
                step.append(
                    step.kernels.product(
                        window, x, panels: panels, bias: c, activation: activation, to: step.output()))
            } else {
                let product = step.temporary(byteCount: rows * columns * 4)
                step.append(step.kernels.product(window, x, panels: panels, to: product))
                try finish(&step, product, isBias: isBias)
            }
        }

        /// y = activation(α·product + β·C).
        private func finish(_ step: inout Step, _ product: Region, isBias: Bool) throws(GraphError) {
            let output = step.outputShape()
            var result = product
            if alpha != 1 {
                step.append(step.kernels.scale(result, by: alpha, to: step.output()))
                result = step.output()
            }
            if var c = step.optionalInput(2) {
                if beta != 1 {
                    let scaled = step.temporary(byteCount: c.byteCount)
                    step.append(step.kernels.scale(c, by: beta, to: scaled))
                    c = scaled
                }
                let broadcast = Broadcast(
                    sizes: Array(output),
                    strides: [output.strides(broadcastTo: output), step.shape(2).strides(broadcastTo: output)])
                step.append(step.kernels.arithmetic(.add, result, c, broadcast, to: step.output()))
                result = step.output()
            }
            switch activation {
            case .relu: step.append(step.kernels.relu(result, to: step.output()))
            case .identity where !(result.storage === step.output().storage && result.offset == step.output().offset):
                step.append(step.kernels.copy(result, to: step.output()))
            case .identity: break
            }
        }
    }
}

extension Step {
    /// output [rows, columns] = leftᵀ·right, left `[depth, rows]`, right `[depth, columns]`.
    ///
    /// - Parameter leftStride: floats between neighbours of left's `depth`; nil where there are no gaps.
    mutating func appendTransposedProduct(
        _ left: Region, leftStride: Int? = nil, _ right: Region, depth: Int, rows: Int, columns: Int, to output: Region
    ) {
        if takesTransposedPairs(depth: depth, rows: rows, columns: columns) {
            appendProductOfPairs(
                transposedPairs(left, rowStride: leftStride ?? rows, depth: depth, rows: rows), right, depth: depth,
                rows: rows, columns: columns, to: output)
            return
        }
        if KernelSet.prefersTransposedProduct(depth: depth, rows: rows, columns: columns) {
            append(
                kernels.transposedProduct(
                    left, leftStride: leftStride ?? rows, right, depth: depth, rows: rows, columns: columns, to: output)
            )
            return
        }
        // The depth is cut into "images" so that several partial sums can be taken at once.
        let images = [16, 8, 4, 2].first { depth % $0 == 0 && depth / $0 >= 16 } ?? 1
        let whole = Window.Pixels(images: images, height: 1, width: depth / images, channels: leftStride ?? rows)
        let window = Window(
            input: whole.channels(from: 0, count: rows),
            output: Window.Pixels(images: images, height: 1, width: depth / images, channels: columns))
        needScratch(window)
        append(
            kernels.weightGradient(
                window, left, outputGradient: right,
                layout: WeightLayout(
                    tapOffsets: [0], channels: rows, channelStride: columns, columns: columns, columnStride: 1),
                partials: temporary(byteCount: KernelSet.gradientPartBytes(window)), to: output))
    }
}
