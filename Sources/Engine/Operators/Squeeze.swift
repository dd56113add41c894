/// An operator that adds or removes dimensions of 1: the same elements in another shape.
protocol DimensionOperator: Operator {
    func shape(of shape: Shape, _ inputs: Operands) throws(OperatorError) -> Shape
}

extension DimensionOperator {
    public func keepsRowsApart(_ inputs: [TensorType?]) -> Bool { true }

    public func infer(_ inputs: Operands) throws(OperatorError) -> [TensorType] {
        try inputs.count(in: 1...1)
        let x = try inputs.required(0, "x", nil)
        return [TensorType(x.elementType, try shape(of: x.shape, inputs))]
    }

    public var placement: Placement { .view }

    public func differentiate(_ backward: Backward, in graph: inout Graph) throws(GraphError) -> [Graph.Value?] {
        try graph.append(
            Operators.Reshaped(shape: graph.type(of: backward.input(0)).shape), [backward.gradient],
            name: backward.name("gradient"))
    }

    public func schedule(_ step: inout Step) throws(GraphError) {}
}

extension Operators {
    /// x without dimensions of 1.
    ///
    /// - Shapes: x any → fewer dimensions.
    /// - Source: ONNX Squeeze.
    public struct Squeeze: DimensionOperator {
        public static let name = "Squeeze"
        /// The dimensions, which must be 1; nil for all that are.
        public var axes: [Int]?

        public init(axes: [Int]? = nil) { self.axes = axes }

        func shape(of shape: Shape, _ inputs: Operands) throws(OperatorError) -> Shape {
            let gone =
                try axes.map { axes throws(OperatorError) in try inputs.axes(axes, of: shape) }
                ?? shape.indices.filter { shape[$0] == 1 }
            if let axis = gone.first(where: { shape[$0] != 1 }) {
                throw OperatorError("axis \(axis) of shape \(shape) is not 1")
            }
            return try Shape(inferred: shape.indices.filter { !gone.contains($0) }.map { shape[$0] })
        }
    }
}

extension Operators {
    /// x with further dimensions of 1.
    ///
    /// - Shapes: x any → more dimensions.
    /// - Source: ONNX Unsqueeze.
    public struct Unsqueeze: DimensionOperator {
        public static let name = "Unsqueeze"
        /// Where the result has its new dimensions; they count from the end where negative.
        public var axes: [Int]

        public init(axes: [Int]) { self.axes = axes }

        func shape(of shape: Shape, _ inputs: Operands) throws(OperatorError) -> Shape {
            let (rank, overflow) = shape.rank.addingReportingOverflow(axes.count)
            guard !overflow, rank <= Shape.maximumRank else {
                throw OperatorError("\(rank) dimensions; at most \(Shape.maximumRank) are supported")
            }
            let new = try inputs.axes(axes, of: Shape(Array(repeating: 1, count: rank)))
            var rest = shape.makeIterator()
            return try Shape(inferred: (0..<rank).map { new.contains($0) ? 1 : rest.next() ?? 1 })
        }
    }
}
