internal import Kernels

extension Operators {
    /// y = max(x, 0) element by element; NaN stays NaN.
    ///
    /// - Shapes: any → the same.
    /// - Source: ONNX Relu.
    public struct Relu: Operator {
        public static let name = "Relu"

        public init() {}

        public func infer(_ inputs: Operands) throws(OperatorError) -> [TensorType] {
            try inputs.count(in: 1...1)
            return [try inputs.required(0, "x")]
        }

        public var placement: Placement { .mayOverwrite([0]) }
        public var channelsLast: ChannelsLast { .indifferent }
        public func keepsRowsApart(_ inputs: [TensorType?]) -> Bool { true }

        public func differentiate(_ backward: Backward, in graph: inout Graph) throws(GraphError) -> [Graph.Value?] {
            try graph.append(
                ReluGradient(), [backward.node.outputs[0], backward.gradient], name: backward.name("gradient"))
        }

        public func schedule(_ step: inout Step) throws(GraphError) {
            step.append(step.kernels.relu(step.input(0), to: step.output()))
        }
    }
}

extension Operators {
    /// The gradient of `Relu`: dx = y > 0 ? dy : 0.
    ///
    /// - Shapes: y and dy alike → dx.
    struct ReluGradient: Operator {
        static let name = "ReluGradient"

        func infer(_ inputs: Operands) throws(OperatorError) -> [TensorType] { [try inputs.required(0, "y")] }

        var placement: Placement { .mayOverwrite([1, 0]) }

        func schedule(_ step: inout Step) throws(GraphError) {
            step.append(step.kernels.reluBackward(y: step.input(0), dy: step.input(1), to: step.output()))
        }
    }
}
