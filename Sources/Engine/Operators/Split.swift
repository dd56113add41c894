internal import Kernels

extension Operators {
    /// Stretches of x along an axis.
    ///
    /// - Shapes: x `[…, C, …]`, sizes i64 `[count]`, known beforehand, or left out → `count` tensors. Without sizes all are alike, but for
    ///   the last one, which may be smaller.
    /// - Source: ONNX Split, opset 18.
    public struct Split: Operator {
        public static let name = "Split"
        /// The dimension that is cut; counts from the end where negative.
        public var axis: Int
        /// How many outputs there are.
        public var count: Int

        public init(axis: Int = 0, count: Int) {
            self.axis = axis
            self.count = count
        }

        private func sizes(of total: Int, given: [Int]?) throws(OperatorError) -> [Int] {
            guard (1...4_096).contains(count) else { throw OperatorError("\(count) parts") }
            if let given {
                // Each lies within the whole, so that their sum does not overflow.
                guard given.count == count, given.allSatisfy({ (0...total).contains($0) }),
                    given.reduce(0, +) == total
                else { throw OperatorError("sizes \(given) for \(count) parts of \(total)") }
                return given
            }
            let size = (total + count - 1) / count
            return (0..<count).map { max(0, min(size, total - $0 * size)) }
        }

        public func infer(_ inputs: Operands) throws(OperatorError) -> [TensorType] {
            try inputs.count(in: 1...2)
            let x = try inputs.required(0, "x", nil)
            guard let axis = x.shape.axis(axis) else { throw OperatorError("axis \(axis) of shape \(x.shape)") }
            let given = inputs.optional(1) == nil ? nil : try inputs.integers(1, "sizes")
            return try sizes(of: x.shape[axis], given: given).map {
                TensorType(x.elementType, x.shape.replacing(axis: axis, with: $0))
            }
        }

        public func differentiate(_ backward: Backward, in graph: inout Graph) throws(GraphError) -> [Graph.Value?] {
            var parts: [Graph.Value] = []
            for (index, gradient) in backward.outputGradients.enumerated() {
                parts.append(
                    gradient ?? graph.addConstant(Tensor(zeros: graph.type(of: backward.node.outputs[index]).shape)))
            }
            let whole = try graph.append(Concat(axis: axis), parts, name: backward.name("gradient"))[0]
            return [whole] + Array(repeating: nil, count: backward.needs.count - 1)
        }

        public func schedule(_ step: inout Step) throws(GraphError) {
            let x = step.shape(0), axis = x.axis(axis) ?? 0, bytes = step.inputType(0).elementType.byteCount
            let inner = x.dropFirst(axis + 1).reduce(bytes, *)
            var offset = 0
            for index in step.outputs.indices {
                let rowBytes = step.outputShape(index)[axis] * inner
                step.append(
                    step.kernels.collect(
                        step.input(0), rows: x.prefix(axis).reduce(1, *), rowBytes: rowBytes, stride: x[axis] * inner,
                        offset: offset, to: step.output(index)))
                offset += rowBytes
            }
        }
    }
}
