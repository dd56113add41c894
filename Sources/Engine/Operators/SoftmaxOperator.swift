internal import Kernels

/// An operator whose exponentials sum to 1 along an axis.
protocol SoftmaxOperator: Operator {
    /// Whether it gives their logarithms.
    static var isLogarithmic: Bool { get }
    /// The dimension that sums to 1; counts from the end where negative.
    var axis: Int { get }
    /// Whether all dimensions from the axis on are one, as before opset 13.
    var joinsFollowing: Bool { get }
}

extension SoftmaxOperator {
    public func infer(_ inputs: Operands) throws(OperatorError) -> [TensorType] {
        try inputs.count(in: 1...1)
        let x = try inputs.required(0, "x")
        guard x.shape.axis(axis) != nil else { throw OperatorError("axis \(axis) of shape \(x.shape)") }
        return [x]
    }

    public var placement: Placement { .mayOverwrite([0]) }
    public func keepsRowsApart(_ inputs: [TensorType?]) -> Bool { inputs[0]?.shape.axis(axis) != 0 }

    public func differentiate(_ backward: Backward, in graph: inout Graph) throws(GraphError) -> [Graph.Value?] {
        let gradient = Operators.SoftmaxGradient(
            axis: axis, joinsFollowing: joinsFollowing, isLogarithmic: Self.isLogarithmic)
        return try graph.append(
            gradient, [backward.node.outputs[0], backward.gradient], name: backward.name("gradient"))
    }

    public func schedule(_ step: inout Step) throws(GraphError) {
        step.alongLastAxis(axis, joinsFollowing: joinsFollowing, inputs: [0]) { kernels, regions, columns, output in
            Self.isLogarithmic
                ? kernels.logSoftmax(regions[0], columns: columns, to: output)
                : kernels.softmax(regions[0], columns: columns, to: output)
        }
    }
}

extension Operators {
    /// The gradient of `Softmax`, dx = y·(dy − Σ dy·y), or of `LogSoftmax`, dx = dy − exp(y)·Σ dy.
    ///
    /// - Shapes: y and dy alike → dx.
    struct SoftmaxGradient: Operator {
        static let name = "SoftmaxGradient"
        var axis: Int
        var joinsFollowing: Bool
        var isLogarithmic: Bool

        func infer(_ inputs: Operands) throws(OperatorError) -> [TensorType] { [try inputs.required(0, "y")] }
        var placement: Placement { .mayOverwrite([1]) }

        func schedule(_ step: inout Step) throws(GraphError) {
            step.alongLastAxis(axis, joinsFollowing: joinsFollowing, inputs: [0, 1]) {
                kernels, regions, columns, output in
                isLogarithmic
                    ? kernels.logSoftmaxBackward(y: regions[0], dy: regions[1], columns: columns, to: output)
                    : kernels.softmaxBackward(y: regions[0], dy: regions[1], columns: columns, to: output)
            }
        }
    }
}

extension Step {
    /// Appends a job that works along the last axis, with transposes around it where the axis is another.
    mutating func alongLastAxis(
        _ axis: Int, joinsFollowing: Bool, inputs: [Int], _ job: (KernelSet, [Region], Int, Region) -> Job
    ) {
        let shape = shape(inputs[0])
        let axis = shape.axis(axis) ?? shape.rank - 1
        let outer = shape.prefix(axis).reduce(1, *), following = shape.dropFirst(axis + 1).reduce(1, *)
        let (columns, inner) = joinsFollowing ? (shape[axis] * following, 1) : (shape[axis], following)
        if inner == 1 {
            append(job(kernels, inputs.map(input), columns, output()))
            return
        }
        var turned: [Region] = []
        for index in inputs {
            let region = temporary(byteCount: shape.elementCount * 4)
            append(kernels.transpose(input(index), batches: outer, rows: columns, columns: inner, to: region))
            turned.append(region)
        }
        append(job(kernels, turned, columns, turned[0]))
        append(kernels.transpose(turned[0], batches: outer, rows: inner, columns: columns, to: output()))
    }
}
