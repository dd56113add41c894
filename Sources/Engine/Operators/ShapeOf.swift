internal import Kernels

extension Operators {
    /// The dimensions of x, or a stretch of them.
    ///
    /// - Shapes: x any → i64 `[end − start]`.
    /// - Source: ONNX Shape, opset 15.
    public struct ShapeOf: Operator {
        public static let name = "Shape"
        /// The first dimension; counts from the end where negative.
        public var start: Int
        /// The dimension to stop before; counts from the end where negative; nil for all.
        public var end: Int?

        public init(start: Int = 0, end: Int? = nil) {
            self.start = start
            self.end = end
        }

        private func range(of shape: Shape) -> Range<Int> {
            func place(_ axis: Int) -> Int { min(max(axis < 0 ? axis + shape.rank : axis, 0), shape.rank) }
            let first = place(start), last = end.map(place) ?? shape.rank
            return first..<max(first, last)
        }

        public func infer(_ inputs: Operands) throws(OperatorError) -> [TensorType] {
            try inputs.count(in: 1...1)
            return [TensorType(.i64, [range(of: try inputs.required(0, "x", nil).shape).count])]
        }

        public var dependsOnTypesOnly: Bool { true }

        public func schedule(_ step: inout Step) throws(GraphError) {
            let shape = step.shape(0)
            step.append(step.kernels.write(range(of: shape).map { Int64(shape[$0]) }, to: step.output()))
        }
    }
}
