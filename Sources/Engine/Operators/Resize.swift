internal import Kernels

extension Operators {
    /// x in another size, its elements repeated or interpolated between neighbours.
    ///
    /// - Shapes: x any; a region of interest f32 `[2k]` where coordinates are those of one, first its starts and then its ends as shares
    ///   of x, or left out; scales f32 `[k]`, or sizes i64 `[k]`. What is there of these is known beforehand. → the same dimensions, other
    ///   sizes.
    /// - Source: ONNX Resize, opset 19; Keys 1981, "Cubic convolution interpolation for digital image processing".
    public struct Resize: Operator {
        /// How an element of the result is made from those of x.
        public enum Mode: Hashable, Sendable {
            /// The nearest one.
            case nearest(Rounding)
            /// Between its two neighbours along each axis.
            case linear
            /// Of four neighbours along each axis, by Keys' cubics of a coefficient; ONNX's usual one is -0.75.
            case cubic(Float)
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
            /// From the start to the end of the region of interest; outside of x is `extrapolation`.
            case region = "tf_crop_and_resize"
        }

        /// What becomes of sizes that would change the image's proportions.
        public enum Proportions: String, Hashable, Sendable, CaseIterable {
            /// They are changed.
            case stretch
            /// They are kept, and no size is larger than given.
            case notLarger = "not_larger"
            /// They are kept, and no size is smaller than given.
            case notSmaller = "not_smaller"
        }

        public static let name = "Resize"
        /// How an element of the result is made from those of x.
        public var mode: Mode
        /// Where an element of the result lies in x.
        public var coordinates: Coordinates
        /// The axes that scales or sizes are of; nil for all.
        public var axes: [Int]?
        /// What becomes of sizes that would change the image's proportions.
        public var proportions = Proportions.stretch
        /// Whether an element that stands for several of x is made of all of them.
        public var antialiases = false
        /// Whether neighbours outside of x count for nothing, instead of as the one at the edge. Of two neighbours that is the same.
        public var excludesOutside = false
        /// What is outside of x, where the coordinates are those of a region.
        public var extrapolation: Float = 0
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

        /// Along an axis of the shape as it lies: its new size, how many times larger that is, and of what part of x it is made.
        private struct Change {
            var size: Int
            var scale: Float
            var start: Float = 0
            var end: Float = 1
        }

        private func changes(of shape: Shape, scales: [Float]?, sizes: [Int]?, region: [Float]?) throws(OperatorError)
            -> [Change]
        {
            var changes = shape.map { Change(size: $0, scale: 1) }
            let axes = axes ?? Array(shape.indices), given = scales?.count ?? sizes?.count ?? 0
            guard given == axes.count else {
                throw OperatorError("\(given) scales or sizes for the \(axes.count) axes of shape \(shape)")
            }
            if let region, region.count != 2 * axes.count {
                throw OperatorError("a region of \(region.count) numbers for the \(axes.count) axes of shape \(shape)")
            }
            var changed: [Int] = []
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
                if let region { (changes[axis].start, changes[axis].end) = (region[index], region[axes.count + index]) }
                changed.append(axis)
            }
            if sizes != nil { try keepProportions(&changes, changed, of: shape) }
            return changes
        }

        /// Gives the axes one scale, where sizes may not change the proportions.
        private func keepProportions(_ changes: inout [Change], _ axes: [Int], of shape: Shape) throws(OperatorError) {
            guard proportions != .stretch else { return }
            let scales = axes.map { changes[$0].scale }
            guard let scale = proportions == .notLarger ? scales.min() : scales.max() else { return }
            for axis in axes {
                let size = (Float(shape[axis]) * scale + 0.5).rounded(.down)
                guard size < 0x1p31 else { throw OperatorError("a scale of \(scale) of shape \(shape)") }
                changes[axis].size = Int(size)
                changes[axis].scale = scale
            }
        }

        public func infer(_ inputs: Operands) throws(OperatorError) -> [TensorType] {
            try inputs.count(in: 3...4)
            let isFloat = if case .nearest = mode { coordinates == .region } else { true }
            let x = try inputs.required(0, "x", isFloat ? .f32 : nil)
            if antialiases, case .nearest = mode { throw OperatorError("antialiasing of the nearest element") }
            let hasSizes = inputs.optional(3) != nil
            let changes = try changes(
                of: x.shape, scales: hasSizes ? nil : try inputs.floats(2, "scales"),
                sizes: hasSizes ? try inputs.integers(3, "sizes") : nil,
                region: coordinates == .region ? try inputs.floats(1, "roi") : nil)
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
            case .region:
                let last = Float(size - 1), length = (change.end - change.start) * last
                return change.start * last + (change.size > 1 ? place * length / (count - 1) : length / 2)
            }
        }

        /// Whether there is nothing in x for an element of the result.
        private func isOutside(_ origin: Float, _ last: Float) -> Bool {
            coordinates == .region && !(0...last).contains(origin)
        }

        /// The share that an element at a distance has, of those that are fewer than `reach` away.
        private var filter: (reach: Double, share: (Double) -> Double) {
            switch mode {
            case .nearest, .linear: return (1, { max(0, 1 - abs($0)) })
            case .cubic(let coefficient):
                let a = Double(coefficient)
                return (
                    2,
                    { distance in
                        let x = abs(distance)
                        if x <= 1 { return ((a + 2) * x - (a + 3)) * x * x + 1 }
                        return x < 2 ? ((x - 5) * x + 8) * x * a - 4 * a : 0
                    }
                )
            }
        }

        /// The elements of x that an element of the result is made of, and their shares, which sum to 1; none outside of a region.
        private func terms(_ origin: Float, _ size: Int, _ change: Change) -> [(index: Int, weight: Float)] {
            guard !isOutside(origin, Float(size - 1)) else { return [] }
            let (reach, share) = filter, stretch = antialiases ? Double(min(change.scale, 1)) : 1
            let origin = Double(origin)
            let first = Int((origin - reach / stretch).rounded(.down)),
                last = Int((origin + reach / stretch).rounded(.up))
            var terms: [(index: Int, share: Double)] = []
            for place in first...last {
                let share = share((Double(place) - origin) * stretch), index = min(max(place, 0), size - 1)
                if share != 0, index == place || !excludesOutside { terms.append((index, share)) }
            }
            let total = terms.reduce(0) { $0 + $1.share }
            return terms.map { ($0.index, Float($0.share / total)) }
        }

        private func nearest(_ origin: Float, _ rounding: Rounding) -> Float {
            switch rounding {
            case .roundPreferFloor: (origin - 0.5).rounded(.up)
            case .roundPreferCeil: (origin + 0.5).rounded(.down)
            case .floor: origin.rounded(.down)
            case .ceil: origin.rounded(.up)
            }
        }

        /// For each element along an axis the nearest of x; −1 outside of a region.
        private func nearest(_ size: Int, _ change: Change, _ rounding: Rounding) -> [Int] {
            let last = Float(size - 1)
            return (0..<change.size).map {
                let origin = origin($0, size, change)
                return isOutside(origin, last) ? -1 : Int(min(max(nearest(origin, rounding), 0), last))
            }
        }

        /// Whether all elements of the result lie between two of x, and are made of them alone.
        private var hasTwoNeighbours: Bool { mode == .linear && !antialiases && coordinates != .region }

        /// For each element along an axis its neighbour before it in x, and how far it is on the way to the one behind.
        private func neighbours(_ size: Int, _ change: Change) -> [(lower: Int, weight: Float)] {
            (0..<change.size).map {
                let inside = min(max(origin($0, size, change), 0), Float(size - 1)), lower = inside.rounded(.down)
                return (lower: Int(lower), weight: inside - lower)
            }
        }

        public func differentiate(_ backward: Backward, in graph: inout Graph) throws(GraphError) -> [Graph.Value?] {
            let isNearest = if case .nearest = mode { coordinates != .region } else { false }
            guard isNearest || hasTwoNeighbours else {
                throw GraphError(
                    node: backward.node.name, operation: name,
                    fault: "only the nearest and linear modes without antialiasing and region have a gradient")
            }
            let shape = graph.type(of: backward.input(0)).shape
            func known(_ index: Int) -> Tensor? { backward.optionalInput(index).flatMap { graph.known($0) } }
            let changes: [Change]
            do {
                let sizes = known(3)?.integers
                changes = try self.changes(
                    of: shape, scales: sizes == nil ? known(2)?.floats : nil, sizes: sizes, region: nil)
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
                case .linear, .cubic:
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
                    sizes: hasSizes ? step.integers(3) : nil,
                    region: coordinates == .region ? step.inputs[1]?.known?.floats : nil)
            } catch { throw GraphError(fault: error.description) }
            var from = step.input(0)
            let axes = shape.indices.filter { axis in
                let change = changes[axis]
                return change.scale != 1 || change.size != shape[axis] || change.start != 0 || change.end != 1
            }
            let fill = coordinates == .region ? step.temporary(byteCount: 4) : nil
            if let fill { step.append(step.kernels.write([extrapolation], to: fill)) }
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
                            indices: nearest(size, change, rounding), elementBytes: bytes, fill: fill, to: to))
                case .linear where hasTwoNeighbours:
                    step.append(
                        step.kernels.interpolate(
                            from, outer: outer, size: size, inner: inner, places: neighbours(size, change), to: to))
                case .linear, .cubic:
                    let places = (0..<change.size).map { terms(origin($0, size, change), size, change) }
                    step.append(
                        step.kernels.resample(
                            from, outer: outer, size: size, inner: inner, places: places, fill: extrapolation, to: to))
                }
                shape = shape.replacing(axis: axis, with: change.size)
                from = to
            }
        }
    }
}
