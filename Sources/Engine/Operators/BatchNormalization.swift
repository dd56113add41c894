internal import Kernels

extension Operators {
    /// Batch normalisation over all but the channels: y = activation(γ·(x − mean)/√(variance + ε) + β + residual).
    ///
    /// In training mode mean and (biased) variance are the batch's, and further outputs are the running statistics, new = momentum·old +
    /// (1 − momentum)·batch's with the unbiased variance as PyTorch has it, and ours: the batch's mean and 1/√(variance + ε).
    ///
    /// - Shapes: x `[N, C, H, W]`, `[N, C, W]` or `[N, C]`; γ, β, mean, variance `[C]`; residual as x or left out (ours, made by fusion) → y as x
    ///   and in training mode four times `[C]`.
    /// - Source: Ioffe, Szegedy 2015, algorithm 1; ONNX BatchNormalization.
    public struct BatchNormalization: SpatialOperator {
        public static let name = "BatchNormalization"
        /// Added to the variance.
        public var epsilon: Float
        /// The old running statistics' share.
        public var momentum: Float
        /// Whether the batch's statistics count.
        public var isTraining: Bool
        /// Applied last; only fusion sets another than the identity.
        public var activation: FusedActivation = .identity
        /// How images lie in memory.
        public var layout: ImageLayout = .channelsFirst

        public init(epsilon: Float = 1e-5, momentum: Float = 0.9, isTraining: Bool = false) {
            self.epsilon = epsilon
            self.momentum = momentum
            self.isTraining = isTraining
        }

        private func channels(_ x: Shape) -> Int { layout == .channelsFirst || x.rank == 2 ? x[1] : x[x.rank - 1] }

        var spatialInputs: [Int] { [0, 5] }

        func inferImages(_ inputs: Operands) throws(OperatorError) -> [TensorType] {
            try inputs.count(in: 5...6)
            let x = try inputs.required(0, "x")
            guard x.shape.rank == 4 || x.shape.rank == 2 else {
                throw OperatorError("x has shape \(x.shape); 2 to 4 dimensions are supported")
            }
            let each = TensorType(.f32, [channels(x.shape)])
            for (index, name) in ["scale", "bias", "mean", "variance"].enumerated() {
                guard try inputs.required(index + 1, name) == each else {
                    throw OperatorError(
                        "\(name) has shape \(inputs.types[index + 1]?.shape ?? []) where x has \(channels(x.shape)) channels"
                    )
                }
            }
            if let residual = inputs.optional(5), residual != x {
                throw OperatorError("the residual is \(residual) where x is \(x)")
            }
            return isTraining ? [x, each, each, each, each] : [x]
        }

        public var placement: Placement { .mayOverwrite(isTraining ? [] : [0, 5]) }
        public func keepsRowsApart(_ inputs: [TensorType?]) -> Bool { !isTraining }

        public var channelsLast: ChannelsLast {
            guard layout == .channelsFirst else { return .no }
            var copy = self
            copy.layout = .channelsLast
            return .becomes(copy, images: [0, 5])
        }

        public func differentiate(_ backward: Backward, in graph: inout Graph) throws(GraphError) -> [Graph.Value?] {
            guard isTraining else {
                throw GraphError(
                    node: backward.node.name, operation: name,
                    fault: "only a normalisation in training mode has a gradient")
            }
            let hasResidual = backward.needs.count > 5 && backward.needs[5]
            let operation = BatchNormalizationGradient(activation: activation, hasResidual: hasResidual)
            let y = activation == .identity ? nil : backward.node.outputs[0]
            let made = try graph.append(
                operation,
                [
                    backward.gradient, backward.input(0), backward.input(1), backward.node.outputs[3],
                    backward.node.outputs[4], y,
                ],
                name: backward.name("gradient"))
            let gradients = [made[0], made[1], made[2], nil, nil, hasResidual ? made[3] : nil]
            return Array(gradients.prefix(backward.needs.count))
        }

        public func schedule(_ step: inout Step) throws(GraphError) {
            precondition(
                layout == .channelsLast || step.shape(0).rank == 2, "a normalisation is planned before the layout pass")
            let channels = channels(step.shape(0))
            let rows = step.shape(0).elementCount / max(channels, 1)
            let coefficients = step.temporary(byteCount: channels * 8)
            if isTraining {
                step.append(
                    step.kernels.batchNormalization(
                        step.input(0), gamma: step.input(1), beta: step.input(2),
                        running: (step.input(3), step.input(4)),
                        residual: step.optionalInput(5), activation: activation, epsilon: Double(epsilon),
                        momentum: Double(momentum),
                        partials: step.temporary(
                            byteCount: KernelSet.normalizationPartBytes(rows: rows, channels: channels)),
                        coefficients: coefficients, to: step.output(), newRunning: (step.output(1), step.output(2)),
                        saved: (step.output(3), step.output(4))))
            } else {
                let scale = coefficients.part(offset: 0, byteCount: channels * 4)
                let shift = coefficients.part(offset: channels * 4, byteCount: channels * 4)
                step.append(
                    step.kernels.normalizationCoefficients(
                        gamma: step.input(1), beta: step.input(2), mean: step.input(3), variance: step.input(4),
                        epsilon: Double(epsilon),
                        scale: scale, shift: shift))
                step.append(
                    step.kernels.scaleShiftChannels(
                        step.input(0), scale: scale, shift: shift, residual: step.optionalInput(5),
                        activation: activation, to: step.output()))
            }
        }
    }
}

extension Operators {
    /// The gradient of `BatchNormalization` in training mode.
    ///
    /// dx = γ/σ·(g − mean(g) − x̂·mean(g·x̂)), dγ = Σ g·x̂, dβ = Σ g, where g is dy, masked where a ReLU was fused.
    ///
    /// - Shapes: dy and x `[N, H, W, C]` or `[N, C]`, γ, mean, inverse deviation `[C]`, y as x or left out → dx, dγ `[C]`, dβ `[C]`, and the residual's gradient as x.
    /// - Source: Ioffe, Szegedy 2015, section 3.
    struct BatchNormalizationGradient: Operator {
        static let name = "BatchNormalizationGradient"
        var activation: FusedActivation
        var hasResidual: Bool

        func infer(_ inputs: Operands) throws(OperatorError) -> [TensorType] {
            let x = try inputs.required(1, "x"), each = try inputs.required(2, "scale")
            return hasResidual ? [x, each, each, x] : [x, each, each]
        }

        var placement: Placement { .mayOverwrite([0]) }

        func schedule(_ step: inout Step) throws(GraphError) {
            let channels = step.shape(2).elementCount
            let rows = step.shape(1).elementCount / max(channels, 1)
            step.append(
                step.kernels.batchNormalizationBackward(
                    step.input(1), y: step.optionalInput(5), dy: step.input(0), gamma: step.input(2),
                    saved: (step.input(3), step.input(4)),
                    partials: step.temporary(
                        byteCount: KernelSet.normalizationPartBytes(rows: rows, channels: channels)),
                    dx: step.output(0), dGamma: step.output(1), dBeta: step.output(2),
                    dResidual: hasResidual ? step.output(3) : nil))
        }
    }
}
