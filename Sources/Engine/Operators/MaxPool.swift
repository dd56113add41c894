internal import Kernels

extension Operators {
    /// The greatest of each window; padding is never the greatest, and NaN is.
    ///
    /// - Shapes: x `[N, C, H, W]` → y `[N, C, oH, oW]`; and where asked for the indices of the greatest, i64, or where a gradient needs
    ///   them their places, i32, of the same shape.
    /// - Source: ONNX MaxPool.
    public struct MaxPool: SpatialOperator {
        public static let name = "MaxPool"
        /// Kernel, strides, padding.
        public var window: SpatialWindow
        /// How images lie in memory.
        public var layout: ImageLayout = .channelsFirst
        /// How the second output counts the elements of x; nil where there is none.
        public var indices: Indices?
        /// Whether the places are a second output (ours: row · width + column in the image, not ONNX's `Indices`).
        var givesPlaces = false

        /// How the elements of all images and channels are numbered.
        public enum Indices: Hashable, Sendable, CaseIterable {
            /// As they lie in `[N, C, H, W]`.
            case rowMajor
            /// As they would lie in `[N, C, W, H]`.
            case columnMajor
        }

        public init(window: SpatialWindow, indices: Indices? = nil) {
            self.window = window
            self.indices = indices
        }

        var spatialInputs: [Int] { [0] }

        func inferImages(_ inputs: Operands) throws(OperatorError) -> [TensorType] {
            try inputs.count(in: 1...1)
            var output = try window.pooling(ImageShape(inputs.required(0, "x", rank: 4).shape, layout)).output
            let type = TensorType(.f32, output.shape)
            if givesPlaces { return [type, TensorType(.i32, output.shape)] }
            guard indices != nil else { return [type] }
            output.layout = .channelsFirst
            return [type, TensorType(.i64, output.shape)]
        }

        /// Indices count through all images.
        public func keepsRowsApart(_ inputs: [TensorType?]) -> Bool { indices == nil }

        public var channelsLast: ChannelsLast {
            guard layout == .channelsFirst else { return .no }
            var copy = self
            copy.layout = .channelsLast
            return .becomes(copy, images: [0])
        }

        public func differentiate(_ backward: Backward, in graph: inout Graph) throws(GraphError) -> [Graph.Value?] {
            var places = self
            places.givesPlaces = true
            places.indices = nil
            let x = backward.input(0)
            let made = try graph.append(places, [x], name: backward.name("places"))
            return try graph.append(
                MaxPoolGradient(window: window, layout: layout, inputShape: graph.type(of: x).shape),
                [backward.gradient, made[1]],
                name: backward.name("gradient"))
        }

        public func schedule(_ step: inout Step) throws(GraphError) {
            let shape = window.plannedPooling(step.shape(0), layout)
            guard let indices else {
                step.append(
                    step.kernels.maxPool(
                        shape, step.input(0), to: step.output(), argmax: givesPlaces ? step.output(1) : nil))
                return
            }
            let places = step.temporary(byteCount: step.outputShape(1).elementCount * 4)
            step.append(step.kernels.maxPool(shape, step.input(0), to: step.output(), argmax: places))
            step.append(
                step.kernels.poolingIndices(
                    shape, places: places, isColumnMajor: indices == .columnMajor, to: step.output(1)))
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
