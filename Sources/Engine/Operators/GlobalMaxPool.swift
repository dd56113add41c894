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

        /// A window of the whole image: dy goes to the first of the greatest, row by row (PyTorch's `adaptive_max_pool2d`).
        public func differentiate(_ backward: Backward, in graph: inout Graph) throws(GraphError) -> [Graph.Value?] {
            let shape = graph.type(of: backward.input(0)).shape, x = ImageShape(shape, layout)
            guard x.height > 0, x.width > 0 else { return [graph.addConstant(Tensor(zeros: shape))] }
            var whole = MaxPool(window: SpatialWindow(kernel: SpatialWindow.Pair(x.height, x.width)))
            whole.layout = layout
            return try whole.differentiate(backward, in: &graph)
        }

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
