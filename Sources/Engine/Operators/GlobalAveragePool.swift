internal import Kernels

extension Operators {
    /// The mean of each channel of an image.
    ///
    /// - Shapes: x `[N, C, H, W]` → y `[N, C, 1, 1]`.
    /// - Source: ONNX GlobalAveragePool.
    public struct GlobalAveragePool: GlobalPoolOperator {
        public static let name = "GlobalAveragePool"
        /// How images lie in memory.
        public var layout: ImageLayout = .channelsFirst

        public init() {}

        public func differentiate(_ backward: Backward, in graph: inout Graph) throws(GraphError) -> [Graph.Value?] {
            let shape = graph.type(of: backward.input(0)).shape
            return try graph.append(
                GlobalAveragePoolGradient(inputShape: shape, layout: layout), [backward.gradient],
                name: backward.name("gradient"))
        }

        public func schedule(_ step: inout Step) throws(GraphError) {
            precondition(layout == .channelsLast, "a pooling is planned before the layout pass")
            let x = ImageShape(step.shape(0), layout)
            step.append(
                step.kernels.globalAveragePool(
                    step.input(0), images: x.images, pixels: x.height * x.width, channels: x.channels, to: step.output()
                ))
        }
    }
}

extension Operators {
    /// The gradient of `GlobalAveragePool`: dx = dy / (H·W).
    ///
    /// - Shapes: dy `[N, C, 1, 1]` → dx `inputShape`.
    struct GlobalAveragePoolGradient: Operator {
        static let name = "GlobalAveragePoolGradient"
        var inputShape: Shape
        var layout: ImageLayout

        func infer(_ inputs: Operands) throws(OperatorError) -> [TensorType] { [TensorType(.f32, inputShape)] }

        func schedule(_ step: inout Step) throws(GraphError) {
            let x = ImageShape(inputShape, layout)
            step.append(
                step.kernels.globalAveragePoolBackward(
                    dy: step.input(0), images: x.images, pixels: x.height * x.width, channels: x.channels,
                    to: step.output()))
        }
    }
}
