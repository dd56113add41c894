extension Operators {
    /// The dimensions before `axis` as one, those from `axis` on as another.
    ///
    /// - Shapes: x `[d0, …]` → `[d0·…·d(axis−1), d(axis)·…]`.
    /// - Source: ONNX Flatten.
    public struct Flatten: Operator {
        public static let name = "Flatten"
        /// The first dimension of the columns; counts from the end where negative.
        public var axis: Int

        public init(axis: Int = 1) { self.axis = axis }

        public func infer(_ inputs: Operands) throws(OperatorError) -> [TensorType] {
            try inputs.count(in: 1...1)
            let x = try inputs.required(0, "x", nil)
            let first = axis < 0 ? axis + x.shape.rank : axis
            guard (0...x.shape.rank).contains(first) else { throw OperatorError("axis \(axis) of shape \(x.shape)") }
            return [
                TensorType(x.elementType, [x.shape.prefix(first).reduce(1, *), x.shape.dropFirst(first).reduce(1, *)])
            ]
        }

        public var placement: Placement { .view }
        public func keepsRowsApart(_ inputs: [TensorType?]) -> Bool { true }

        public func differentiate(_ backward: Backward, in graph: inout Graph) throws(GraphError) -> [Graph.Value?] {
            try graph.append(
                Reshaped(shape: graph.type(of: backward.input(0)).shape), [backward.gradient],
                name: backward.name("gradient"))
        }

        public func schedule(_ step: inout Step) throws(GraphError) {}
    }
}
