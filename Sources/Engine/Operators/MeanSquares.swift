internal import Kernels

extension Operators {
    /// The mean of the squares of all elements.
    ///
    /// - Shapes: x any → `[]`; NaN where x has no element.
    public struct MeanSquares: Operator {
        public static let name = "MeanSquares"

        public init() {}

        public func infer(_ inputs: Operands) throws(OperatorError) -> [TensorType] {
            try inputs.count(in: 1...1)
            _ = try inputs.required(0, "x")
            return [TensorType(.f32, [])]
        }

        public func differentiate(_ backward: Backward, in graph: inout Graph) throws(GraphError) -> [Graph.Value?] {
            let x = backward.input(0)
            let factor = 2 / Float(max(1, graph.type(of: x).shape.elementCount))
            let scaled = try graph.append(Scale(factor: factor), [x], name: backward.name("scale"))[0]
            return try graph.append(Mul(), [scaled, backward.gradient], name: backward.name("gradient"))
        }

        public func schedule(_ step: inout Step) throws(GraphError) {
            step.append(step.kernels.meanOfSquares(step.input(0), to: step.output()))
        }
    }
}
