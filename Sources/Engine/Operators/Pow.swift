internal import Kernels

extension Operators {
    /// a to the power of b, in the elements of a. Of integers with a negative exponent what is left of a fraction.
    ///
    /// - Shapes: a and b that broadcast → the common shape.
    /// - Source: ONNX Pow, opset 15: b may be of other elements than a.
    public struct Pow: Operator {
        public static let name = "Pow"
        public init() {}

        public func infer(_ inputs: Operands) throws(OperatorError) -> [TensorType] {
            try inputs.count(in: 2...2)
            let a = try inputs.numeric(0, "a"), b = try inputs.numeric(1, "b")
            return [TensorType(a.elementType, try Shape(broadcasting: [a.shape, b.shape]))]
        }

        public var channelsLast: ChannelsLast { .indifferent }
        public func keepsRowsApart(_ inputs: [TensorType?]) -> Bool { true }

        /// b·a^(b − 1)·dy, 0 where b is 0; and a^b·log a·dy, 0 where a is 0 and b is not below it (PyTorch's `pow`).
        public func differentiate(_ backward: Backward, in graph: inout Graph) throws(GraphError) -> [Graph.Value?] {
            let a = backward.input(0), dy = backward.gradient
            var b = backward.input(1)
            if graph.type(of: b).elementType != .f32 {
                b = try graph.append(Cast(to: .f32), [b], name: backward.name("exponent"))[0]
            }
            let zero = graph.addConstant(Tensor(0))
            func product(_ index: Int, _ slope: Graph.Value, unless isFlat: Graph.Value) throws(GraphError)
                -> Graph.Value
            {
                let kept = try graph.append(Where(), [isFlat, zero, slope], name: backward.name("slope_\(index)"))[0]
                let product = try graph.append(Mul(), [dy, kept], name: backward.name("product_\(index)"))[0]
                return try graph.reduce(
                    product, to: graph.type(of: backward.input(index)).shape, name: backward.name("gradient_\(index)"))
            }
            var gradients: [Graph.Value?] = [nil, nil]
            if backward.needs[0] {
                let one = graph.addConstant(Tensor(1))
                let less = try graph.append(Sub(), [b, one], name: backward.name("less"))[0]
                let power = try graph.append(Pow(), [a, less], name: backward.name("power"))[0]
                let slope = try graph.append(Mul(), [b, power], name: backward.name("scaled"))[0]
                let isFlat = try graph.append(Equal(), [b, zero], name: backward.name("is_constant"))[0]
                gradients[0] = try product(0, slope, unless: isFlat)
            }
            if backward.needs[1] {
                let logarithm = try graph.append(Log(), [a], name: backward.name("logarithm"))[0]
                let slope = try graph.append(
                    Mul(), [backward.node.outputs[0], logarithm], name: backward.name("growth"))[0]
                let isZero = try graph.append(Equal(), [a, zero], name: backward.name("is_zero"))[0]
                let isPositive = try graph.append(GreaterOrEqual(), [b, zero], name: backward.name("is_positive"))[0]
                let isFlat = try graph.append(And(), [isZero, isPositive], name: backward.name("is_flat"))[0]
                gradients[1] = try product(1, slope, unless: isFlat)
            }
            return gradients
        }

        public func schedule(_ step: inout Step) throws(GraphError) {
            let (a, b) = (step.inputType(0), step.inputType(1))
            // Powers of floats, and of integers to floats, are taken in floats.
            let type: ElementType = a.elementType == .f32 || b.elementType == .f32 ? .f32 : a.elementType
            func operand(_ index: Int) -> Region {
                let own = step.inputType(index)
                guard own.elementType != type else { return step.input(index) }
                let converted = step.temporary(byteCount: own.shape.elementCount * type.byteCount)
                let jobs = step.kernels.convert(
                    step.input(index), from: own.elementType, to: converted, of: type,
                    temporary: { step.temporary(byteCount: $0) })
                step.append(jobs)
                return converted
            }
            let (base, exponent) = (operand(0), operand(1))
            let isDirect = a.elementType == type
            let power =
                isDirect ? step.output() : step.temporary(byteCount: step.outputShape().elementCount * type.byteCount)
            step.append(
                step.kernels.arithmetic(.power, of: type, base, exponent, step.broadcast([0, 1]), to: power))
            if !isDirect {
                let jobs = step.kernels.convert(
                    power, from: type, to: step.output(), of: a.elementType,
                    temporary: { step.temporary(byteCount: $0) })
                step.append(jobs)
            }
        }
    }
}
