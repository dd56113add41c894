internal import Kernels

extension Operators {
    /// Convolution (cross-correlation) of images:
    /// y[n, m, oy, ox] = activation(b[m] + Σ over c, ky, kx of w[m, c, ky, kx] · x[n, g·C/groups + c, oy·s + ky·d − p, …] + residual).
    ///
    /// - Shapes: x `[N, C, H, W]` (or `[N, C, W]`, w `[M, C/groups, kW]`), w `[M, C/groups, kH, kW]`, b `[M]` or left out, residual as y or left out (ours, made by fusion) → y `[N, M, oH, oW]`.
    ///
    /// Windows of 3×3 or 4×4 with strides of 1 are computed by Winograd's algorithm where their shape, the batch aside, makes that faster, and those
    /// of 5×5 to 8×8 with strides of 2 over few channels after a pass has made such of them. Its rounding errors are up to 2e-5 of the largest
    /// output instead of 1e-6, and a NaN or infinity spreads over its tile of up to 6×6 pixels, and to the nearest ones of those beside.
    ///
    /// - Source: ONNX Conv.
    public struct Conv: SpatialOperator {
        public static let name = "Conv"

        /// The kernel's size in it is the weight's; ONNX's attribute `kernel_shape` may repeat it.
        public var window: SpatialWindow
        /// Parts that the channels are cut into, each convolved by itself.
        public var groups: Int
        /// Applied last; only fusion sets another than the identity.
        public var activation: FusedActivation = .identity
        /// How images lie in memory.
        public var layout: ImageLayout = .channelsFirst
        /// Whether x is what `PixelUnshuffle` makes of an image, over which w is the weight of a window with strides of 2. So a pass has it,
        /// which leaves w as it is: packed weights are known by it.
        var isOverCells = false

        public init(window: SpatialWindow, groups: Int = 1) {
            self.window = window
            self.groups = groups
        }

        var spatialInputs: [Int] { [0, 1, 3] }

        func inferImages(_ inputs: Operands) throws(OperatorError) -> [TensorType] {
            try inputs.count(in: 2...4)
            let geometry = try ConvGeometry(
                window, groups, layout, x: inputs.required(0, "x", rank: 4).shape,
                w: weightShape(inputs.required(1, "w", rank: 4).shape))
            if let bias = inputs.optional(2) {
                guard bias == TensorType(.f32, [geometry.output.channels]) else {
                    throw OperatorError("b is \(bias) where the weight has \(geometry.output.channels) output channels")
                }
            }
            let output = TensorType(.f32, geometry.output.shape)
            if let residual = inputs.optional(3), residual != output {
                throw OperatorError("the residual is \(residual) where the output is \(output)")
            }
            return [output]
        }

        /// The shape of the weight over x's channels.
        func weightShape(_ w: Shape) -> Shape {
            isOverCells ? [w[0], 4 * w[1], (w[2] + 1) / 2, (w[3] + 1) / 2] : w
        }

        public func keepsRowsApart(_ inputs: [TensorType?]) -> Bool { true }

        public var channelsLast: ChannelsLast {
            guard layout == .channelsFirst else { return .no }
            var copy = self
            copy.layout = .channelsLast
            return .becomes(copy, images: [0, 3])
        }

        public func packs(_ operand: Int) -> Bool { operand == 1 }

        public func weightAxis(_ operand: Int) -> Int? { operand == 1 ? 0 : nil }

        public func multiplyAdds(_ inputs: [TensorType?], _ outputs: [TensorType]) -> Int {
            guard inputs.count > 1, let weight = inputs[1]?.shape, let output = outputs.first?.shape else { return 0 }
            return .clampedProduct(output.elementCount, weight.dropFirst().reduce(1, *))
        }

        public func differentiate(_ backward: Backward, in graph: inout Graph) throws(GraphError) -> [Graph.Value?] {
            precondition(activation == .identity, "the fused '\(backward.node.name)' is differentiated")
            let x = backward.input(0), w = backward.input(1), dy = backward.gradient
            var gradients: [Graph.Value?] = [nil, nil, nil, nil]
            if backward.needs[0] {
                gradients[0] = try graph.append(
                    ConvInputGradient(convolution: self, inputShape: graph.type(of: x).shape), [dy, w],
                    name: backward.name("input_gradient"))[0]
            }
            if backward.needs[1] {
                gradients[1] = try graph.append(
                    ConvWeightGradient(convolution: self, weightShape: graph.type(of: w).shape), [x, dy],
                    name: backward.name("weight_gradient"))[0]
            }
            if backward.needs.count > 2, backward.needs[2] {
                gradients[2] = try graph.append(ChannelSum(layout: layout), [dy], name: backward.name("bias_gradient"))[
                    0]
            }
            if backward.needs.count > 3, backward.needs[3] { gradients[3] = dy }
            return Array(gradients.prefix(backward.needs.count))
        }

        public func schedule(_ step: inout Step) throws(GraphError) {
            let geometry = ConvGeometry(self, x: step.shape(0), w: step.shape(1))
            let bias = step.optionalInput(2), residual = step.optionalInput(3)
            if geometry.isDepthwise {
                let weights = try geometry.depthwiseWeights(&step, input: 1)
                step.append(
                    step.kernels.depthwise(
                        geometry.forwardWindow(group: nil), step.input(0), weights: weights, bias: bias,
                        residual: residual,
                        activation: activation, to: step.output()))
                return
            }
            // Pixels of few floats: what is outside is made zeros once, instead of asked about at each tap.
            let bordered = groups == 1 ? geometry.bordered(&step) : nil
            let windows = bordered.map { [$0.window] } ?? (0..<groups).map(geometry.forwardWindow)
            let panels =
                isOverCells
                ? [try step.packedOverCells(geometry, for: windows[0].algorithm)]
                : try step.packed(
                    1, (0..<groups).map(geometry.forwardWeights), for: windows[0].algorithm, purpose: "conv \(groups)")
            let columnBytes = geometry.output.channels / groups * 4
            for group in 0..<groups {
                step.convolve(
                    windows[group], bordered?.input ?? step.input(0), panels: panels[group],
                    bias: bias?.part(offset: group * columnBytes, byteCount: columnBytes), residual: residual,
                    activation: activation)
            }
        }
    }
}

extension Step {
    /// The weights, input 1, of a convolution over cells as its algorithm takes them.
    fileprivate mutating func packedOverCells(_ geometry: ConvGeometry, for algorithm: ConvolutionAlgorithm)
        throws(GraphError) -> Region
    {
        let kernels = kernels, layout = geometry.forwardWeights(group: 0), weight = shape(1)
        return try prepared(
            1, purpose: "\(algorithm) conv over cells", byteCount: kernels.packedCount(layout, for: algorithm) * 4
        ) { source, panels in
            let cells = Region(Storage(byteCount: geometry.weightCount * 4))
            return [
                kernels.cellWeights(
                    source, images: weight[0] * weight[1], height: weight[2], width: weight[3], to: cells),
                kernels.pack(layout, cells, into: panels, for: algorithm),
            ]
        }
    }
}

/// The sizes of a convolution, and the windows and weight layouts that its kernels take.
struct ConvGeometry {
    let input: ImageShape
    let output: ImageShape
    let groups: Int
    let window: SpatialWindow
    let placed: SpatialWindow.Placed

    init(_ window: SpatialWindow, _ groups: Int, _ layout: ImageLayout, x: Shape, w: Shape) throws(OperatorError) {
        let input = ImageShape(x, layout)
        var window = window
        window.kernel = SpatialWindow.Pair(w[2], w[3])
        guard groups >= 1, w[1] < 1 << 31, groups < 1 << 31, input.channels == w[1] * groups, w[0] % groups == 0 else {
            throw OperatorError(
                "x has \(input.channels) channels where the weight \(w) in \(groups) group\(groups == 1 ? "" : "s") takes \(w[1])"
                    + (groups == 1 ? "" : " each"))
        }
        let placed = try window.placed(height: input.height, width: input.width)
        let output = try input.with(channels: w[0], placed.output).checked()
        self.init(
            input: input, output: output, groups: groups, window: window,
            placed: placed)
    }

    private init(
        input: ImageShape, output: ImageShape, groups: Int, window: SpatialWindow, placed: SpatialWindow.Placed
    ) {
        self.input = input
        self.output = output
        self.groups = groups
        self.window = window
        self.placed = placed
    }

    /// The geometry of a convolution whose shape rule has passed.
    init(_ convolution: Operators.Conv, x: Shape, w: Shape) {
        do {
            self = try ConvGeometry(
                convolution.window, convolution.groups, convolution.layout, x: x, w: convolution.weightShape(w))
        } catch {
            preconditionFailure(error.description)
        }
        precondition(convolution.layout == .channelsLast, "a convolution is planned before the layout pass")
    }

    /// The same in another layout.
    func laid(_ layout: ImageLayout) -> ConvGeometry {
        ConvGeometry(
            input: input.laid(layout), output: output.laid(layout), groups: groups, window: window, placed: placed)
    }

    var taps: Int { window.kernel.vertical * window.kernel.horizontal }
    var isDepthwise: Bool { groups > 1 && groups == input.channels && groups == output.channels }
    /// Whether each output pixel has its place at the input pixel of the same number.
    var isPixelByPixel: Bool {
        window.strides == 1 && placed.padsBegin == SpatialWindow.Pair(0, 0)
            && output.height == input.height && output.width == input.width
    }
    /// Numbers of all weights.
    var weightCount: Int { output.channels * groupInput * taps }
    private var groupInput: Int { input.channels / groups }
    private var groupOutput: Int { output.channels / groups }

    private func inputPixels(_ group: Int?) -> Window.Pixels {
        group.map { input.pixels.channels(from: $0 * groupInput, count: groupInput) } ?? input.pixels
    }

    private func outputPixels(_ group: Int?) -> Window.Pixels {
        group.map { output.pixels.channels(from: $0 * groupOutput, count: groupOutput) } ?? output.pixels
    }

    /// From the input to the output; of all channels where `group` is nil.
    func forwardWindow(group: Int?) -> Window {
        Window(
            input: inputPixels(group), output: outputPixels(group), strideY: window.strides.vertical,
            strideX: window.strides.horizontal, taps: window.taps(placed))
    }

    /// The input with its padding as pixels, and the window over that, where pixels have fewer floats than vectors and padding is small.
    func bordered(_ step: inout Step) -> (input: Region, window: Window)? {
        let (first, last) = (placed.padsBegin, placed.padsEnd)
        let pads = [first.vertical, first.horizontal, last.vertical, last.horizontal]
        guard input.channels < 16, pads != [0, 0, 0, 0], (pads.max() ?? 0) <= min(input.height, input.width),
            forwardWindow(group: 0).algorithm == .direct
        else { return nil }
        let pixels = Window.Pixels(
            images: input.images, height: first.vertical + input.height + last.vertical,
            width: first.horizontal + input.width + last.horizontal, channels: input.channels)
        let bytes = input.channels * 4
        let region = step.temporary(byteCount: pixels.count * bytes)
        step.append(
            step.kernels.border(
                step.input(0), images: input.images, height: input.height, rowBytes: input.width * bytes,
                above: first.vertical, below: last.vertical, left: first.horizontal * bytes,
                right: last.horizontal * bytes, to: region))
        var unpadded = placed
        unpadded.padsBegin = SpatialWindow.Pair(0, 0)
        let over = Window(
            input: pixels, output: outputPixels(0), strideY: window.strides.vertical,
            strideX: window.strides.horizontal, taps: window.taps(unpadded))
        return (region, over)
    }

    /// The weights [M, C/groups, kH, kW] of a group: sums over (tap, input channel), columns are output channels.
    func forwardWeights(group: Int) -> WeightLayout {
        WeightLayout(
            tapOffsets: Array(0..<taps), channels: groupInput, channelStride: taps, columns: groupOutput,
            columnStride: groupInput * taps, offset: group * groupOutput * groupInput * taps)
    }

    /// The weights of a depthwise convolution as [tap][channel].
    func depthwiseWeights(_ step: inout Step, input index: Int) throws(GraphError) -> Region {
        let channels = input.channels, taps = taps, kernels = step.kernels
        return try step.prepared(index, purpose: "depthwise", byteCount: taps * channels * 4) { source, region in
            [kernels.transpose(source, batches: 1, rows: channels, columns: taps, to: region)]
        }
    }

    /// A phase of the input gradient: the input's pixels of one remainder modulo the stride, and the taps that meet them.
    struct Phase {
        let window: Window
        /// The kernel positions of the window's taps.
        let positions: [Int]
    }

    /// The input gradient's phases. Input pixel i = s·q + r meets the kernel position k at output (i + p − k·d)/s where that is whole.
    func phases(group: Int?) -> [Phase] {
        var phases: [Phase] = []
        for row in 0..<min(window.strides.vertical, max(input.height, 1)) {
            let rows = Self.meeting(
                row, window.kernel.vertical, window.strides.vertical, window.dilations.vertical,
                placed.padsBegin.vertical)
            for column in 0..<min(window.strides.horizontal, max(input.width, 1)) {
                let columns = Self.meeting(
                    column, window.kernel.horizontal, window.strides.horizontal, window.dilations.horizontal,
                    placed.padsBegin.horizontal)
                var taps: [(y: Int, x: Int)] = []
                var positions: [Int] = []
                // From the last kernel position to the first, so that neighbouring taps are neighbours in memory.
                for y in rows.reversed() {
                    for x in columns.reversed() {
                        taps.append((y.shift, x.shift))
                        positions.append(y.position * window.kernel.horizontal + x.position)
                    }
                }
                let pixels = inputPixels(group).every(
                    window.strides.vertical, window.strides.horizontal, fromRow: row, column: column)
                phases.append(
                    Phase(window: Window(input: outputPixels(group), output: pixels, taps: taps), positions: positions))
            }
        }
        return phases
    }

    /// The kernel positions that meet input pixels of a remainder, and where in the output.
    private static func meeting(_ remainder: Int, _ kernel: Int, _ stride: Int, _ dilation: Int, _ pad: Int) -> [(
        position: Int, shift: Int
    )] {
        (0..<kernel).compactMap { position in
            let distance = remainder + pad - position * dilation
            let shift = distance >= 0 ? distance / stride : -((-distance + stride - 1) / stride)
            return shift * stride == distance ? (position, shift) : nil
        }
    }

    /// The weights of a phase of a group's input gradient: sums over (tap, output channel), columns are input channels.
    func backwardWeights(_ phase: Phase, group: Int) -> WeightLayout {
        WeightLayout(
            tapOffsets: phase.positions, channels: groupOutput, channelStride: groupInput * taps, columns: groupInput,
            columnStride: taps, offset: group * groupOutput * groupInput * taps)
    }

    /// [tap][channel] in memory as the visible [C, 1, kH, kW].
    func depthwiseGradientLayout() -> WeightLayout {
        WeightLayout(
            tapOffsets: Array(0..<taps), channels: 1, channelStride: 1, columns: input.channels, columnStride: taps)
    }
}
