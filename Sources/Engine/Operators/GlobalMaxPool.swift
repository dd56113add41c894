internal import Kernels

extension Operators {
    /// The greatest of each channel of an image, NaN if any.
    ///
    /// - Shapes: x `[N, C, H, W]` → y `[N, C, 1, 1]`.
    /// - Source: ONNX GlobalMaxPool.
    public struct GlobalMaxPool: SpatialOperator {
        public static let name = "GlobalMaxPool"
        /// How images lie in memory.
        public var layout: ImageLayout = .channelsFirst

        public init() {}

        var spatialInputs: [Int] { [0] }

        func inferImages(_ inputs: Operands) throws(OperatorError) -> [TensorType] {
            try inputs.count(in: 1...1)
            let x = ImageShape(try inputs.required(0, "x", rank: 4).shape, layout)
            return [TensorType(.f32, x.with(channels: x.channels, 1).shape)]
        }

        public var channelsLast: ChannelsLast {
            guard layout == .channelsFirst else { return .no }
            var copy = self
            copy.layout = .channelsLast
            return .becomes(copy, images: [0])
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
