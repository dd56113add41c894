internal import Kernels

extension Operators {
    /// The place of the greatest element along an axis; NaN counts as greatest.
    ///
    /// - Shapes: x any → i64, x's without the axis, or with 1 for it.
    /// - Source: ONNX ArgMax.
    public struct ArgMax: Operator {
        public static let name = "ArgMax"
        /// Along which it is looked for; counts from the end where negative.
        public var axis: Int
        /// Whether the axis stays, with 1 element.
        public var keepsDimensions: Bool
        /// Whether of equals the last counts, instead of the first.
        public var takesLast: Bool

        public init(axis: Int = 0, keepsDimensions: Bool = true, takesLast: Bool = false) {
            self.axis = axis
            self.keepsDimensions = keepsDimensions
            self.takesLast = takesLast
        }

        public func infer(_ inputs: Operands) throws(OperatorError) -> [TensorType] {
            try inputs.count(in: 1...1)
            let x = try inputs.numeric(0, "x").shape
            guard let axis = x.axis(axis), x[axis] > 0 else { throw OperatorError("axis \(axis) of shape \(x)") }
            let dimensions = x.indices.compactMap { $0 == axis ? (keepsDimensions ? 1 : nil) : x[$0] }
            return [TensorType(.i64, try Shape(inferred: dimensions))]
        }

        public func schedule(_ step: inout Step) throws(GraphError) {
            let x = step.shape(0), axis = x.axis(axis) ?? 0
            step.append(
                step.kernels.argMax(
                    of: step.inputType(0).elementType, step.input(0), outer: x.prefix(axis).reduce(1, *),
                    reduced: x[axis], inner: x.dropFirst(axis + 1).reduce(1, *), takesLast: takesLast, to: step.output()
                ))
        }
    }
}
