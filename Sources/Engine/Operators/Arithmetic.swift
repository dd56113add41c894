internal import Kernels

/// An operator that combines two operands element by element, each repeated along dimensions where it has 1 (ONNX, "multidirectional broadcasting").
protocol ArithmeticOperator: Operator {
    static var arithmetic: Arithmetic { get }
    init()
}

extension ArithmeticOperator {
    public func keepsRowsApart(_ inputs: [TensorType?]) -> Bool { true }

    public func infer(_ inputs: Operands) throws(OperatorError) -> [TensorType] {
        try inputs.count(in: 2...2)
        let a = try inputs.numeric(0, "a"), b = try inputs.numeric(1, "b")
        guard a.elementType == b.elementType else {
            throw OperatorError("elements \(a.elementType.rawValue) and \(b.elementType.rawValue)")
        }
        return [TensorType(a.elementType, try Shape(broadcasting: [a.shape, b.shape]))]
    }

    public var placement: Placement { .mayOverwrite([0, 1]) }
    public var channelsLast: ChannelsLast { .indifferent }

    public func schedule(_ step: inout Step) throws(GraphError) {
        let shape = step.outputShape()
        if step.inputType(0).elementType == .f32, step.shape(0) == shape, step.shape(1) == shape {
            step.append(step.kernels.arithmetic(Self.arithmetic, step.input(0), step.input(1), to: step.output()))
        } else {
            step.append(
                step.kernels.arithmetic(
                    Self.arithmetic, of: step.inputType(0).elementType, step.input(0), step.input(1),
                    step.broadcast([0, 1]), to: step.output()))
        }
    }
}

extension Shape {
    /// Strides in elements along the dimensions of `shape`, which this one broadcasts to: 0 where it repeats.
    func strides(broadcastTo shape: Shape) -> [Int] {
        let own = strides
        return shape.indices.map { axis in
            let mine = axis - (shape.rank - rank)
            return mine < 0 || self[mine] == 1 ? 0 : own[mine]
        }
    }
}

extension Shape {
    /// The shape that all broadcast to.
    init(broadcasting shapes: [Shape]) throws(OperatorError) {
        self.init()
        for shape in shapes {
            guard let common = broadcast(with: shape) else {
                let names = shapes.map(\.description).joined(separator: " and ")
                throw OperatorError("shapes \(names) do not go together")
            }
            self = common
        }
    }
}

extension Step {
    /// How inputs are read along the dimensions of the output, which they broadcast to.
    func broadcast(_ inputs: [Int]) -> Broadcast {
        let output = outputShape()
        return Broadcast(sizes: Array(output), strides: inputs.map { shape($0).strides(broadcastTo: output) })
    }
}

extension Graph {
    /// A gradient of an operand's shape from one of the broadcast shape.
    mutating func reduce(_ gradient: Value, to shape: Shape, name: String) throws(GraphError) -> Value {
        type(of: gradient).shape == shape
            ? gradient : try append(Operators.ReduceToShape(shape: shape), [gradient], name: name)[0]
    }
}

extension Operators {
    /// a + b.
    ///
    /// - Shapes: a and b that broadcast → the common shape.
    /// - Source: ONNX Add.
    public struct Add: ArithmeticOperator {
        public static let name = "Add"
        static let arithmetic = Arithmetic.add
        public init() {}

        public func differentiate(_ backward: Backward, in graph: inout Graph) throws(GraphError) -> [Graph.Value?] {
            var gradients: [Graph.Value?] = [nil, nil]
            for index in 0..<2 where backward.needs[index] {
                gradients[index] = try graph.reduce(
                    backward.gradient, to: graph.type(of: backward.input(index)).shape,
                    name: backward.name("gradient_\(index)"))
            }
            return gradients
        }
    }
}

extension Operators {
    /// a − b.
    ///
    /// - Shapes: a and b that broadcast → the common shape.
    /// - Source: ONNX Sub.
    public struct Sub: ArithmeticOperator {
        public static let name = "Sub"
        static let arithmetic = Arithmetic.subtract
        public init() {}

        public func differentiate(_ backward: Backward, in graph: inout Graph) throws(GraphError) -> [Graph.Value?] {
            var gradients: [Graph.Value?] = [nil, nil]
            for index in 0..<2 where backward.needs[index] {
                var gradient = backward.gradient
                if index == 1 {
                    gradient = try graph.append(Scale(factor: -1), [gradient], name: backward.name("negative"))[0]
                }
                gradients[index] = try graph.reduce(
                    gradient, to: graph.type(of: backward.input(index)).shape, name: backward.name("gradient_\(index)"))
            }
            return gradients
        }
    }
}

extension Operators {
    /// a · b.
    ///
    /// - Shapes: a and b that broadcast → the common shape.
    /// - Source: ONNX Mul.
    public struct Mul: ArithmeticOperator {
        public static let name = "Mul"
        static let arithmetic = Arithmetic.multiply
        public init() {}

        public func differentiate(_ backward: Backward, in graph: inout Graph) throws(GraphError) -> [Graph.Value?] {
            var gradients: [Graph.Value?] = [nil, nil]
            for index in 0..<2 where backward.needs[index] {
                let product = try graph.append(
                    Mul(), [backward.gradient, backward.input(1 - index)], name: backward.name("product_\(index)"))[0]
                gradients[index] = try graph.reduce(
                    product, to: graph.type(of: backward.input(index)).shape, name: backward.name("gradient_\(index)"))
            }
            return gradients
        }
    }
}

extension Operators {
    /// a / b.
    ///
    /// - Shapes: a and b that broadcast → the common shape.
    /// - Source: ONNX Div.
    public struct Div: ArithmeticOperator {
        public static let name = "Div"
        static let arithmetic = Arithmetic.divide
        public init() {}

        public func differentiate(_ backward: Backward, in graph: inout Graph) throws(GraphError) -> [Graph.Value?] {
            let b = backward.input(1)
            let quotient = try graph.append(Div(), [backward.gradient, b], name: backward.name("quotient"))[0]
            var gradients: [Graph.Value?] = [nil, nil]
            if backward.needs[0] {
                gradients[0] = try graph.reduce(
                    quotient, to: graph.type(of: backward.input(0)).shape, name: backward.name("gradient_0"))
            }
            if backward.needs[1] {
                let product = try graph.append(
                    Mul(), [quotient, backward.node.outputs[0]], name: backward.name("product"))[0]
                let negative = try graph.append(Scale(factor: -1), [product], name: backward.name("negative"))[0]
                gradients[1] = try graph.reduce(
                    negative, to: graph.type(of: b).shape, name: backward.name("gradient_1"))
            }
            return gradients
        }
    }
}

extension Operators {
    /// factor · x.
    ///
    /// - Shapes: any → the same.
    struct Scale: Operator {
        static let name = "Scale"
        var factor: Float

        func infer(_ inputs: Operands) throws(OperatorError) -> [TensorType] { [try inputs.required(0, "x")] }
        var placement: Placement { .mayOverwrite([0]) }
        var channelsLast: ChannelsLast { .indifferent }

        func differentiate(_ backward: Backward, in graph: inout Graph) throws(GraphError) -> [Graph.Value?] {
            try graph.append(self, [backward.gradient], name: backward.name("gradient"))
        }

        func schedule(_ step: inout Step) throws(GraphError) {
            step.append(step.kernels.scale(step.input(0), by: factor, to: step.output()))
        }
    }
}

extension Operators {
    /// The gradient of broadcasting: x summed over the dimensions along which `shape` repeats.
    ///
    /// - Shapes: x that `shape` broadcasts to → `shape`.
    struct ReduceToShape: Operator {
        static let name = "ReduceToShape"
        var shape: Shape

        func infer(_ inputs: Operands) throws(OperatorError) -> [TensorType] {
            let x = try inputs.required(0, "x").shape
            guard shape.broadcast(with: x) == x else { throw OperatorError("\(shape) does not broadcast to \(x)") }
            return [TensorType(.f32, shape)]
        }

        func schedule(_ step: inout Step) throws(GraphError) {
            let x = step.shape(0)
            // A dimension of 1 in both is kept or left out alike.
            step.append(
                step.kernels.reduceToShape(
                    step.input(0), sizes: Array(x), strides: shape.strides(broadcastTo: x), to: step.output()))
        }
    }
}
