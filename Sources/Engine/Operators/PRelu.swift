internal import Kernels

extension Operators {
    /// x, below 0 slope·x (He, Zhang, Ren, Sun 2015, arXiv 1502.01852, section 2.1).
    ///
    /// - Shapes: x any, slope that broadcasts to it → x's.
    /// - Source: ONNX PRelu.
    public struct PRelu: Operator {
        public static let name = "PRelu"
        public init() {}

        public func infer(_ inputs: Operands) throws(OperatorError) -> [TensorType] {
            try inputs.count(in: 2...2)
            let x = try inputs.required(0, "x"), slope = try inputs.required(1, "slope").shape
            guard slope.broadcast(with: x.shape) == x.shape else {
                throw OperatorError("slope \(slope) does not broadcast to \(x.shape)")
            }
            return [x]
        }

        public var channelsLast: ChannelsLast { .indifferent }
        public func keepsRowsApart(_ inputs: [TensorType?]) -> Bool { true }

        public func differentiate(_ backward: Backward, in graph: inout Graph) throws(GraphError) -> [Graph.Value?] {
            let x = backward.input(0), slope = backward.input(1), dy = backward.gradient
            let zero = graph.addConstant(Tensor(0))
            let isNegative = try graph.append(Less(), [x, zero], name: backward.name("negative"))[0]
            var gradients: [Graph.Value?] = [nil, nil]
            if backward.needs[0] {
                let scaled = try graph.append(Mul(), [dy, slope], name: backward.name("scaled"))[0]
                gradients[0] = try graph.append(
                    Where(), [isNegative, scaled, dy], name: backward.name("gradient_0"))[0]
            }
            if backward.needs[1] {
                let product = try graph.append(Mul(), [dy, x], name: backward.name("product"))[0]
                let chosen = try graph.append(
                    Where(), [isNegative, product, zero], name: backward.name("chosen"))[0]
                gradients[1] = try graph.reduce(
                    chosen, to: graph.type(of: slope).shape, name: backward.name("gradient_1"))
            }
            return gradients
        }

        public func schedule(_ step: inout Step) throws(GraphError) {
            // max(x, 0) + slope·min(x, 0)
            let count = step.outputShape().elementCount
            let negative = step.temporary(byteCount: count * 4)
            let kernels = step.kernels
            step.append(kernels.apply(.clip(lowest: -.infinity, highest: 0), step.input(0), to: negative))
            let output = step.outputShape()
            step.append(
                kernels.arithmetic(
                    .multiply, negative, step.input(1),
                    Broadcast(
                        sizes: Array(output),
                        strides: [output.strides(broadcastTo: output), step.shape(1).strides(broadcastTo: output)]),
                    to: negative))
            step.append(kernels.relu(step.input(0), to: step.output()))
            step.append(kernels.arithmetic(.add, step.output(), negative, to: step.output()))
        }
    }
}
