internal import Kernels

/// An operator that joins truth values element by element.
protocol LogicOperator: Operator {
    static var logic: Logic { get }
    init()
}

extension LogicOperator {
    public func keepsRowsApart(_ inputs: [TensorType?]) -> Bool { true }

    public func infer(_ inputs: Operands) throws(OperatorError) -> [TensorType] {
        try inputs.count(in: 2...2)
        let a = try inputs.required(0, "a", .bool), b = try inputs.required(1, "b", .bool)
        return [TensorType(.bool, try Shape(broadcasting: [a.shape, b.shape]))]
    }

    public var channelsLast: ChannelsLast { .indifferent }

    public func schedule(_ step: inout Step) throws(GraphError) {
        step.append(
            step.kernels.logic(
                Self.logic, step.input(0), step.input(1), step.broadcast([0, 1]), to: step.output()))
    }
}

extension Operators {
    /// Whether both hold.
    ///
    /// - Shapes: a and b that broadcast, of truth values → the common shape.
    /// - Source: ONNX And.
    public struct And: LogicOperator {
        public static let name = "And"
        static let logic = Logic.and
        public init() {}
    }
}

extension Operators {
    /// Whether one or both hold.
    ///
    /// - Shapes: a and b that broadcast, of truth values → the common shape.
    /// - Source: ONNX Or.
    public struct Or: LogicOperator {
        public static let name = "Or"
        static let logic = Logic.or
        public init() {}
    }
}

extension Operators {
    /// Whether one of both holds.
    ///
    /// - Shapes: a and b that broadcast, of truth values → the common shape.
    /// - Source: ONNX Xor.
    public struct Xor: LogicOperator {
        public static let name = "Xor"
        static let logic = Logic.xor
        public init() {}
    }
}

extension Operators {
    /// Whether x does not hold.
    ///
    /// - Shapes: any, of truth values → the same.
    /// - Source: ONNX Not.
    public struct Not: Operator {
        public static let name = "Not"
        public init() {}

        public func infer(_ inputs: Operands) throws(OperatorError) -> [TensorType] {
            try inputs.count(in: 1...1)
            return [try inputs.required(0, "x", .bool)]
        }

        public var placement: Placement { .mayOverwrite([0]) }
        public var channelsLast: ChannelsLast { .indifferent }

        public func schedule(_ step: inout Step) throws(GraphError) {
            step.append(step.kernels.not(step.input(0), to: step.output()))
        }
    }
}
