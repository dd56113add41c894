internal import Kernels

extension Operators {
    /// Elements of x from start to end, by steps, along axes. Starts and ends count from the end where negative, and are moved into the
    /// dimension where they lie outside; with a negative step the order turns round.
    ///
    /// - Shapes: x any; starts, ends, axes (or left out: all in order), and steps (or left out: 1) i64 or i32 `[k]`, known beforehand → the
    ///   same dimensions, fewer elements.
    /// - Source: ONNX Slice, opset 13.
    public struct Slice: Operator {
        public static let name = "Slice"
        public init() {}

        /// Along each axis where it begins, how far it steps, and how many elements there are.
        private struct Stretch {
            var start: Int
            var step: Int
            var count: Int
        }

        private static func stretches(
            of shape: Shape, starts: [Int], ends: [Int], axes: [Int]?, steps: [Int]?
        ) throws(OperatorError) -> [Stretch] {
            let axes = axes ?? Array(starts.indices), steps = steps ?? starts.map { _ in 1 }
            guard ends.count == starts.count, axes.count == starts.count, steps.count == starts.count else {
                throw OperatorError(
                    "\(starts.count) starts, \(ends.count) ends, \(axes.count) axes and \(steps.count) steps")
            }
            var stretches = shape.map { Stretch(start: 0, step: 1, count: $0) }
            var seen: Set<Int> = []
            for (index, axis) in axes.enumerated() {
                guard let axis = shape.axis(axis), seen.insert(axis).inserted else {
                    throw OperatorError("axes \(axes) of shape \(shape)")
                }
                let size = shape[axis], step = steps[index]
                guard step != 0 else { throw OperatorError("a step of 0") }
                func place(_ position: Int, _ range: ClosedRange<Int>) -> Int {
                    let own = position < 0 ? position.addingReportingOverflow(size).partialValue : position
                    return min(max(own, range.lowerBound), range.upperBound)
                }
                let isForward = step > 0
                // Backwards the last element is where it begins, and the place before the first where it ends.
                let range = isForward ? 0...size : -1...max(size - 1, -1)
                let start = place(starts[index], isForward ? range : 0...max(size - 1, 0))
                let end = place(ends[index], range)
                let distance = isForward ? end - start : start - end
                let pace = step.magnitude
                let count = size == 0 || distance <= 0 ? 0 : (distance - 1) / Int(clamping: pace) + 1
                stretches[axis] = Stretch(start: start, step: count > 1 ? step : 1, count: count)
            }
            return stretches
        }

        public func infer(_ inputs: Operands) throws(OperatorError) -> [TensorType] {
            try inputs.count(in: 3...5)
            let x = try inputs.required(0, "x", nil)
            let stretches = try Self.stretches(
                of: x.shape, starts: try inputs.integers(1, "starts"), ends: try inputs.integers(2, "ends"),
                axes: inputs.optional(3) == nil ? nil : try inputs.integers(3, "axes"),
                steps: inputs.optional(4) == nil ? nil : try inputs.integers(4, "steps"))
            return [TensorType(x.elementType, try Shape(inferred: stretches.map(\.count)))]
        }

        public func differentiate(_ backward: Backward, in graph: inout Graph) throws(GraphError) -> [Graph.Value?] {
            let shape = graph.type(of: backward.input(0)).shape
            func integers(_ index: Int) -> [Int]? {
                backward.optionalInput(index).flatMap { graph.known($0)?.integers }
            }
            let stretches: [Stretch]
            do {
                stretches = try Self.stretches(
                    of: shape, starts: integers(1) ?? [], ends: integers(2) ?? [], axes: integers(3), steps: integers(4)
                )
            } catch { throw GraphError(node: backward.node.name, operation: name, fault: error.description) }
            let sources = zip(shape, stretches).map { size, stretch in
                let places = (0..<stretch.count).map { stretch.start + $0 * stretch.step }
                return places.elementsEqual(0..<size) ? nil : places
            }
            return [try graph.scatter(backward.gradient, to: shape, from: sources, backward)]
                + Array(repeating: nil, count: backward.needs.count - 1)
        }

        public func schedule(_ step: inout Step) throws(GraphError) {
            let x = step.shape(0), bytes = step.inputType(0).elementType.byteCount
            func integers(_ index: Int) -> [Int]? { step.optionalInput(index) == nil ? nil : step.integers(index) }
            let stretches: [Stretch]
            do {
                stretches = try Self.stretches(
                    of: x, starts: step.integers(1), ends: step.integers(2), axes: integers(3), steps: integers(4))
            } catch { throw GraphError(fault: error.description) }
            guard step.outputShape().elementCount > 0 else { return }
            let strides = x.strides
            let offset = zip(stretches, strides).reduce(0) { $0 + $1.0.start * $1.1 } * bytes
            let from = step.input(0)
            step.append(
                step.kernels.permute(
                    from.part(offset: offset, byteCount: from.byteCount - offset), sizes: stretches.map(\.count),
                    strides: zip(stretches, strides).map { $0.step * $1 }, elementBytes: bytes, to: step.output()))
        }
    }
}
