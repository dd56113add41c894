internal import Kernels

extension Operators {
    /// x − max − log Σ exp(x − max) along an axis.
    ///
    /// - Shapes: any of at least one dimension → the same.
    /// - Source: ONNX LogSoftmax, opset 13.
    public struct LogSoftmax: Operator {
        public static let name = "LogSoftmax"
        /// The dimension whose exponentials sum to 1; counts from the end where negative.
        public var axis: Int
        /// Whether all dimensions from the axis on are one, as before opset 13.
        public var joinsFollowing: Bool

        public init(axis: Int = -1, joinsFollowing: Bool = false) {
            self.axis = axis
            self.joinsFollowing = joinsFollowing
        }

        public func infer(_ inputs: Operands) throws(OperatorError) -> [TensorType] {
            try inputs.count(in: 1...1)
            let x = try inputs.required(0, "x")
            guard x.shape.axis(axis) != nil else { throw OperatorError("axis \(axis) of shape \(x.shape)") }
            return [x]
        }

        public var placement: Placement { .mayOverwrite([0]) }

        public func differentiate(_ backward: Backward, in graph: inout Graph) throws(GraphError) -> [Graph.Value?] {
            try graph.append(
                LogSoftmaxGradient(axis: axis, joinsFollowing: joinsFollowing),
                [backward.node.outputs[0], backward.gradient],
                name: backward.name("gradient"))
        }

        public func schedule(_ step: inout Step) throws(GraphError) {
            step.alongLastAxis(axis, joinsFollowing: joinsFollowing, inputs: [0]) { kernels, regions, columns, output in
                kernels.logSoftmax(regions[0], columns: columns, to: output)
            }
        }
    }
}

extension Operators {
    /// The gradient of `LogSoftmax`: dx = dy − exp(y)·Σ dy.
    ///
    /// - Shapes: y and dy alike → dx.
    struct LogSoftmaxGradient: Operator {
        static let name = "LogSoftmaxGradient"
        var axis: Int
        var joinsFollowing: Bool

        func infer(_ inputs: Operands) throws(OperatorError) -> [TensorType] { [try inputs.required(0, "y")] }
        var placement: Placement { .mayOverwrite([1]) }

        func schedule(_ step: inout Step) throws(GraphError) {
            step.alongLastAxis(axis, joinsFollowing: joinsFollowing, inputs: [0, 1]) {
                kernels, regions, columns, output in
                kernels.logSoftmaxBackward(y: regions[0], dy: regions[1], columns: columns, to: output)
            }
        }
    }
}
