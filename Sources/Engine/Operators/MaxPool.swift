internal import Kernels

extension Operators {
    /// The greatest of each window; padding is never the greatest, and NaN is.
    ///
    /// - Shapes: x `[N, C, H, W]` → y `[N, C, oH, oW]`, and where a gradient needs them the places of the greatest, i32.
    /// - Source: ONNX MaxPool.
    public struct MaxPool: SpatialOperator {
        public static let name = "MaxPool"
        /// Kernel, strides, padding.
        public var window: SpatialWindow
        /// How images lie in memory.
        public var layout: ImageLayout = .channelsFirst
        /// Whether the places are a second output (ours: row · width + column in the image, not ONNX's `Indices`).
        var givesPlaces = false

        public init(window: SpatialWindow) { self.window = window }

        var spatialInputs: [Int] { [0] }

        func inferImages(_ inputs: Operands) throws(OperatorError) -> [TensorType] {
            try inputs.count(in: 1...1)
            let output = try window.pooling(ImageShape(inputs.required(0, "x", rank: 4).shape, layout)).output.shape
            return [TensorType(.f32, output)] + (givesPlaces ? [TensorType(.i32, output)] : [])
        }

        public var channelsLast: ChannelsLast {
            guard layout == .channelsFirst else { return .no }
            var copy = self
            copy.layout = .channelsLast
            return .becomes(copy, images: [0])
        }

        public func differentiate(_ backward: Backward, in graph: inout Graph) throws(GraphError) -> [Graph.Value?] {
            var places = self
            places.givesPlaces = true
            let x = backward.input(0)
            let made = try graph.append(places, [x], name: backward.name("places"))
            return try graph.append(
                MaxPoolGradient(window: window, layout: layout, inputShape: graph.type(of: x).shape),
                [backward.gradient, made[1]],
                name: backward.name("gradient"))
        }

        public func schedule(_ step: inout Step) throws(GraphError) {
            step.append(
                step.kernels.maxPool(
                    window.plannedPooling(step.shape(0), layout), step.input(0), to: step.output(),
                    argmax: givesPlaces ? step.output(1) : nil))
        }
    }
}

extension Operators {
    /// The gradient of `MaxPool`: each dy goes to the place of its window's greatest.
    ///
    /// - Shapes: dy and places (i32) as the pooling's output → dx `inputShape`.
    struct MaxPoolGradient: Operator {
        static let name = "MaxPoolGradient"
        var window: SpatialWindow
        var layout: ImageLayout
        var inputShape: Shape

        func infer(_ inputs: Operands) throws(OperatorError) -> [TensorType] {
            let dy = try inputs.required(0, "dy").shape
            guard try inputs.required(1, "places", .i32).shape == dy else {
                throw OperatorError("dy and places differ")
            }
            return [TensorType(.f32, inputShape)]
        }

        func schedule(_ step: inout Step) throws(GraphError) {
            step.append(
                step.kernels.maxPoolBackward(
                    window.plannedPooling(inputShape, layout), argmax: step.input(1), dy: step.input(0),
                    to: step.output()))
        }
    }
}
