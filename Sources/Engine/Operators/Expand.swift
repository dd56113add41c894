internal import Kernels

extension Operators {
    /// x repeated along dimensions where it has 1, to the shape that it and the wanted one broadcast to.
    ///
    /// - Shapes: x any, shape i64 `[r]`, known beforehand → the common shape.
    /// - Source: ONNX Expand.
    public struct Expand: Operator {
        public static let name = "Expand"
        public init() {}

        public func infer(_ inputs: Operands) throws(OperatorError) -> [TensorType] {
            try inputs.count(in: 2...2)
            let x = try inputs.required(0, "x", nil)
            let wanted = try Shape(inferred: try inputs.integers(1, "shape"))
            return [TensorType(x.elementType, try Shape(broadcasting: [x.shape, wanted]))]
        }

        public func differentiate(_ backward: Backward, in graph: inout Graph) throws(GraphError) -> [Graph.Value?] {
            [
                try graph.reduce(
                    backward.gradient, to: graph.type(of: backward.input(0)).shape, name: backward.name("gradient")),
                nil,
            ]
        }

        public func schedule(_ step: inout Step) throws(GraphError) {
            let output = step.outputShape()
            step.append(
                step.kernels.permute(
                    step.input(0), sizes: Array(output), strides: step.shape(0).strides(broadcastTo: output),
                    elementBytes: step.inputType(0).elementType.byteCount, to: step.output()))
        }
    }
}
