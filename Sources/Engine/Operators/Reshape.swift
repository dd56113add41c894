extension Operators {
    /// The same elements in the shape that the second input gives: −1 stands for what is left, 0 for the input's own dimension unless `allowsZero`.
    ///
    /// - Shapes: x any, shape i64 `[r]`, known beforehand → r dimensions.
    /// - Source: ONNX Reshape.
    public struct Reshape: Operator {
        public static let name = "Reshape"
        /// Whether 0 is a size; else it keeps the input's (ONNX: `allowzero`).
        public var allowsZero: Bool

        public init(allowsZero: Bool = false) { self.allowsZero = allowsZero }

        public func infer(_ inputs: Operands) throws(OperatorError) -> [TensorType] {
            try inputs.count(in: 2...2)
            let x = try inputs.required(0, "x", nil)
            let wanted = try inputs.integers(1, "shape")
            var dimensions = wanted
            guard wanted.count <= Shape.maximumRank else {
                throw OperatorError("a shape of \(wanted.count) dimensions")
            }
            for (axis, size) in wanted.enumerated() where size == 0 && !allowsZero {
                guard axis < x.shape.rank else {
                    throw OperatorError("shape \(wanted) takes dimension \(axis) of \(x.shape)")
                }
                dimensions[axis] = x.shape[axis]
            }
            let open = dimensions.indices.filter { dimensions[$0] == -1 }
            guard open.count <= 1 else { throw OperatorError("shape \(wanted) leaves more than one dimension open") }
            if let axis = open.first {
                dimensions[axis] = 1
                let rest = try Shape(inferred: dimensions).elementCount
                guard rest > 0, x.shape.elementCount % rest == 0 else {
                    throw OperatorError(
                        "\(x.shape.elementCount) elements of shape \(x.shape) do not fill shape \(wanted)")
                }
                dimensions[axis] = x.shape.elementCount / rest
            }
            let result = try Shape(inferred: dimensions)
            guard result.elementCount == x.shape.elementCount else {
                throw OperatorError("\(x.shape.elementCount) elements of shape \(x.shape) do not fill shape \(wanted)")
            }
            return [TensorType(x.elementType, result)]
        }

        public var placement: Placement { .view }
        public func keepsRowsApart(_ inputs: [TensorType?]) -> Bool { true }

        public func differentiate(_ backward: Backward, in graph: inout Graph) throws(GraphError) -> [Graph.Value?] {
            [
                try graph.append(
                    Reshaped(shape: graph.type(of: backward.input(0)).shape), [backward.gradient],
                    name: backward.name("gradient"))[0], nil,
            ]
        }

        public func schedule(_ step: inout Step) throws(GraphError) {}
    }
}

extension Operators {
    /// The same elements in a known shape: what gradients and passes write for `Reshape`.
    struct Reshaped: Operator {
        static let name = "Reshaped"
        var shape: Shape

        func infer(_ inputs: Operands) throws(OperatorError) -> [TensorType] {
            let x = try inputs.required(0, "x", nil)
            guard x.shape.elementCount == shape.elementCount else {
                throw OperatorError("\(x.shape) does not fill \(shape)")
            }
            return [TensorType(x.elementType, shape)]
        }

        var placement: Placement { .view }
        func keepsRowsApart(_ inputs: [TensorType?]) -> Bool { true }

        func differentiate(_ backward: Backward, in graph: inout Graph) throws(GraphError) -> [Graph.Value?] {
            try graph.append(
                Reshaped(shape: graph.type(of: backward.input(0)).shape), [backward.gradient],
                name: backward.name("gradient"))
        }

        func schedule(_ step: inout Step) throws(GraphError) {}
    }
}
