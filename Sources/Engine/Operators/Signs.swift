internal import Kernels

/// An operator on the signs of numbers of any kind that is computed with.
protocol SignOperator: FunctionOperator {
    static var integerSign: IntegerSign { get }
}

extension SignOperator {
    public func infer(_ inputs: Operands) throws(OperatorError) -> [TensorType] {
        try inputs.count(in: 1...1)
        return [try inputs.numeric(0, "x")]
    }

    public func schedule(_ step: inout Step) throws(GraphError) {
        let type = step.inputType(0).elementType
        step.append(
            type == .f32
                ? step.kernels.apply(function, step.input(0), to: step.output())
                : step.kernels.sign(Self.integerSign, of: type, step.input(0), to: step.output()))
    }
}

extension Operators {
    /// |x|; of the least integer itself.
    ///
    /// - Shapes: any → the same.
    /// - Source: ONNX Abs.
    public struct Abs: SignOperator {
        public static let name = "Abs"
        static let integerSign = IntegerSign.dropped
        public init() {}
        var function: Function { .abs }
    }
}

extension Operators {
    /// −x; of the least integer itself.
    ///
    /// - Shapes: any → the same.
    /// - Source: ONNX Neg.
    public struct Neg: SignOperator {
        public static let name = "Neg"
        static let integerSign = IntegerSign.negated
        public init() {}
        var function: Function { .negate }
    }
}
