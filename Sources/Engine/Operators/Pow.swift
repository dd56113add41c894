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
