internal import Kernels

extension Operators {
    /// x with more elements (or fewer, where a number is negative) at the ends of its dimensions.
    ///
    /// - Shapes: x any; pads i64 `[2k]`: before each axis, then behind each, known beforehand; value `[]` or left out (0); axes `[k]` or
    ///   left out: all → the same dimensions, other sizes.
    /// - Source: ONNX Pad, opset 19.
    public struct Pad: Operator {
        /// What the new elements are.
        public enum Mode: String, Hashable, Sendable, CaseIterable {
            /// One value.
            case constant
            /// The elements in from the end, mirrored at it, without it.
            case reflect
            /// The element at the end.
            case edge
            /// The elements from the other end on.
            case wrap
        }

        public static let name = "Pad"
        /// What the new elements are.
        public var mode: Mode
        /// How the images lie whose dimensions the pads name.
        var layout = ImageLayout.channelsFirst

        public init(mode: Mode = .constant) { self.mode = mode }

        public var channelsLast: ChannelsLast {
            var last = self
            last.layout = .channelsLast
            return .follows(last)
        }

        /// Elements before and behind each axis of the shape as it lies.
        private func pads(of shape: Shape, pads: [Int], axes: [Int]?) throws(OperatorError) -> [(Int, Int)] {
            let axes = axes ?? Array(shape.indices)
            guard pads.count == 2 * axes.count else {
                throw OperatorError("\(pads.count) pads for \(axes.count) axes; two for each are needed")
            }
            var result = shape.map { _ in (0, 0) }
            for (index, axis) in axes.enumerated() {
                guard let axis = shape.axis(axis) else { throw OperatorError("axis \(axis) of shape \(shape)") }
                let (before, behind) = (pads[index], pads[index + axes.count])
                let limit = 1 << 31
                guard abs(before.clamped(to: limit)) < limit, abs(behind.clamped(to: limit)) < limit else {
                    throw OperatorError("pads of \(before) and \(behind)")
                }
                result[layout == .channelsLast ? ImageLayout.channelsLast(axis: axis) : axis] = (before, behind)
            }
            for (axis, pads) in result.enumerated() where shape[axis] + pads.0 + pads.1 < 0 {
                throw OperatorError("pads \(pads) take more than the \(shape[axis]) elements along axis \(axis)")
            }
            return result
        }

        public func infer(_ inputs: Operands) throws(OperatorError) -> [TensorType] {
            try inputs.count(in: 2...4)
            let x = try inputs.required(0, "x", nil)
            if inputs.optional(2) != nil {
                let value = try inputs.required(2, "value", x.elementType)
                guard value.shape.elementCount == 1 else { throw OperatorError("a value of shape \(value.shape)") }
            }
            let pads = try pads(
                of: x.shape, pads: try inputs.integers(1, "pads"),
                axes: inputs.optional(3) == nil ? nil : try inputs.integers(3, "axes"))
            for (axis, pads) in pads.enumerated() where mode != .constant && (pads.0 > 0 || pads.1 > 0) {
                // A mirror shows what lies before it; a wrapped dimension need not be as long as what is asked of it.
                guard x.shape[axis] > (mode == .reflect ? max(pads.0, pads.1) : 0) else {
                    throw OperatorError(
                        "pads \(pads), mode '\(mode.rawValue)', of \(x.shape[axis]) elements along axis \(axis)")
                }
            }
            return [
                TensorType(
                    x.elementType, try Shape(inferred: zip(x.shape, pads).map { $0 + $1.0 + $1.1 }))
            ]
        }

        /// For each element along an axis where it comes from; −1 for the value.
        private func sources(_ size: Int, _ pads: (Int, Int)) -> [Int] {
            (-pads.0..<size + pads.1).map { place in
                if (0..<size).contains(place) { return place }
                switch mode {
                case .constant: return -1
                case .edge: return place < 0 ? 0 : size - 1
                case .reflect: return place < 0 ? -place : 2 * (size - 1) - place
                case .wrap: return (place % size + size) % size
                }
            }
        }

        public func differentiate(_ backward: Backward, in graph: inout Graph) throws(GraphError) -> [Graph.Value?] {
            guard !backward.needs.dropFirst().contains(true) else {
                throw GraphError(
                    node: backward.node.name, operation: name,
                    fault: "\(name) has no gradient of its value, so nothing before that can be trained")
            }
            let shape = graph.type(of: backward.input(0)).shape
            func integers(_ index: Int) -> [Int]? {
                backward.optionalInput(index).flatMap { graph.known($0)?.integers }
            }
            let pads: [(Int, Int)]
            do { pads = try self.pads(of: shape, pads: integers(1) ?? [], axes: integers(3)) } catch {
                throw GraphError(node: backward.node.name, operation: name, fault: error.description)
            }
            let sources = zip(shape, pads).map { $1 == (0, 0) ? nil : self.sources($0, $1) }
            return [try graph.scatter(backward.gradient, to: shape, from: sources, backward)]
                + Array(repeating: nil, count: backward.needs.count - 1)
        }

        public func schedule(_ step: inout Step) throws(GraphError) {
            var shape = step.shape(0)
            let bytes = step.inputType(0).elementType.byteCount
            let pads: [(Int, Int)]
            do {
                pads = try self.pads(
                    of: shape, pads: step.integers(1), axes: step.optionalInput(3) == nil ? nil : step.integers(3))
            } catch { throw GraphError(fault: error.description) }
            var from = step.input(0)
            let axes = shape.indices.filter { pads[$0] != (0, 0) }
            if axes.isEmpty { step.append(step.kernels.copy(from, to: step.output())) }
            for axis in axes {
                let sources = sources(shape[axis], pads[axis])
                let outer = shape.prefix(axis).reduce(1, *), inner = shape.dropFirst(axis + 1).reduce(bytes, *)
                let to =
                    axis == axes.last
                    ? step.output() : step.temporary(byteCount: outer * sources.count * inner)
                step.append(
                    step.kernels.take(
                        from, outer: outer, size: shape[axis], innerBytes: inner, indices: sources, elementBytes: bytes,
                        fill: step.optionalInput(2), to: to))
                shape = shape.replacing(axis: axis, with: sources.count)
                from = to
            }
        }
    }
}

extension Int {
    /// This number, or the nearest of −limit...limit.
    fileprivate func clamped(to limit: Int) -> Int { Swift.min(Swift.max(self, -limit), limit) }
}
