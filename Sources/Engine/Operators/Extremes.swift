internal import Kernels

/// An operator that joins any number of operands element by element.
protocol ExtremeOperator: Operator {
    static var arithmetic: Arithmetic { get }
    init()
}

extension ExtremeOperator {
    public func keepsRowsApart(_ inputs: [TensorType?]) -> Bool { true }

    public func infer(_ inputs: Operands) throws(OperatorError) -> [TensorType] {
        try inputs.count(in: 1...1_024)
        var types: [TensorType] = []
        for index in inputs.types.indices { types.append(try inputs.numeric(index, "input \(index)")) }
        guard Set(types.map(\.elementType)).count == 1 else { throw OperatorError("elements of several types") }
        return [TensorType(types[0].elementType, try Shape(broadcasting: types.map(\.shape)))]
    }

    public var channelsLast: ChannelsLast { .indifferent }

    /// dy where an operand is the result, shared evenly among operands that are (of two, PyTorch's `maximum` and `minimum`).
    public func differentiate(_ backward: Backward, in graph: inout Graph) throws(GraphError) -> [Graph.Value?] {
        var chosen: [Graph.Value] = []
        for index in backward.needs.indices {
            chosen.append(
                try graph.indicator(
                    backward.input(index), equals: backward.node.outputs[0], name: backward.name("chosen_\(index)")))
        }
        var count = chosen[0]
        for next in chosen.dropFirst() {
            count = try graph.append(Operators.Add(), [count, next], name: backward.name("count"))[0]
        }
        let share = try graph.append(Operators.Div(), [backward.gradient, count], name: backward.name("share"))[0]
        var gradients: [Graph.Value?] = []
        for index in backward.needs.indices {
            guard backward.needs[index] else {
                gradients.append(nil)
                continue
            }
            let product = try graph.append(
                Operators.Mul(), [chosen[index], share], name: backward.name("product_\(index)"))[0]
            gradients.append(
                try graph.reduce(
                    product, to: graph.type(of: backward.input(index)).shape, name: backward.name("gradient_\(index)")))
        }
        return gradients
    }

    public func schedule(_ step: inout Step) throws(GraphError) {
        let type = step.inputType(0).elementType, output = step.outputShape()
        let alike = output.strides(broadcastTo: output)
        func strides(_ index: Int) -> [Int] { step.shape(index).strides(broadcastTo: output) }
        guard step.inputs.count > 1 else {
            step.append(step.kernels.copy(step.input(0), to: step.output()))
            return
        }
        for index in 1..<step.inputs.count {
            let broadcast = Broadcast(sizes: Array(output), strides: [index == 1 ? strides(0) : alike, strides(index)])
            step.append(
                step.kernels.arithmetic(
                    Self.arithmetic, of: type, index == 1 ? step.input(0) : step.output(), step.input(index), broadcast,
                    to: step.output()))
        }
    }
}

extension Graph {
    /// 1 where two values are equal, else 0.
    mutating func indicator(_ a: Value, equals b: Value, name: String) throws(GraphError) -> Value {
        let isEqual = try append(Operators.Equal(), [a, b], name: "\(name).equal")
        return try append(Operators.Cast(to: .f32), isEqual, name: name)[0]
    }
}

extension Operators {
    /// The greatest of the operands, NaN if any.
    ///
    /// - Shapes: any that broadcast → the common shape.
    /// - Source: ONNX Max.
    public struct Max: ExtremeOperator {
        public static let name = "Max"
        static let arithmetic = Arithmetic.maximum
        public init() {}
    }
}

extension Operators {
    /// The least of the operands, NaN if any.
    ///
    /// - Shapes: any that broadcast → the common shape.
    /// - Source: ONNX Min.
    public struct Min: ExtremeOperator {
        public static let name = "Min"
        static let arithmetic = Arithmetic.minimum
        public init() {}
    }
}
