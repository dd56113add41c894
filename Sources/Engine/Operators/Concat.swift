internal import Kernels

extension Operators {
    /// Tensors one after the other along an axis.
    ///
    /// - Shapes: `[…, Cᵢ, …]` each, alike but for the axis → `[…, ΣCᵢ, …]`.
    /// - Source: ONNX Concat.
    public struct Concat: Operator {
        public static let name = "Concat"
        /// The dimension that grows; counts from the end where negative.
        public var axis: Int

        public init(axis: Int) { self.axis = axis }

        public func infer(_ inputs: Operands) throws(OperatorError) -> [TensorType] {
            try inputs.count(in: 1...4_096)
            let first = try inputs.required(0, "input 0", nil)
            guard let axis = first.shape.axis(axis) else { throw OperatorError("axis \(axis) of shape \(first.shape)") }
            var total = 0
            for index in inputs.types.indices {
                let shape = try inputs.required(index, "input \(index)", first.elementType).shape
                guard shape.rank == first.shape.rank,
                    shape.indices.allSatisfy({ $0 == axis || shape[$0] == first.shape[$0] })
                else { throw OperatorError("shapes \(first.shape) and \(shape) do not go together along axis \(axis)") }
                total += shape[axis]
            }
            var dimensions = Array(first.shape)
            dimensions[axis] = total
            return [TensorType(first.elementType, try Shape(inferred: dimensions))]
        }

        public var channelsLast: ChannelsLast { .follows(Concat(axis: ImageLayout.channelsLast(axis: axis))) }
        public func keepsRowsApart(_ inputs: [TensorType?]) -> Bool { true }

        public func differentiate(_ backward: Backward, in graph: inout Graph) throws(GraphError) -> [Graph.Value?] {
            var gradients: [Graph.Value?] = []
            var start = 0
            for index in backward.needs.indices {
                let shape = graph.type(of: backward.input(index)).shape
                let axis = shape.axis(axis) ?? 0
                gradients.append(
                    backward.needs[index]
                        ? try graph.append(
                            Section(axis: axis, start: start, count: shape[axis]), [backward.gradient],
                            name: backward.name("gradient_\(index)"))[0] : nil)
                start += shape[axis]
            }
            return gradients
        }

        public func schedule(_ step: inout Step) throws(GraphError) {
            let output = step.outputShape(), axis = output.axis(axis) ?? 0
            let bytes = step.inputType(0).elementType.byteCount
            let rows = output.prefix(axis).reduce(1, *), inner = output.dropFirst(axis + 1).reduce(bytes, *)
            var offset = 0
            for index in step.inputs.indices {
                let rowBytes = step.shape(index)[axis] * inner
                step.append(
                    step.kernels.place(
                        step.input(index), rows: rows, rowBytes: rowBytes, stride: output[axis] * inner, offset: offset,
                        to: step.output()))
                offset += rowBytes
            }
        }
    }
}

extension Operators {
    /// A stretch of x along an axis.
    ///
    /// - Shapes: `[…, C, …]` → `[…, count, …]`.
    struct Section: Operator {
        static let name = "Section"
        var axis: Int
        var start: Int
        var count: Int

        func infer(_ inputs: Operands) throws(OperatorError) -> [TensorType] {
            let x = try inputs.required(0, "x", nil)
            guard axis < x.shape.rank, start >= 0, start + count <= x.shape[axis] else {
                throw OperatorError("\(count) from \(start) along axis \(axis) of shape \(x.shape)")
            }
            return [TensorType(x.elementType, x.shape.replacing(axis: axis, with: count))]
        }

        var channelsLast: ChannelsLast {
            .follows(Section(axis: ImageLayout.channelsLast(axis: axis), start: start, count: count))
        }

        func schedule(_ step: inout Step) throws(GraphError) {
            let x = step.shape(0), bytes = step.inputType(0).elementType.byteCount
            let inner = x.dropFirst(axis + 1).reduce(bytes, *)
            step.append(
                step.kernels.collect(
                    step.input(0), rows: x.prefix(axis).reduce(1, *), rowBytes: count * inner, stride: x[axis] * inner,
                    offset: start * inner, to: step.output()))
        }
    }
}

extension ImageLayout {
    /// Where an axis of N, C, H, W is in N, H, W, C.
    static func channelsLast(axis: Int) -> Int { [0, 3, 1, 2][axis < 0 ? max(axis + 4, 0) : min(axis, 3)] }
}
