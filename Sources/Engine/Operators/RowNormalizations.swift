internal import Kernels

/// An operator that normalizes stretches of a tensor by their own mean and deviation, and scales and shifts them by channel.
protocol RowNormalizationOperator: Operator {
    /// How x is cut into rows, and which elements share a scale.
    func rows(of shape: Shape) -> RowNormalization
    /// The shape of scale and shift.
    func channels(of shape: Shape) throws(OperatorError) -> Shape
}

extension RowNormalizationOperator {
    public func infer(_ inputs: Operands) throws(OperatorError) -> [TensorType] {
        try inputs.count(in: 2...3)
        let x = try inputs.required(0, "x"), channels = try channels(of: x.shape)
        for (index, name) in [(1, "scale"), (2, "shift")] where index == 1 || inputs.optional(index) != nil {
            let own = try inputs.required(index, name).shape
            guard own.elementCount == channels.elementCount, own.broadcast(with: channels) == channels else {
                throw OperatorError("\(name) has shape \(own) where \(channels) is needed")
            }
        }
        return [x]
    }

    public var placement: Placement { .mayOverwrite([0]) }
    public func keepsRowsApart(_ inputs: [TensorType?]) -> Bool { true }

    public func differentiate(_ backward: Backward, in graph: inout Graph) throws(GraphError) -> [Graph.Value?] {
        let x = backward.input(0), scale = backward.input(1)
        let normalization = rows(of: graph.type(of: x).shape)
        let made = try graph.append(
            Operators.RowNormalizationGradient(normalization: normalization), [x, scale, backward.gradient],
            name: backward.name("gradient"))
        var gradients: [Graph.Value?] = [made[0], nil, nil]
        // The sums over rows and over the pixels of a channel.
        let channels = normalization.columns / normalization.inner
        let total = graph.type(of: x).shape.elementCount
        let rows = total / max(normalization.columns * normalization.groups, 1)
        let cut = Shape([rows, normalization.groups * channels, normalization.inner])
        for (index, value) in [(1, made[1]), (2, backward.gradient)]
        where backward.needs.indices.contains(index) && backward.needs[index] {
            let turned = try graph.append(
                Operators.Reshaped(shape: cut), [value], name: backward.name("cut_\(index)"))[0]
            let sums = try graph.append(
                Operators.ReduceSum(axes: [0, 2], keepsDimensions: false), [turned],
                name: backward.name("sums_\(index)"))[0]
            gradients[index] = try graph.append(
                Operators.Reshaped(shape: graph.type(of: backward.input(index)).shape), [sums],
                name: backward.name("gradient_\(index)"))[0]
        }
        return Array(gradients.prefix(backward.needs.count))
    }

    public func schedule(_ step: inout Step) throws(GraphError) {
        step.append(
            step.kernels.normalizeRows(
                rows(of: step.shape(0)), step.input(0), scale: step.input(1), shift: step.optionalInput(2),
                to: step.output()))
    }
}

extension Operators {
    /// The gradient of a normalization of rows with respect to x; and dy·(x − mean)/√(variance + ε), whose sums are the scale's gradient.
    ///
    /// - Shapes: x any, scale, dy as x → dx, products, both as x.
    struct RowNormalizationGradient: Operator {
        static let name = "RowNormalizationGradient"
        var normalization: RowNormalization

        func infer(_ inputs: Operands) throws(OperatorError) -> [TensorType] {
            let x = try inputs.required(0, "x")
            return [x, x]
        }

        func schedule(_ step: inout Step) throws(GraphError) {
            step.append(
                step.kernels.normalizeRowsBackward(
                    normalization, x: step.input(0), scale: step.input(1), dy: step.input(2), to: step.output(),
                    products: step.output(1)))
        }
    }
}

extension Operators {
    /// (x − mean)/√(variance + ε)·scale + shift over the last axes together (Ba, Kiros, Hinton 2016, arXiv 1607.06450).
    ///
    /// - Shapes: x `[…, D…]`, scale and shift (or left out) `[D…]` → x's.
    /// - Source: ONNX LayerNormalization, of its outputs the first.
    public struct LayerNormalization: RowNormalizationOperator {
        public static let name = "LayerNormalization"
        /// The first of the axes; counts from the end where negative.
        public var axis: Int
        /// Added to the variance.
        public var epsilon: Float

        public init(axis: Int = -1, epsilon: Float = 1e-5) {
            self.axis = axis
            self.epsilon = epsilon
        }

        public func keepsRowsApart(_ inputs: [TensorType?]) -> Bool { inputs[0]?.shape.axis(axis) != 0 }

        func channels(of shape: Shape) throws(OperatorError) -> Shape {
            guard let axis = shape.axis(axis) else { throw OperatorError("axis \(axis) of shape \(shape)") }
            return Shape(Array(shape[axis...]))
        }

        func rows(of shape: Shape) -> RowNormalization {
            RowNormalization(columns: shape[(shape.axis(axis) ?? 0)...].reduce(1, *), epsilon: epsilon)
        }
    }
}

extension Operators {
    /// (x − mean)/√(variance + ε)·scale + shift of each group of channels of each image (Wu, He 2018, arXiv 1803.08494).
    ///
    /// - Shapes: x `[N, C, …]`, scale and shift `[C]` → x's.
    /// - Source: ONNX GroupNormalization, opset 21.
    public struct GroupNormalization: RowNormalizationOperator {
        public static let name = "GroupNormalization"
        /// Groups that the channels are cut into.
        public var groups: Int
        /// Added to the variance.
        public var epsilon: Float

        public init(groups: Int, epsilon: Float = 1e-5) {
            self.groups = groups
            self.epsilon = epsilon
        }

        func channels(of shape: Shape) throws(OperatorError) -> Shape {
            guard shape.rank >= 2, groups >= 1, shape[1] % groups == 0 else {
                throw OperatorError("\(groups) groups of the channels of shape \(shape)")
            }
            return [shape[1]]
        }

        func rows(of shape: Shape) -> RowNormalization {
            let pixels = shape.dropFirst(2).reduce(1, *)
            return RowNormalization(
                columns: shape[1] / groups * pixels, groups: groups, inner: max(pixels, 1), epsilon: epsilon)
        }
    }
}

extension Operators {
    /// (x − mean)/√(variance + ε)·scale + shift of each channel of each image (Ulyanov, Vedaldi, Lempitsky 2016, arXiv 1607.08022).
    ///
    /// - Shapes: x `[N, C, …]`, scale and shift `[C]` → x's.
    /// - Source: ONNX InstanceNormalization.
    public struct InstanceNormalization: RowNormalizationOperator {
        public static let name = "InstanceNormalization"
        /// Added to the variance.
        public var epsilon: Float

        public init(epsilon: Float = 1e-5) { self.epsilon = epsilon }

        func channels(of shape: Shape) throws(OperatorError) -> Shape {
            guard shape.rank >= 2 else { throw OperatorError("x has shape \(shape); 2 dimensions or more are needed") }
            return [shape[1]]
        }

        func rows(of shape: Shape) -> RowNormalization {
            let pixels = shape.dropFirst(2).reduce(1, *)
            return RowNormalization(columns: pixels, groups: max(shape[1], 1), inner: max(pixels, 1), epsilon: epsilon)
        }
    }
}
