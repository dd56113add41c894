internal import Kernels

/// An operator that compares two operands element by element.
protocol ComparisonOperator: Operator {
    static var comparison: Comparison { get }
    init()
}

extension ComparisonOperator {
    public func keepsRowsApart(_ inputs: [TensorType?]) -> Bool { true }

    public func infer(_ inputs: Operands) throws(OperatorError) -> [TensorType] {
        try inputs.count(in: 2...2)
        let a = try inputs.required(0, "a", nil), b = try inputs.required(1, "b", a.elementType)
        guard a.elementType != .f16, a.elementType != .bf16 else {
            throw OperatorError("comparisons of elements \(a.elementType.rawValue) are not supported")
        }
        return [TensorType(.bool, try Shape(broadcasting: [a.shape, b.shape]))]
    }

    public var channelsLast: ChannelsLast { .indifferent }

    public func schedule(_ step: inout Step) throws(GraphError) {
        step.append(
            step.kernels.comparison(
                Self.comparison, of: step.inputType(0).elementType, step.input(0), step.input(1),
                step.broadcast([0, 1]), to: step.output()))
    }
}

extension Operators {
    /// Whether a = b; never with NaN.
    ///
    /// - Shapes: a and b that broadcast → the common shape, of truth values.
    /// - Source: ONNX Equal.
    public struct Equal: ComparisonOperator {
        public static let name = "Equal"
        static let comparison = Comparison.equal
        public init() {}
    }
}

extension Operators {
    /// Whether a > b; never with NaN.
    ///
    /// - Shapes: a and b that broadcast → the common shape, of truth values.
    /// - Source: ONNX Greater.
    public struct Greater: ComparisonOperator {
        public static let name = "Greater"
        static let comparison = Comparison.greater
        public init() {}
    }
}

extension Operators {
    /// Whether a ≥ b; never with NaN.
    ///
    /// - Shapes: a and b that broadcast → the common shape, of truth values.
    /// - Source: ONNX GreaterOrEqual.
    public struct GreaterOrEqual: ComparisonOperator {
        public static let name = "GreaterOrEqual"
        static let comparison = Comparison.greaterOrEqual
        public init() {}
    }
}

extension Operators {
    /// Whether a < b; never with NaN.
    ///
    /// - Shapes: a and b that broadcast → the common shape, of truth values.
    /// - Source: ONNX Less.
    public struct Less: ComparisonOperator {
        public static let name = "Less"
        static let comparison = Comparison.less
        public init() {}
    }
}

extension Operators {
    /// Whether a ≤ b; never with NaN.
    ///
    /// - Shapes: a and b that broadcast → the common shape, of truth values.
    /// - Source: ONNX LessOrEqual.
    public struct LessOrEqual: ComparisonOperator {
        public static let name = "LessOrEqual"
        static let comparison = Comparison.lessOrEqual
        public init() {}
    }
}
