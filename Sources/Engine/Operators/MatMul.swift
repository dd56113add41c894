internal import Kernels

extension Operators {
    /// The matrix product of the last two dimensions, for each of the leading ones, which broadcast (NumPy's `matmul`).
    ///
    /// - Shapes: a `[…, M, K]`, b `[…, K, N]` → `[…, M, N]`; a vector counts as a row on the left and as a column on the right, and its dimension
    ///   goes from the result.
    /// - Source: ONNX MatMul.
    public struct MatMul: Operator {
        public static let name = "MatMul"

        public init() {}

        public func infer(_ inputs: Operands) throws(OperatorError) -> [TensorType] {
            try inputs.count(in: 2...2)
            return [TensorType(.f32, try Sizes(inputs.required(0, "a").shape, inputs.required(1, "b").shape).output)]
        }

        public func keepsRowsApart(_ inputs: [TensorType?]) -> Bool { true }

        public func weightAxis(_ operand: Int) -> Int? { operand == 1 ? 1 : nil }
        public func takesNarrow(_ operand: Int, _ shape: Shape) -> Bool { operand == 1 && shape.rank == 2 }

        public func multiplyAdds(_ inputs: [TensorType?], _ outputs: [TensorType]) -> Int {
            guard let a = inputs.first??.shape, let depth = a.last, let output = outputs.first?.shape else { return 0 }
            return .clampedProduct(output.elementCount, depth)
        }

        /// The product as batches of matrices.
        private struct Sizes {
            let rows, depth, columns: Int
            let batch: Shape
            let output: Shape
            private let aBatch, bBatch: Shape

            init(_ a: Shape, _ b: Shape) throws(OperatorError) {
                guard a.rank > 0, b.rank > 0 else {
                    throw OperatorError("shapes \(a) and \(b): a scalar has no matrix product")
                }
                let a2 = a.rank == 1 ? [1, a[0]] : a, b2 = b.rank == 1 ? [b[0], 1] : b
                rows = a2[a2.rank - 2]
                depth = a2[a2.rank - 1]
                columns = b2[b2.rank - 1]
                aBatch = Shape(a2.dropLast(2))
                bBatch = Shape(b2.dropLast(2))
                guard depth == b2[b2.rank - 2], let batch = aBatch.broadcast(with: bBatch) else {
                    throw OperatorError("shapes \(a) and \(b) do not go together")
                }
                self.batch = batch
                output = try Shape(
                    inferred: Array(batch) + (a.rank == 1 ? [] : [rows]) + (b.rank == 1 ? [] : [columns]))
                guard batch.elementCount <= 1 << 24 else {
                    throw OperatorError(
                        "shapes \(a) and \(b): \(batch.elementCount) products; at most \(1 << 24) are supported")
                }
            }

            /// For each product, the number of the matrix on the left.
            var left: [Int] { numbers(aBatch) }
            /// For each product, the number of the matrix on the right.
            var right: [Int] { numbers(bBatch) }

            private func numbers(_ side: Shape) -> [Int] {
                let strides = side.strides(broadcastTo: batch)
                var numbers = [0]
                for (size, stride) in zip(batch, strides) {
                    numbers = numbers.flatMap { base in (0..<size).map { base + $0 * stride } }
                }
                return numbers
            }
        }

        public func differentiate(_ backward: Backward, in graph: inout Graph) throws(GraphError) -> [Graph.Value?] {
            let a = backward.input(0), b = backward.input(1), dy = backward.gradient
            let aShape = graph.type(of: a).shape, bShape = graph.type(of: b).shape
            guard aShape.rank >= 2, bShape.rank >= 2 else {
                throw GraphError(
                    node: backward.node.name, operation: name,
                    fault: "the gradient of a product with a vector is not supported")
            }
            func transposed(_ value: Graph.Value, _ what: String) throws(GraphError) -> Graph.Value {
                let rank = graph.type(of: value).shape.rank
                let order = Array(0..<rank - 2) + [rank - 1, rank - 2]
                return try graph.append(Transpose(order: order), [value], name: backward.name(what))[0]
            }
            var gradients: [Graph.Value?] = [nil, nil]
            if backward.needs[0] {
                let full = try graph.append(
                    MatMul(), [dy, try transposed(b, "b_transposed")], name: backward.name("a_product"))[0]
                gradients[0] = try graph.reduce(full, to: aShape, name: backward.name("a_gradient"))
            }
            if backward.needs[1] {
                if bShape.rank == 2, aShape.rank > 2 {
                    // One weight for all: one product over all rows.
                    let rows = aShape.dropLast().reduce(1, *)
                    let flatA = try graph.append(
                        Reshaped(shape: [rows, aShape[aShape.rank - 1]]), [a], name: backward.name("a_rows"))[0]
                    let flatY = try graph.append(
                        Reshaped(shape: [rows, bShape[1]]), [dy], name: backward.name("y_rows"))[0]
                    gradients[1] = try graph.append(
                        Gemm(transposesA: true), [flatA, flatY], name: backward.name("b_gradient"))[0]
                } else {
                    let full = try graph.append(
                        MatMul(), [try transposed(a, "a_transposed"), dy], name: backward.name("b_product"))[0]
                    gradients[1] = try graph.reduce(full, to: bShape, name: backward.name("b_gradient"))
                }
            }
            return gradients
        }

        public func schedule(_ step: inout Step) throws(GraphError) {
            let sizes: Sizes
            do {
                sizes = try Sizes(step.shape(0), step.shape(1))
            } catch {
                preconditionFailure(error.description)
            }
            let rows = sizes.rows, depth = sizes.depth, columns = sizes.columns
            let left = sizes.left, right = sizes.right
            let matrices = (right.max() ?? -1) + 1
            let layouts = (0..<matrices).map {
                WeightLayout(
                    tapOffsets: [0], channels: depth, channelStride: columns, columns: columns, columnStride: 1,
                    offset: $0 * depth * columns)
            }
            // One matrix on the right, all rows on the left in order: one large product.
            let isOne = matrices == 1 && left == Array(0..<left.count)
            let batches = isOne ? 1 : left.count
            let batchRows = isOne ? rows * left.count : rows
            let panels = try step.matrixPanels(1, layouts, rows: batchRows, purpose: "matmul")
            for batch in 0..<batches {
                var input = Window.Pixels(images: 1, height: 1, width: batchRows, channels: depth)
                input.offset = isOne ? 0 : left[batch] * rows * depth
                var output = Window.Pixels(images: 1, height: 1, width: batchRows, channels: columns)
                output.offset = batch * rows * columns
                let window = Window(input: input, output: output, narrow: panels.narrow)
                step.needScratch(window)
                step.append(
                    step.kernels.product(
                        window, step.input(0), panels: panels.regions[isOne ? 0 : right[batch]], to: step.output()))
            }
        }
    }
}
