internal import Kernels

/// An operator that applies a function of one variable element by element.
protocol FunctionOperator: Operator {
    var function: Function { get }
}

extension FunctionOperator {
    public func keepsRowsApart(_ inputs: [TensorType?]) -> Bool { true }

    public func infer(_ inputs: Operands) throws(OperatorError) -> [TensorType] {
        try inputs.count(in: 1...1)
        return [try inputs.required(0, "x")]
    }

    public var placement: Placement { .mayOverwrite([0]) }
    public var channelsLast: ChannelsLast { .indifferent }

    public func differentiate(_ backward: Backward, in graph: inout Graph) throws(GraphError) -> [Graph.Value?] {
        try graph.append(
            Operators.FunctionGradient(function: function), [backward.input(0), backward.gradient],
            name: backward.name("gradient"))
    }

    public func schedule(_ step: inout Step) throws(GraphError) {
        step.append(step.kernels.apply(function, step.input(0), to: step.output()))
    }
}

extension Operators {
    /// The gradient of a function of one variable: dx = dy·f′(x).
    ///
    /// - Shapes: x and dy alike → dx.
    struct FunctionGradient: Operator {
        static let name = "FunctionGradient"
        var function: Function

        func infer(_ inputs: Operands) throws(OperatorError) -> [TensorType] { [try inputs.required(0, "x")] }
        var placement: Placement { .mayOverwrite([1, 0]) }
        var channelsLast: ChannelsLast { .indifferent }

        func schedule(_ step: inout Step) throws(GraphError) {
            step.append(
                step.kernels.applyBackward(function, x: step.input(0), dy: step.input(1), to: step.output()))
        }
    }
}
