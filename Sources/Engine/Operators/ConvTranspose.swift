internal import Kernels

extension Operators {
    /// Transposed convolution: the gradient of `Conv` with respect to its input, as an operator of its own.
    ///
    /// y[n, m, i·s + k·d − p] = b[m] + Σ over c, k of w[c, m, k]·x[n, c, i], in both directions.
    ///
    /// - Shapes: x `[N, C, H, W]`, w `[C, M/groups, kH, kW]`, b `[M]` or left out → y `[N, M, oH, oW]`.
    /// - Source: ONNX ConvTranspose; Dumoulin, Visin 2016, "A guide to convolution arithmetic", section 4.
    public struct ConvTranspose: SpatialOperator {
        public static let name = "ConvTranspose"
        /// The window of the convolution whose gradient it is.
        public var window: SpatialWindow
        /// Parts that the channels are cut into.
        public var groups: Int
        /// Rows and columns that the convolution would leave over at the end of y.
        public var outputPadding: SpatialWindow.Pair
        /// The size of y, from which the padding follows; nil where the padding is given.
        public var outputSize: SpatialWindow.Pair?
        /// Applied last; only fusion sets another than the identity.
        public var activation: FusedActivation = .identity
        /// How images lie in memory.
        public var layout: ImageLayout = .channelsFirst

        public init(
            window: SpatialWindow, groups: Int = 1, outputPadding: SpatialWindow.Pair = 0,
            outputSize: SpatialWindow.Pair? = nil
        ) {
            self.window = window
            self.groups = groups
            self.outputPadding = outputPadding
            self.outputSize = outputSize
        }

        /// The convolution from y to x, and y's shape.
        private func convolution(x: Shape, w: Shape) throws(OperatorError) -> (Conv, Shape) {
            let image = ImageShape(x, layout)
            guard groups >= 1, groups < 1 << 31, w[1] < 1 << 31, image.channels == w[0], w[0] % groups == 0 else {
                throw OperatorError(
                    "x has \(image.channels) channels where the weight \(w) in \(groups) groups takes \(w[0])")
            }
            let vertical = try placed(
                image.height, w[2], window.strides.vertical, window.dilations.vertical, outputPadding.vertical,
                outputSize?.vertical, along: "height"
            ) { if case .explicit(let top, _, let bottom, _) = $0 { (top, bottom) } else { (0, 0) } }
            let horizontal = try placed(
                image.width, w[3], window.strides.horizontal, window.dilations.horizontal, outputPadding.horizontal,
                outputSize?.horizontal, along: "width"
            ) { if case .explicit(_, let left, _, let right) = $0 { (left, right) } else { (0, 0) } }
            var own = window
            own.kernel = SpatialWindow.Pair(w[2], w[3])
            own.padding = .explicit(
                top: vertical.begin, left: horizontal.begin, bottom: vertical.end, right: horizontal.end)
            own.roundsUp = false
            var convolution = Conv(window: own, groups: groups)
            convolution.layout = layout
            let y = try image.with(channels: w[1] * groups, SpatialWindow.Pair(vertical.size, horizontal.size))
                .checked()
            return (convolution, y.shape)
        }

        private func placed(
            _ size: Int, _ kernel: Int, _ stride: Int, _ dilation: Int, _ rest: Int, _ wanted: Int?, along axis: String,
            _ explicit: (Padding) -> (Int, Int)
        ) throws(OperatorError) -> (size: Int, begin: Int, end: Int) {
            let limit = 1 << 24
            guard (1...limit).contains(kernel), (1...limit).contains(stride), (1...limit).contains(dilation),
                size < 1 << 31, (0..<stride).contains(rest)
            else {
                throw OperatorError(
                    "kernel \(kernel), stride \(stride), dilation \(dilation), output padding \(rest) along the \(axis)"
                )
            }
            var whole = (size - 1) * stride + rest + (kernel - 1) * dilation + 1
            var (begin, end) = explicit(window.padding)
            let isGiven =
                switch window.padding {
                case .explicit, .valid: true
                case .same, .sameLower: false
                }
            if let goal = wanted ?? (isGiven ? nil : size * stride) {
                // The padding is what is too much, the odd one in front unless SAME_UPPER is asked for. What is missing is left over
                // behind, as output padding is.
                whole = max(whole, goal)
                guard goal >= 0, whole - goal <= limit, goal < 1 << 31 else {
                    throw OperatorError("an output of \(goal) along the \(axis)")
                }
                let total = whole - goal
                (begin, end) =
                    window.padding == .same ? (total / 2, total - total / 2) : (total - total / 2, total / 2)
            }
            guard (0...limit).contains(begin), (0...limit).contains(end), whole >= begin + end else {
                throw OperatorError("padding of \(begin) and \(end) along the \(axis) of \(whole)")
            }
            return (whole - begin - end, begin, end)
        }

        var spatialInputs: [Int] { [0, 1] }

        func inferImages(_ inputs: Operands) throws(OperatorError) -> [TensorType] {
            try inputs.count(in: 2...3)
            let x = try inputs.required(0, "x", rank: 4).shape, w = try inputs.required(1, "w", rank: 4).shape
            let (convolution, y) = try convolution(x: x, w: w)
            // What the convolution makes of y must be x again.
            let back = try ConvGeometry(convolution.window, groups, layout, x: y, w: w)
            guard back.output.shape == x else {
                throw OperatorError("x has shape \(x) where a convolution from \(y) gives \(back.output.shape)")
            }
            try checkWork(x: x, w: w, y: y)
            if let bias = inputs.optional(2) {
                guard bias == TensorType(.f32, [ImageShape(y, layout).channels]) else {
                    throw OperatorError(
                        "b is \(bias) where there are \(ImageShape(y, layout).channels) output channels")
                }
            }
            return [TensorType(.f32, y)]
        }

        public func keepsRowsApart(_ inputs: [TensorType?]) -> Bool { true }

        public var channelsLast: ChannelsLast {
            guard layout == .channelsFirst else { return .no }
            var copy = self
            copy.layout = .channelsLast
            return .becomes(copy, images: [0])
        }

        /// Each output looks at all taps, of which a kernel much larger than the image has few over it: that could take hours.
        private func checkWork(x: Shape, w: Shape, y: Shape) throws(OperatorError) {
            let strides = window.strides.vertical * window.strides.horizontal
            let looked = Int.clampedProduct(y.elementCount, w[2], w[3], w[0] / groups) / max(strides, 1)
            let needed = Int.clampedProduct(x.elementCount, w[1], w[2], w[3])
            guard looked <= 1 << 32 || looked / 1_024 <= needed else {
                throw OperatorError(
                    "a kernel of \(w[2])×\(w[3]) is too large for an image of \(x), and is not supported")
            }
        }

        public func weightAxis(_ operand: Int) -> Int? { operand == 1 ? 1 : nil }

        public func multiplyAdds(_ inputs: [TensorType?], _ outputs: [TensorType]) -> Int {
            guard inputs.count > 1, let x = inputs[0]?.shape, let weight = inputs[1]?.shape else { return 0 }
            return .clampedProduct(x.elementCount, weight.dropFirst().reduce(1, *))
        }

        /// The convolution of a transposed one whose shape rule has passed.
        private func known(x: Shape, w: Shape) -> (Conv, Shape) {
            do { return try convolution(x: x, w: w) } catch { preconditionFailure(error.description) }
        }

        public func differentiate(_ backward: Backward, in graph: inout Graph) throws(GraphError) -> [Graph.Value?] {
            precondition(activation == .identity, "the fused '\(backward.node.name)' is differentiated")
            let x = backward.input(0), w = backward.input(1), dy = backward.gradient
            let shape = graph.type(of: w).shape
            let (convolution, _) = known(x: graph.type(of: x).shape, w: shape)
            var gradients: [Graph.Value?] = [nil, nil, nil]
            if backward.needs[0] {
                gradients[0] = try graph.append(convolution, [dy, w], name: backward.name("input_gradient"))[0]
            }
            if backward.needs[1] {
                gradients[1] = try graph.append(
                    ConvWeightGradient(convolution: convolution, weightShape: shape), [dy, x],
                    name: backward.name("weight_gradient"))[0]
            }
            if backward.needs.count > 2, backward.needs[2] {
                gradients[2] = try graph.append(
                    ChannelSum(layout: layout), [dy], name: backward.name("bias_gradient"))[0]
            }
            return Array(gradients.prefix(backward.needs.count))
        }

        public func schedule(_ step: inout Step) throws(GraphError) {
            let (convolution, y) = known(x: step.shape(0), w: step.shape(1))
            try ConvInputGradient(convolution: convolution, inputShape: y).schedule(
                &step, bias: step.optionalInput(2), activation: activation)
        }
    }
}
