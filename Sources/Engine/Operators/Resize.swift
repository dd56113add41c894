internal import Kernels

extension Operators {
    /// x in another size, its elements repeated or interpolated between neighbours.
    ///
    /// - Shapes: x any; a second input that nobody reads (ONNX's region of interest) or left out; scales f32 `[k]`, or sizes i64 `[k]`, one
    ///   of which is known beforehand → the same dimensions, other sizes.
    /// - Source: ONNX Resize, opset 19, modes nearest and linear.
    public struct Resize: Operator {
        /// How an element of the result is made from those of x.
        public enum Mode: Hashable, Sendable {
            /// The nearest one.
            case nearest(Rounding)
            /// Between its two neighbours along each axis.
            case linear
        }

        /// Which neighbour is the nearest.
        public enum Rounding: String, Hashable, Sendable, CaseIterable {
            case roundPreferFloor = "round_prefer_floor"
            case roundPreferCeil = "round_prefer_ceil"
            case floor, ceil
        }

        /// Where an element of the result lies in x.
        public enum Coordinates: String, Hashable, Sendable, CaseIterable {
            case halfPixel = "half_pixel"
            case halfPixelSymmetric = "half_pixel_symmetric"
            case pytorchHalfPixel = "pytorch_half_pixel"
            case alignCorners = "align_corners"
            case asymmetric
            /// As TensorFlow resized to the nearest; ONNX has dropped it since opset 13, and tf2onnx writes it still.
            case tensorFlowHalfPixel = "tf_half_pixel_for_nn"
        }

        public static let name = "Resize"
        /// How an element of the result is made from those of x.
        public var mode: Mode
        /// Where an element of the result lies in x.
        public var coordinates: Coordinates
        /// The axes that scales or sizes are of; nil for all.
        public var axes: [Int]?
        /// How the images lie whose dimensions the scales name.
        var layout = ImageLayout.channelsFirst

        public init(mode: Mode = .nearest(.roundPreferFloor), coordinates: Coordinates = .halfPixel, axes: [Int]? = nil)
        {
            self.mode = mode
            self.coordinates = coordinates
            self.axes = axes
        }

        public var channelsLast: ChannelsLast {
            var last = self
            last.layout = .channelsLast
            return .follows(last)
        }

        /// Along an axis of the shape as it lies: its new size, and how many times larger that is.
        private struct Change {
            var size: Int
            var scale: Float
        }

        private func changes(of shape: Shape, scales: [Float]?, sizes: [Int]?) throws(OperatorError) -> [Change] {
            var changes = shape.map { Change(size: $0, scale: 1) }
            let axes = axes ?? Array(shape.indices), given = scales?.count ?? sizes?.count ?? 0
            guard given == axes.count else {
                throw OperatorError("\(given) scales or sizes for the \(axes.count) axes of shape \(shape)")
            }
            for (index, axis) in axes.enumerated() {
                guard var axis = shape.axis(axis) else { throw OperatorError("axis \(axis) of shape \(shape)") }
                if layout == .channelsLast { axis = ImageLayout.channelsLast(axis: axis) }
                let size = shape[axis]
                if let scales {
                    let whole = (Float(size) * scales[index]).rounded(.down)
                    guard scales[index] > 0, whole < 0x1p31 else { throw OperatorError("a scale of \(scales[index])") }
                    changes[axis] = Change(size: Int(whole), scale: scales[index])
                } else if let sizes {
                    guard (0..<1 << 31).contains(sizes[index]) else { throw OperatorError("a size of \(sizes[index])") }
                    changes[axis] = Change(size: sizes[index], scale: Float(sizes[index]) / Float(max(size, 1)))
                }
                guard size > 0 || changes[axis].size == 0 else {
                    throw OperatorError("nothing along axis \(axis) of shape \(shape) to make \(changes[axis].size) of")
                }
            }
            return changes
        }

        public func infer(_ inputs: Operands) throws(OperatorError) -> [TensorType] {
            try inputs.count(in: 3...4)
            let x = try inputs.required(0, "x", mode == .linear ? .f32 : nil)
            let hasSizes = inputs.optional(3) != nil
            let changes = try changes(
                of: x.shape, scales: hasSizes ? nil : try inputs.floats(2, "scales"),
                sizes: hasSizes ? try inputs.integers(3, "sizes") : nil)
            return [TensorType(x.elementType, try Shape(inferred: changes.map(\.size)))]
        }

        /// Where the element of a place along an axis lies in x, in the arithmetic that ONNX Runtime has.
        private func origin(_ place: Int, _ size: Int, _ change: Change) -> Float {
            let place = Float(place), count = Float(change.size), scale = change.scale
            switch coordinates {
            case .halfPixel: return (place + 0.5) / scale - 0.5
            case .halfPixelSymmetric:
                // In double, so that whole places stay whole.
                let adjusted = Double(count) / (Double(scale) * Double(size))
                let offset = Double(size) / 2 * (1 - adjusted)
                return Float(offset + (Double(place) + 0.5) / Double(scale) - 0.5)
            case .pytorchHalfPixel: return change.size > 1 ? (place + 0.5) / scale - 0.5 : 0
            case .alignCorners: return change.size > 1 ? place * Float(size - 1) / (count - 1) : 0
            case .asymmetric: return place / scale
            case .tensorFlowHalfPixel: return (place + 0.5) / scale
            }
        }

        private func nearest(_ origin: Float, _ rounding: Rounding) -> Float {
            switch rounding {
            case .roundPreferFloor: (origin - 0.5).rounded(.up)
            case .roundPreferCeil: (origin + 0.5).rounded(.down)
            case .floor: origin.rounded(.down)
            case .ceil: origin.rounded(.up)
            }
        }

        /// For each element along an axis the nearest of x.
        private func nearest(_ size: Int, _ change: Change, _ rounding: Rounding) -> [Int] {
            (0..<change.size).map {
                Int(min(max(nearest(origin($0, size, change), rounding), 0), Float(size - 1)))
            }
        }

        /// For each element along an axis its neighbour before it in x, and how far it is on the way to the one behind.
        private func neighbours(_ size: Int, _ change: Change) -> [(lower: Int, weight: Float)] {
            (0..<change.size).map {
                let inside = min(max(origin($0, size, change), 0), Float(size - 1)), lower = inside.rounded(.down)
                return (lower: Int(lower), weight: inside - lower)
            }
        }

        public func differentiate(_ backward: Backward, in graph: inout Graph) throws(GraphError) -> [Graph.Value?] {
            let shape = graph.type(of: backward.input(0)).shape
            func known(_ index: Int) -> Tensor? { backward.optionalInput(index).flatMap { graph.known($0) } }
            let changes: [Change]
            do {
                let sizes = known(3)?.integers
                changes = try self.changes(of: shape, scales: sizes == nil ? known(2)?.floats : nil, sizes: sizes)
            } catch { throw GraphError(node: backward.node.name, operation: name, fault: error.description) }
            var gradient = backward.gradient
            for axis in shape.indices where changes[axis].scale != 1 || changes[axis].size != shape[axis] {
                func scatter(_ dy: Graph.Value, _ places: [Int]) throws(GraphError) -> Graph.Value {
                    let whole = graph.type(of: dy).shape.replacing(axis: axis, with: shape[axis])
                    var sources = [[Int]?](repeating: nil, count: shape.rank)
                    sources[axis] = places
                    return try graph.scatter(dy, to: whole, from: sources, backward)
                }
                switch mode {
                case .nearest(let rounding):
                    gradient = try scatter(gradient, nearest(shape[axis], changes[axis], rounding))
                case .linear:
                    let places = neighbours(shape[axis], changes[axis])
                    let column = Shape(shape.indices.map { $0 == axis ? places.count : 1 })
                    var parts: [Graph.Value] = []
                    for (offset, weights) in [(0, places.map { 1 - $0.weight }), (1, places.map(\.weight))] {
                        let share = try graph.append(
                            Mul(), [gradient, graph.addConstant(Tensor(weights, shape: column))],
                            name: backward.name("share_\(offset)_along_\(axis)"))[0]
                        parts.append(try scatter(share, places.map { $0.lower + offset }))
                    }
                    gradient = try graph.append(Add(), parts, name: backward.name("gradient_along_\(axis)"))[0]
                }
            }
            return [gradient] + Array(repeating: nil, count: backward.needs.count - 1)
        }

        public func schedule(_ step: inout Step) throws(GraphError) {
            var shape = step.shape(0)
            let bytes = step.inputType(0).elementType.byteCount
            let hasSizes = step.optionalInput(3) != nil
            let changes: [Change]
            do {
                changes = try self.changes(
                    of: shape, scales: hasSizes ? nil : step.inputs[2]?.known?.floats,
                    sizes: hasSizes ? step.integers(3) : nil)
            } catch { throw GraphError(fault: error.description) }
            var from = step.input(0)
            let axes = shape.indices.filter { changes[$0].scale != 1 || changes[$0].size != shape[$0] }
            if axes.isEmpty { step.append(step.kernels.copy(from, to: step.output())) }
            for axis in axes {
                let change = changes[axis], size = shape[axis]
                let outer = shape.prefix(axis).reduce(1, *), inner = shape.dropFirst(axis + 1).reduce(1, *)
                let to =
                    axis == axes.last ? step.output() : step.temporary(byteCount: outer * change.size * inner * bytes)
                switch mode {
                case .nearest(let rounding):
                    step.append(
                        step.kernels.take(
                            from, outer: outer, size: size, innerBytes: inner * bytes,
                            indices: nearest(size, change, rounding), elementBytes: bytes, to: to))
                case .linear:
                    step.append(
                        step.kernels.interpolate(
                            from, outer: outer, size: size, inner: inner, places: neighbours(size, change), to: to))
                }
                shape = shape.replacing(axis: axis, with: change.size)
                from = to
            }
        }
    }
}
