internal import Kernels

extension Operators {
    /// x in another element type: floats to integers towards zero, saturating, NaN to 0; integers to narrower ones by their lower bits;
    /// to bool whether x ≠ 0.
    ///
    /// - Shapes: any → the same.
    /// - Source: ONNX Cast.
    public struct Cast: Operator {
        public static let name = "Cast"
        /// Of the result.
        public var elementType: ElementType

        public init(to elementType: ElementType) { self.elementType = elementType }

        public func infer(_ inputs: Operands) throws(OperatorError) -> [TensorType] {
            try inputs.count(in: 1...1)
            return [TensorType(elementType, try inputs.required(0, "x", nil).shape)]
        }

        public var channelsLast: ChannelsLast { .indifferent }
        public func keepsRowsApart(_ inputs: [TensorType?]) -> Bool { true }

        public func differentiate(_ backward: Backward, in graph: inout Graph) throws(GraphError) -> [Graph.Value?] {
            try graph.append(
                Cast(to: graph.type(of: backward.input(0)).elementType), [backward.gradient],
                name: backward.name("gradient"))
        }

        public func schedule(_ step: inout Step) throws(GraphError) {
            let jobs = step.kernels.convert(
                step.input(0), from: step.inputType(0).elementType, to: step.output(), of: elementType,
                temporary: { step.temporary(byteCount: $0) })
            step.append(jobs)
        }
    }
}
