internal import Kernels

extension Operators {
    /// x side by side with itself, so many times along each axis.
    ///
    /// - Shapes: x any, repeats i64 `[r]`, known beforehand → each dimension times its number.
    /// - Source: ONNX Tile, opset 13.
    public struct Tile: Operator {
        public static let name = "Tile"
        public init() {}

        public func infer(_ inputs: Operands) throws(OperatorError) -> [TensorType] {
            try inputs.count(in: 2...2)
            let x = try inputs.required(0, "x", nil), repeats = try inputs.integers(1, "repeats")
            guard repeats.count == x.shape.rank, repeats.allSatisfy({ $0 >= 0 }) else {
                throw OperatorError("repeats \(repeats.prefix(9)) of shape \(x.shape)")
            }
            let dimensions = zip(x.shape, repeats).map { size, count in
                size.multipliedReportingOverflow(by: count).overflow ? Int.max : size * count
            }
            return [TensorType(x.elementType, try Shape(inferred: dimensions))]
        }

        public func schedule(_ step: inout Step) throws(GraphError) {
            var shape = step.shape(0), from = step.input(0)
            let bytes = step.inputType(0).elementType.byteCount, result = step.outputShape()
            let axes = shape.indices.filter { shape[$0] != result[$0] }
            if axes.isEmpty { step.append(step.kernels.copy(from, to: step.output())) }
            // The innermost first, while there is little to copy.
            for axis in axes.reversed() {
                let size = shape[axis]
                let outer = shape.prefix(axis).reduce(1, *), inner = shape.dropFirst(axis + 1).reduce(1, *)
                let to =
                    axis == axes.first
                    ? step.output() : step.temporary(byteCount: outer * result[axis] * inner * bytes)
                step.append(
                    step.kernels.take(
                        from, outer: outer, size: size, innerBytes: inner * bytes,
                        indices: (0..<result[axis]).map { $0 % size }, elementBytes: bytes, to: to))
                shape = shape.replacing(axis: axis, with: result[axis])
                from = to
            }
        }
    }
}
