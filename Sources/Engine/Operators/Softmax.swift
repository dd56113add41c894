internal import Kernels

extension Operators {
    /// exp(x − max)/Σ exp(x − max) along an axis.
    ///
    /// - Shapes: any of at least one dimension → the same.
    /// - Source: ONNX Softmax, opset 13.
    public struct Softmax: Operator {
        public static let name = "Softmax"
        /// The dimension that sums to 1; counts from the end where negative.
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
                SoftmaxGradient(axis: axis, joinsFollowing: joinsFollowing),
                [backward.node.outputs[0], backward.gradient],
                name: backward.name("gradient"))
        }

        public func schedule(_ step: inout Step) throws(GraphError) {
            step.alongLastAxis(axis, joinsFollowing: joinsFollowing, inputs: [0]) { kernels, regions, columns, output in
                kernels.softmax(regions[0], columns: columns, to: output)
            }
        }
    }
}

extension Operators {
    /// The gradient of `Softmax`: dx = y·(dy − Σ dy·y).
    ///
    /// - Shapes: y and dy alike → dx.
    struct SoftmaxGradient: Operator {
        static let name = "SoftmaxGradient"
        var axis: Int
        var joinsFollowing: Bool

        func infer(_ inputs: Operands) throws(OperatorError) -> [TensorType] { [try inputs.required(0, "y")] }
        var placement: Placement { .mayOverwrite([1]) }

        func schedule(_ step: inout Step) throws(GraphError) {
            step.alongLastAxis(axis, joinsFollowing: joinsFollowing, inputs: [0, 1]) {
                kernels, regions, columns, output in
                kernels.softmaxBackward(y: regions[0], dy: regions[1], columns: columns, to: output)
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
