internal import Kernels

extension Operators {
    /// The greatest of each channel of an image, NaN if any.
    ///
    /// - Shapes: x `[N, C, H, W]` → y `[N, C, 1, 1]`.
    /// - Source: ONNX GlobalMaxPool.
    public struct GlobalMaxPool: GlobalPoolOperator {
        public static let name = "GlobalMaxPool"
        /// How images lie in memory.
        public var layout: ImageLayout = .channelsFirst

        public init() {}

        public func schedule(_ step: inout Step) throws(GraphError) {
            precondition(layout == .channelsLast, "a pooling is planned before the layout pass")
            let x = ImageShape(step.shape(0), layout)
            step.append(
                step.kernels.reduce(
                    .max, step.input(0), outer: x.images, reduced: x.height * x.width, inner: x.channels,
                    to: step.output()))
        }
    }
}
