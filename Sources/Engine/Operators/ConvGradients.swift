internal import Kernels

extension Operators {
    /// The gradient of `Conv` with respect to its input: a window over the output gradient for each phase of the stride.
    ///
    /// - Shapes: dy as the convolution's output, w `[M, C/groups, kH, kW]` → dx `inputShape`.
    /// - Source: Dumoulin, Visin 2016, "A guide to convolution arithmetic", section 4 (transposed convolution).
    struct ConvInputGradient: Operator {
        static let name = "ConvInputGradient"
        var convolution: Conv
        var inputShape: Shape

        func infer(_ inputs: Operands) throws(OperatorError) -> [TensorType] {
            let w = try inputs.required(1, "w", rank: 4).shape
            let geometry = try ConvGeometry(
                convolution.window, convolution.groups, convolution.layout, x: inputShape, w: w)
            guard try inputs.required(0, "dy").shape == geometry.output.shape else {
                throw OperatorError("dy is not the output's shape")
            }
            return [TensorType(.f32, inputShape)]
        }

        func schedule(_ step: inout Step) throws(GraphError) { try schedule(&step, bias: nil, activation: .identity) }

        /// The same, with a float added for each channel of the convolution's input, and an activation.
        func schedule(_ step: inout Step, bias: Region?, activation: FusedActivation) throws(GraphError) {
            let geometry = ConvGeometry(convolution, x: inputShape, w: step.shape(1))
            if geometry.isDepthwise {
                let weights = try geometry.depthwiseWeights(&step, input: 1)
                let rowBytes = geometry.input.channels * 4
                for phase in geometry.phases(group: nil) {
                    let chosen = step.temporary(byteCount: max(1, phase.positions.count) * rowBytes)
                    for (index, position) in phase.positions.enumerated() {
                        step.append(
                            step.kernels.copy(
                                weights.part(offset: position * rowBytes, byteCount: rowBytes),
                                to: chosen.part(offset: index * rowBytes, byteCount: rowBytes)))
                    }
                    step.append(
                        step.kernels.depthwise(
                            phase.window, step.input(0), weights: chosen, bias: bias, activation: activation,
                            to: step.output()))
                }
                return
            }
            let channelBytes = geometry.input.channels / convolution.groups * 4
            for group in 0..<convolution.groups {
                let bias = bias?.part(offset: group * channelBytes, byteCount: channelBytes)
                for phase in geometry.phases(group: group) {
                    let panels = try step.packed(
                        1, [geometry.backwardWeights(phase, group: group)], for: phase.window.algorithm,
                        purpose: "conv input gradient \(group) of \(convolution.groups) \(phase.positions)")[0]
                    step.convolve(phase.window, step.input(0), panels: panels, bias: bias, activation: activation)
                }
            }
        }
    }
}

extension Operators {
    /// The gradient of `Conv` with respect to its weight.
    ///
    /// - Shapes: x and dy as the convolution's input and output → dw `weightShape`, `[M, C/groups, kH, kW]`.
    struct ConvWeightGradient: Operator {
        static let name = "ConvWeightGradient"
        var convolution: Conv
        var weightShape: Shape

        func infer(_ inputs: Operands) throws(OperatorError) -> [TensorType] {
            let x = try inputs.required(0, "x", rank: 4).shape
            let geometry = try ConvGeometry(
                convolution.window, convolution.groups, convolution.layout, x: x, w: weightShape)
            guard try inputs.required(1, "dy").shape == geometry.output.shape else {
                throw OperatorError("dy is not the output's shape")
            }
            return [TensorType(.f32, weightShape)]
        }

        func schedule(_ step: inout Step) throws(GraphError) {
            let geometry = ConvGeometry(convolution, x: step.shape(0), w: weightShape)
            if geometry.isDepthwise {
                let window = geometry.forwardWindow(group: nil)
                let partials = step.temporary(byteCount: KernelSet.depthwiseGradientPartBytes(window))
                step.append(
                    step.kernels.depthwiseWeightGradient(
                        window, step.input(0), outputGradient: step.input(1),
                        layout: geometry.depthwiseGradientLayout(),
                        partials: partials, to: step.output()))
                return
            }
            for group in 0..<convolution.groups {
                let window = geometry.forwardWindow(group: group)
                step.needScratch(window)
                let partials = step.temporary(byteCount: KernelSet.gradientPartBytes(window))
                step.append(
                    step.kernels.weightGradient(
                        window, step.input(0), outputGradient: step.input(1),
                        layout: geometry.forwardWeights(group: group),
                        partials: partials, to: step.output()))
            }
        }
    }
}

extension Operators {
    /// Sums over all but the channels: the gradient of a bias.
    ///
    /// - Shapes: x `[N, C, H, W]`, or `[N, C]` → `[C]`.
    struct ChannelSum: Operator {
        static let name = "ChannelSum"
        var layout: ImageLayout

        private func channels(_ shape: Shape) -> Int {
            shape.rank == 4 ? ImageShape(shape, layout).channels : shape[shape.rank - 1]
        }

        func infer(_ inputs: Operands) throws(OperatorError) -> [TensorType] {
            let x = try inputs.required(0, "x").shape
            guard x.rank == 4 || x.rank == 2 else {
                throw OperatorError("x has shape \(x); 2 or 4 dimensions are needed")
            }
            return [TensorType(.f32, [channels(x)])]
        }

        func schedule(_ step: inout Step) throws(GraphError) {
            let channels = channels(step.shape(0))
            let rows = step.shape(0).elementCount / max(channels, 1)
            let partials = step.temporary(byteCount: KernelSet.normalizationPartBytes(rows: rows, channels: channels))
            step.append(
                step.kernels.channelSums(step.input(0), channels: channels, partials: partials, to: step.output()))
        }
    }
}
