internal import Kernels

extension Operators {
    /// The dimensions in another order: dimension i of the result is dimension `order[i]` of x; reversed where `order` is nil.
    ///
    /// - Shapes: x `[d0, …]` → `[d(order[0]), …]`.
    /// - Source: ONNX Transpose.
    public struct Transpose: Operator {
        public static let name = "Transpose"
        /// The input's dimension for each of the output's; nil turns them round.
        public var order: [Int]?

        public init(order: [Int]? = nil) { self.order = order }

        func order(of rank: Int) -> [Int] { order ?? (0..<rank).reversed() }

        public func infer(_ inputs: Operands) throws(OperatorError) -> [TensorType] {
            try inputs.count(in: 1...1)
            let x = try inputs.required(0, "x", nil)
            let order = order(of: x.shape.rank)
            guard order.sorted() == Array(0..<x.shape.rank) else {
                throw OperatorError("order \(order) of the dimensions of shape \(x.shape)")
            }
            return [TensorType(x.elementType, Shape(order.map { x.shape[$0] }))]
        }

        public func keepsRowsApart(_ inputs: [TensorType?]) -> Bool {
            inputs[0].map { order(of: $0.shape.rank).first == 0 } ?? false
        }

        public func differentiate(_ backward: Backward, in graph: inout Graph) throws(GraphError) -> [Graph.Value?] {
            let order = order(of: graph.type(of: backward.input(0)).shape.rank)
            var inverse = order
            for (index, axis) in order.enumerated() { inverse[axis] = index }
            return try graph.append(Transpose(order: inverse), [backward.gradient], name: backward.name("gradient"))
        }

        /// Whether the elements keep their order in memory: only dimensions of 1 move.
        func keepsElements(of shape: Shape) -> Bool {
            let moved = order(of: shape.rank).filter { shape[$0] != 1 }
            return moved == moved.sorted()
        }

        public func schedule(_ step: inout Step) throws(GraphError) {
            let x = step.shape(0), order = order(of: x.rank), bytes = step.inputType(0).elementType.byteCount
            // Neighbours that stay together move as one.
            var runs: [Range<Int>] = []
            for axis in order where x[axis] != 1 {
                if let last = runs.last, last.upperBound <= axis, x[last.upperBound..<axis].allSatisfy({ $0 == 1 }) {
                    runs[runs.count - 1] = last.lowerBound..<axis + 1
                } else {
                    runs.append(axis..<axis + 1)
                }
            }
            func size(_ run: Range<Int>) -> Int { x[run].reduce(1, *) }
            let (from, to) = (step.input(0), step.output())
            if bytes == 4, runs.count == 2, runs[0].lowerBound > runs[1].lowerBound {
                step.append(
                    step.kernels.transpose(from, batches: 1, rows: size(runs[1]), columns: size(runs[0]), to: to))
            } else if bytes == 4, runs.count == 3, runs[0].lowerBound < runs[2].lowerBound,
                runs[1].lowerBound > runs[2].lowerBound
            {
                step.append(
                    step.kernels.transpose(
                        from, batches: size(runs[0]), rows: size(runs[2]), columns: size(runs[1]), to: to))
            } else {
                let strides = x.strides
                step.append(
                    step.kernels.permute(
                        from, sizes: order.map { x[$0] }, strides: order.map { strides[$0] }, elementBytes: bytes,
                        to: to))
            }
        }
    }
}
