internal import Kernels

extension Operators {
    /// condition ? a : b element by element.
    ///
    /// - Shapes: condition, of truth values, a, and b that broadcast → the common shape.
    /// - Source: ONNX Where.
    public struct Where: Operator {
        public static let name = "Where"
        public init() {}

        public func infer(_ inputs: Operands) throws(OperatorError) -> [TensorType] {
            try inputs.count(in: 3...3)
            let condition = try inputs.required(0, "condition", .bool)
            let a = try inputs.required(1, "a", nil), b = try inputs.required(2, "b", a.elementType)
            return [TensorType(a.elementType, try Shape(broadcasting: [condition.shape, a.shape, b.shape]))]
        }

        public var channelsLast: ChannelsLast { .indifferent }
        public func keepsRowsApart(_ inputs: [TensorType?]) -> Bool { true }

        public func differentiate(_ backward: Backward, in graph: inout Graph) throws(GraphError) -> [Graph.Value?] {
            let condition = backward.input(0), zero = graph.addConstant(Tensor(0))
            var gradients: [Graph.Value?] = [nil, nil, nil]
            for index in 1...2 where backward.needs[index] {
                let operands = index == 1 ? [backward.gradient, zero] : [zero, backward.gradient]
                let chosen = try graph.append(Where(), [condition] + operands, name: backward.name("chosen_\(index)"))[
                    0]
                gradients[index] = try graph.reduce(
                    chosen, to: graph.type(of: backward.input(index)).shape, name: backward.name("gradient_\(index)"))
            }
            return gradients
        }

        public func schedule(_ step: inout Step) throws(GraphError) {
            step.append(
                step.kernels.choose(
                    step.input(0), step.input(1), step.input(2), step.broadcast([0, 1, 2]),
                    elementBytes: step.inputType(1).elementType.byteCount, to: step.output()))
        }
    }
}
