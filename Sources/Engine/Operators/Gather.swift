internal import Kernels

extension Operators {
    /// Slices of x along an axis, by their numbers: with an embedding's weights as x and words as numbers, their vectors.
    ///
    /// A negative number counts from the end. Numbers are known only when the network runs: one that is out of range gives zeros and has no
    /// gradient, and who feeds them checks that.
    ///
    /// - Shapes: x `[…, K, …]` with K along the axis, numbers i32 or i64 of any shape → x's shape with the numbers' in place of K.
    /// - Source: ONNX Gather.
    public struct Gather: Operator {
        public static let name = "Gather"
        /// Along which slices are taken; negative from the end.
        public var axis: Int

        public init(axis: Int = 0) { self.axis = axis }

        public func infer(_ inputs: Operands) throws(OperatorError) -> [TensorType] {
            try inputs.count(in: 2...2)
            let x = try inputs.required(0, "x", nil), numbers = try inputs.required(1, "indices", nil)
            guard numbers.elementType == .i64 || numbers.elementType == .i32 else {
                throw OperatorError(
                    "indices has elements \(numbers.elementType.rawValue); i32 and i64 are supported")
            }
            guard let axis = x.shape.axis(axis) else {
                throw OperatorError("axis \(axis) of a shape of \(x.shape.rank) dimensions")
            }
            let output = Array(x.shape.prefix(axis)) + Array(numbers.shape) + Array(x.shape.dropFirst(axis + 1))
            return [TensorType(x.elementType, try Shape(inferred: output))]
        }

        public func weightAxis(_ operand: Int) -> Int? { operand == 0 && axis == 0 ? 0 : nil }
        public func takesNarrow(_ operand: Int, _ shape: Shape) -> Bool { operand == 0 && axis == 0 }

        public func differentiate(_ backward: Backward, in graph: inout Graph) throws(GraphError) -> [Graph.Value?] {
            guard backward.needs[0] else { return [nil, nil] }
            let shape = graph.type(of: backward.input(0)).shape
            let gradient = try graph.append(
                GatherGradient(axis: axis, shape: shape), [backward.gradient, backward.input(1)],
                name: backward.name("gradient"))[0]
            return [gradient, nil]
        }

        public func schedule(_ step: inout Step) throws(GraphError) {
            let x = step.inputType(0)
            if let narrow = step.inputs[0]?.narrow { return schedule(&step, of: narrow) }
            step.append(
                step.kernels.gather(
                    x.shape.gathering(axis, step.inputType(1)), step.input(0), step.input(1),
                    elementBytes: x.elementType.byteCount, to: step.output()))
        }

        /// Slices of numbers become floats as they are taken, integers by the scale of each slice.
        private func schedule(_ step: inout Step, of narrow: NarrowTensor) {
            let numbers = step.inputType(1), gathering = narrow.type.shape.gathering(axis, numbers)
            let elementType = narrow.numbers.elementType, slices = numbers.shape.elementCount
            let taken = step.temporary(byteCount: slices * gathering.inner * elementType.byteCount)
            step.append(
                step.kernels.gather(
                    gathering, step.input(0), step.input(1), elementBytes: elementType.byteCount, to: taken))
            step.append(
                step.kernels.convert(
                    taken, from: elementType, to: step.output(), of: .f32,
                    temporary: { step.temporary(byteCount: $0) }))
            guard let scales = narrow.scales else { return }
            let units = step.temporary(byteCount: slices * 4)
            step.append(
                step.kernels.gather(
                    Shape([gathering.count]).gathering(0, numbers), Region(scales.storage), step.input(1),
                    elementBytes: 4, to: units))
            let shape = Shape([slices, gathering.inner])
            let broadcast = Broadcast(
                sizes: Array(shape),
                strides: [shape.strides(broadcastTo: shape), Shape([slices, 1]).strides(broadcastTo: shape)])
            step.append(step.kernels.arithmetic(.multiply, step.output(), units, broadcast, to: step.output()))
        }
    }
}

extension Operators {
    /// The gradient of `Gather`: each slice of dx is the sum of dy's where it was taken, in the order of the numbers.
    ///
    /// - Shapes: dy as `Gather`'s output, numbers → dx `shape`.
    struct GatherGradient: Operator {
        static let name = "GatherGradient"
        var axis: Int
        var shape: Shape

        func infer(_ inputs: Operands) throws(OperatorError) -> [TensorType] {
            _ = try inputs.required(0, "dy")
            return [TensorType(.f32, shape)]
        }

        func schedule(_ step: inout Step) throws(GraphError) {
            step.append(
                step.kernels.gatherBackward(
                    shape.gathering(axis, step.inputType(1)), dy: step.input(0), step.input(1), to: step.output()))
        }
    }
}

extension Graph {
    /// The gradient of elements that were taken from a tensor of a shape: each of dx is the sum of dy's where it was taken.
    ///
    /// - Parameter sources: for each axis where its elements come from, outside of it where from nowhere; nil for all of them in order.
    mutating func scatter(_ dy: Value, to shape: Shape, from sources: [[Int]?], _ backward: Backward)
        throws(GraphError) -> Value
    {
        var gradient = dy
        for (axis, numbers) in sources.enumerated() {
            guard let numbers else { continue }
            // Below 0 it would count from the end.
            let places = numbers.map { Int64($0 < 0 ? shape[axis] : $0) }
            gradient = try append(
                Operators.GatherGradient(
                    axis: axis, shape: type(of: gradient).shape.replacing(axis: axis, with: shape[axis])),
                [gradient, addConstant(Tensor(places, shape: [places.count]))],
                name: backward.name("gradient_along_\(axis)"))[0]
        }
        return gradient
    }
}

extension Shape {
    /// Slices of this shape along an axis that it has.
    fileprivate func gathering(_ axis: Int, _ numbers: TensorType) -> Gathering {
        let axis = axis < 0 ? axis + rank : axis
        return Gathering(
            outer: prefix(axis).reduce(1, *), count: self[axis], inner: dropFirst(axis + 1).reduce(1, *),
            numbers: numbers.shape.elementCount, isWide: numbers.elementType == .i64)
    }
}
