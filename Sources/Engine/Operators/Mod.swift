internal import Kernels

extension Operators {
    /// What is left of a / b: with the sign of b, or with that of a. Of integers divided by 0 it is 0.
    ///
    /// - Shapes: a and b that broadcast → the common shape. Floats have the sign of a only.
    /// - Source: ONNX Mod, opset 13.
    public struct Mod: Operator {
        public static let name = "Mod"
        /// Whether the sign is that of a, as `fmod` of C has it, and not that of b.
        public var takesSignOfDividend: Bool

        public init(takesSignOfDividend: Bool = false) { self.takesSignOfDividend = takesSignOfDividend }

        public func infer(_ inputs: Operands) throws(OperatorError) -> [TensorType] {
            try inputs.count(in: 2...2)
            let a = try inputs.numeric(0, "a"), b = try inputs.numeric(1, "b")
            guard a.elementType == b.elementType else {
                throw OperatorError("elements \(a.elementType.rawValue) and \(b.elementType.rawValue)")
            }
            guard takesSignOfDividend || a.elementType != .f32 else {
                throw OperatorError("floats, whose remainders have the sign of the dividend (fmod) only")
            }
            return [TensorType(a.elementType, try Shape(broadcasting: [a.shape, b.shape]))]
        }

        public var channelsLast: ChannelsLast { .indifferent }

        public func schedule(_ step: inout Step) throws(GraphError) {
            step.append(
                step.kernels.arithmetic(
                    takesSignOfDividend ? .remainder : .modulo, of: step.inputType(0).elementType, step.input(0),
                    step.input(1), step.broadcast([0, 1]), to: step.output()))
        }
    }
}
