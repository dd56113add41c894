internal import Kernels

extension Operators {
    /// The mean of each window, over the pixels that lie in the image, or with `countsPadding` those of the padding too.
    ///
    /// - Shapes: x `[N, C, H, W]` → y `[N, C, oH, oW]`.
    /// - Source: ONNX AveragePool.
    public struct AveragePool: SpatialOperator {
        public static let name = "AveragePool"
        /// Kernel, strides, padding.
        public var window: SpatialWindow
        /// Whether the mean is over the whole kernel, padding too (ONNX: `count_include_pad`).
        public var countsPadding: Bool
        /// How images lie in memory.
        public var layout: ImageLayout = .channelsFirst

        public init(window: SpatialWindow, countsPadding: Bool = false) {
            self.window = window
            self.countsPadding = countsPadding
        }

        var spatialInputs: [Int] { [0] }

        func inferImages(_ inputs: Operands) throws(OperatorError) -> [TensorType] {
            try inputs.count(in: 1...1)
            return [
                TensorType(
                    .f32, try window.pooling(ImageShape(inputs.required(0, "x", rank: 4).shape, layout)).output.shape)
            ]
        }

        public func keepsRowsApart(_ inputs: [TensorType?]) -> Bool { true }

        public var channelsLast: ChannelsLast {
            guard layout == .channelsFirst else { return .no }
            var copy = self
            copy.layout = .channelsLast
            return .becomes(copy, images: [0])
        }

        public func differentiate(_ backward: Backward, in graph: inout Graph) throws(GraphError) -> [Graph.Value?] {
            let shape = graph.type(of: backward.input(0)).shape
            return try graph.append(
                AveragePoolGradient(pooling: self, inputShape: shape), [backward.gradient],
                name: backward.name("gradient"))
        }

        public func schedule(_ step: inout Step) throws(GraphError) {
            step.append(
                step.kernels.averagePool(
                    window.plannedPooling(step.shape(0), layout, countsPadding: countsPadding), step.input(0),
                    to: step.output()))
        }
    }
}

extension Operators {
    /// The gradient of `AveragePool`.
    ///
    /// - Shapes: dy as the pooling's output → dx `inputShape`.
    struct AveragePoolGradient: Operator {
        static let name = "AveragePoolGradient"
        var pooling: AveragePool
        var inputShape: Shape

        func infer(_ inputs: Operands) throws(OperatorError) -> [TensorType] {
            let output = try pooling.window.pooling(ImageShape(inputShape, pooling.layout)).output.shape
            guard try inputs.required(0, "dy").shape == output else {
                throw OperatorError("dy is not the output's shape")
            }
            return [TensorType(.f32, inputShape)]
        }

        func schedule(_ step: inout Step) throws(GraphError) {
            step.append(
                step.kernels.averagePoolBackward(
                    pooling.window.plannedPooling(inputShape, pooling.layout, countsPadding: pooling.countsPadding),
                    dy: step.input(0), to: step.output()))
        }
    }
}
