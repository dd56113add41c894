internal import Kernels

/// An operator that joins the elements along some axes.
protocol ReductionOperator: Operator {
    /// The axes; nil for all of them. They count from the end where negative.
    var axes: [Int]? { get }
    /// Whether the axes stay, with 1 element each.
    var keepsDimensions: Bool { get }
    /// The kernel's.
    static var reduction: Reduction { get }
    /// Whether it takes truth values too.
    static var takesTruth: Bool { get }
    func reduce(_ step: inout Step, _ x: Region, outer: Int, reduced: Int, inner: Int, to y: Region)
}

extension ReductionOperator {
    public func keepsRowsApart(_ inputs: [TensorType?]) -> Bool { true }

    static var takesTruth: Bool { false }

    func reduce(_ step: inout Step, _ x: Region, outer: Int, reduced: Int, inner: Int, to y: Region) {
        step.append(
            step.kernels.reduce(
                Self.reduction, of: step.inputType(0).elementType, x, outer: outer, reduced: reduced, inner: inner,
                to: y))
    }
}

extension ReductionOperator {
    fileprivate func resolved(_ shape: Shape, _ inputs: Operands = Operands(types: [])) throws(OperatorError) -> [Int] {
        try axes.map { axes throws(OperatorError) in try inputs.axes(axes, of: shape) } ?? Array(shape.indices)
    }

    public func infer(_ inputs: Operands) throws(OperatorError) -> [TensorType] {
        try inputs.count(in: 1...1)
        let isTruth = Self.takesTruth && inputs.optional(0)?.elementType == .bool
        let x = try isTruth ? inputs.required(0, "x", .bool) : inputs.numeric(0, "x")
        let gone = try resolved(x.shape, inputs)
        let dimensions = x.shape.indices.compactMap { axis in
            gone.contains(axis) ? (keepsDimensions ? 1 : nil) : x.shape[axis]
        }
        return [TensorType(x.elementType, try Shape(inferred: dimensions))]
    }

    public func schedule(_ step: inout Step) throws(GraphError) {
        let x = step.shape(0)
        let gone = (try? resolved(x)) ?? []
        func schedule(_ region: Region, outer: Int, reduced: Int, inner: Int) {
            reduce(&step, region, outer: outer, reduced: reduced, inner: inner, to: step.output())
        }
        let reduced = gone.reduce(1) { $0 * x[$1] }
        // Neighbouring axes are one.
        if let first = gone.first, let last = gone.last, (first...last).allSatisfy({ gone.contains($0) || x[$0] == 1 })
        {
            schedule(
                step.input(0), outer: x.prefix(first).reduce(1, *), reduced: reduced,
                inner: x.dropFirst(last + 1).reduce(1, *))
        } else if gone.isEmpty {
            schedule(step.input(0), outer: x.elementCount, reduced: 1, inner: 1)
        } else {
            let bytes = step.inputType(0).elementType.byteCount, strides = x.strides
            let order = x.indices.filter { !gone.contains($0) } + gone
            let turned = step.temporary(byteCount: x.elementCount * bytes)
            step.append(
                step.kernels.permute(
                    step.input(0), sizes: order.map { x[$0] }, strides: order.map { strides[$0] }, elementBytes: bytes,
                    to: turned))
            schedule(turned, outer: step.outputShape().elementCount, reduced: reduced, inner: 1)
        }
    }
}

extension ReductionOperator {
    /// A value of the output's shape with 1 for each axis that is gone.
    fileprivate func kept(_ value: Graph.Value, _ backward: Backward, _ name: String, in graph: inout Graph)
        throws(GraphError) -> Graph.Value
    {
        let x = graph.type(of: backward.input(0)).shape, gone = (try? resolved(x)) ?? []
        let shape = Shape(x.indices.map { gone.contains($0) ? 1 : x[$0] })
        return try graph.append(Operators.Reshaped(shape: shape), [value], name: backward.name(name))[0]
    }

    /// The gradient of an extreme: dy where x is the result, shared evenly among elements that are (PyTorch's `amax` and `amin`; its `max`
    /// along a dimension gives all to one).
    fileprivate func shared(_ backward: Backward, in graph: inout Graph) throws(GraphError) -> [Graph.Value?] {
        let x = backward.input(0)
        let extreme = try kept(backward.node.outputs[0], backward, "extreme", in: &graph)
        let dy = try kept(backward.gradient, backward, "kept", in: &graph)
        let chosen = try graph.indicator(x, equals: extreme, name: backward.name("chosen"))
        let count = try graph.append(Operators.ReduceSum(axes: axes), [chosen], name: backward.name("count"))[0]
        let share = try graph.append(Operators.Div(), [dy, count], name: backward.name("share"))[0]
        return try graph.append(Operators.Mul(), [chosen, share], name: backward.name("gradient"))
    }

    /// The gradient of a sum: dy spread over what was summed, times a factor.
    fileprivate func spread(_ backward: Backward, factor: Float, in graph: inout Graph) throws(GraphError) -> [Graph
        .Value?]
    {
        let x = graph.type(of: backward.input(0)).shape
        var gradient = try kept(backward.gradient, backward, "kept", in: &graph)
        if factor != 1 {
            gradient = try graph.append(
                Operators.Scale(factor: factor), [gradient], name: backward.name("scaled"))[0]
        }
        let shape = graph.addConstant(Tensor(x.map(Int64.init), shape: [x.rank]))
        return try graph.append(Operators.Expand(), [gradient, shape], name: backward.name("gradient"))
    }
}

extension Operators {
    /// Sums, in double.
    ///
    /// - Shapes: x any → x's without the axes, or with 1 for each.
    /// - Source: ONNX ReduceSum.
    public struct ReduceSum: ReductionOperator {
        public static let name = "ReduceSum"
        static let reduction = Reduction.sum
        /// Along which it is reduced, all where nil; they count from the end where negative.
        public var axes: [Int]?
        /// Whether the axes stay, with 1 element each.
        public var keepsDimensions: Bool

        public init(axes: [Int]? = nil, keepsDimensions: Bool = true) {
            self.axes = axes
            self.keepsDimensions = keepsDimensions
        }

        public func differentiate(_ backward: Backward, in graph: inout Graph) throws(GraphError) -> [Graph.Value?] {
            try spread(backward, factor: 1, in: &graph)
        }
    }
}

extension Operators {
    /// Means, in double; of nothing NaN, of no integers 0.
    ///
    /// - Shapes: x any → x's without the axes, or with 1 for each.
    /// - Source: ONNX ReduceMean.
    public struct ReduceMean: ReductionOperator {
        public static let name = "ReduceMean"
        static let reduction = Reduction.mean
        /// Along which it is reduced, all where nil; they count from the end where negative.
        public var axes: [Int]?
        /// Whether the axes stay, with 1 element each.
        public var keepsDimensions: Bool

        public init(axes: [Int]? = nil, keepsDimensions: Bool = true) {
            self.axes = axes
            self.keepsDimensions = keepsDimensions
        }

        public func differentiate(_ backward: Backward, in graph: inout Graph) throws(GraphError) -> [Graph.Value?] {
            let before = graph.type(of: backward.input(0)).shape.elementCount
            let count = before / max(graph.type(of: backward.gradient).shape.elementCount, 1)
            return try spread(backward, factor: 1 / Float(max(count, 1)), in: &graph)
        }
    }
}

extension Operators {
    /// The greatest, NaN if any; of nothing −∞, the least integer, or false. Of truth values, whether any is true.
    ///
    /// - Shapes: x any → x's without the axes, or with 1 for each.
    /// - Source: ONNX ReduceMax.
    public struct ReduceMax: ReductionOperator {
        public static let name = "ReduceMax"
        static let reduction = Reduction.max
        static let takesTruth = true
        /// Along which it is reduced, all where nil; they count from the end where negative.
        public var axes: [Int]?
        /// Whether the axes stay, with 1 element each.
        public var keepsDimensions: Bool

        public init(axes: [Int]? = nil, keepsDimensions: Bool = true) {
            self.axes = axes
            self.keepsDimensions = keepsDimensions
        }

        public func differentiate(_ backward: Backward, in graph: inout Graph) throws(GraphError) -> [Graph.Value?] {
            try shared(backward, in: &graph)
        }
    }
}

extension Operators {
    /// The least, NaN if any; of nothing ∞, the greatest integer, or true. Of truth values, whether all are true.
    ///
    /// - Shapes: x any → x's without the axes, or with 1 for each.
    /// - Source: ONNX ReduceMin.
    public struct ReduceMin: ReductionOperator {
        public static let name = "ReduceMin"
        static let reduction = Reduction.min
        static let takesTruth = true
        /// Along which it is reduced, all where nil; they count from the end where negative.
        public var axes: [Int]?
        /// Whether the axes stay, with 1 element each.
        public var keepsDimensions: Bool

        public init(axes: [Int]? = nil, keepsDimensions: Bool = true) {
            self.axes = axes
            self.keepsDimensions = keepsDimensions
        }

        public func differentiate(_ backward: Backward, in graph: inout Graph) throws(GraphError) -> [Graph.Value?] {
            try shared(backward, in: &graph)
        }
    }
}

extension Operators {
    /// Products, of floats in double; of nothing 1.
    ///
    /// - Shapes: x any → x's without the axes, or with 1 for each.
    /// - Source: ONNX ReduceProd.
    public struct ReduceProd: ReductionOperator {
        public static let name = "ReduceProd"
        static let reduction = Reduction.product
        /// Along which it is reduced, all where nil; they count from the end where negative.
        public var axes: [Int]?
        /// Whether the axes stay, with 1 element each.
        public var keepsDimensions: Bool

        public init(axes: [Int]? = nil, keepsDimensions: Bool = true) {
            self.axes = axes
            self.keepsDimensions = keepsDimensions
        }
    }
}

extension Operators {
    /// Σx², summed in double.
    ///
    /// - Shapes: x any → x's without the axes, or with 1 for each.
    /// - Source: ONNX ReduceSumSquare.
    public struct ReduceSumSquare: ReductionOperator {
        public static let name = "ReduceSumSquare"
        static let reduction = Reduction.sum
        /// Along which it is reduced, all where nil; they count from the end where negative.
        public var axes: [Int]?
        /// Whether the axes stay, with 1 element each.
        public var keepsDimensions: Bool

        public init(axes: [Int]? = nil, keepsDimensions: Bool = true) {
            self.axes = axes
            self.keepsDimensions = keepsDimensions
        }

        public func differentiate(_ backward: Backward, in graph: inout Graph) throws(GraphError) -> [Graph.Value?] {
            let dy = try kept(backward.gradient, backward, "kept", in: &graph)
            let doubled = try graph.append(Operators.Scale(factor: 2), [dy], name: backward.name("doubled"))[0]
            return try graph.append(Mul(), [backward.input(0), doubled], name: backward.name("gradient"))
        }

        func reduce(_ step: inout Step, _ x: Region, outer: Int, reduced: Int, inner: Int, to y: Region) {
            let squares = step.squares(of: x)
            step.append(
                step.kernels.reduce(
                    Self.reduction, of: step.inputType(0).elementType, squares, outer: outer, reduced: reduced,
                    inner: inner, to: y))
        }
    }
}

extension Step {
    /// The squares of numbers like the first input's.
    fileprivate mutating func squares(of x: Region) -> Region {
        let type = inputType(0).elementType, squares = temporary(byteCount: x.byteCount)
        let flat = Broadcast(sizes: [x.byteCount / type.byteCount], strides: [[1], [1]])
        append(kernels.arithmetic(.multiply, of: type, x, x, flat, to: squares))
        return squares
    }
}

extension Operators {
    /// √Σx², summed in double.
    ///
    /// - Shapes: x any, of floats → x's without the axes, or with 1 for each.
    /// - Source: ONNX ReduceL2.
    public struct ReduceL2: ReductionOperator {
        public static let name = "ReduceL2"
        static let reduction = Reduction.sum
        /// Along which it is reduced, all where nil; they count from the end where negative.
        public var axes: [Int]?
        /// Whether the axes stay, with 1 element each.
        public var keepsDimensions: Bool

        public init(axes: [Int]? = nil, keepsDimensions: Bool = true) {
            self.axes = axes
            self.keepsDimensions = keepsDimensions
        }

        /// x·dy/y, 0 where y is 0 (PyTorch's `norm`).
        public func differentiate(_ backward: Backward, in graph: inout Graph) throws(GraphError) -> [Graph.Value?] {
            let norm = try kept(backward.node.outputs[0], backward, "norm", in: &graph)
            let dy = try kept(backward.gradient, backward, "kept", in: &graph)
            let zero = graph.addConstant(Tensor(0))
            let isZero = try graph.append(Equal(), [norm, zero], name: backward.name("is_zero"))[0]
            let quotient = try graph.append(Div(), [dy, norm], name: backward.name("quotient"))[0]
            let factor = try graph.append(Where(), [isZero, zero, quotient], name: backward.name("factor"))[0]
            return try graph.append(Mul(), [backward.input(0), factor], name: backward.name("gradient"))
        }

        func reduce(_ step: inout Step, _ x: Region, outer: Int, reduced: Int, inner: Int, to y: Region) {
            let squares = step.squares(of: x)
            step.append(
                step.kernels.reduce(Self.reduction, squares, outer: outer, reduced: reduced, inner: inner, to: y))
            step.append(step.kernels.apply(.sqrt, y, to: y))
        }
    }
}
