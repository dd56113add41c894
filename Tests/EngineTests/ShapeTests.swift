import Engine
import OperatorCases
import Testing

@Suite struct ShapeTests {
    @Test("a shape counts its elements and gives strides")
    func basics() {
        let shape: Shape = [2, 3, 4]
        #expect(shape.elementCount == 24 && shape.strides == [12, 4, 1] && shape.description == "[2, 3, 4]")
        #expect(Shape().elementCount == 1 && Shape().strides == [] && Shape().description == "[]")
        #expect(([2, 0, 4] as Shape).elementCount == 0)
        #expect(shape.axis(-1) == 2 && shape.axis(2) == 2 && shape.axis(3) == nil && shape.axis(-4) == nil)
        #expect(shape.replacing(axis: 1, with: 7) == [2, 7, 4])
        #expect(shape == Shape([2, 3, 4]) && shape != [2, 3] && Set([shape, [2, 3, 4]]).count == 1)
    }

    @Test(
        "shapes broadcast as ONNX says",
        arguments: [
            ([2, 3], [3], [2, 3]), ([2, 1], [3], [2, 3]), ([], [4], [4]), ([], [], []), ([0], [1], [0]),
            ([2, 0], [1], [2, 0]),
            ([1, 5, 1], [4, 1, 6], [4, 5, 6]), ([2, 3], [2], nil), ([0], [2], nil), ([3, 4], [4, 3], nil),
        ] as [(Shape, Shape, Shape?)])
    func broadcasting(_ a: Shape, _ b: Shape, _ result: Shape?) {
        #expect(a.broadcast(with: b) == result)
        #expect(b.broadcast(with: a) == result)
    }

    @Test("shapes that cannot be are refused with their dimensions")
    func hostileShapes() {
        func text(_ dimensions: [Int]) -> String {
            do throws(ShapeError) {
                return try Shape(checking: dimensions).description
            } catch {
                return error.description
            }
        }
        #expect(text([1, 2, 3, 4, 5, 6, 7, 8]) == "[1, 2, 3, 4, 5, 6, 7, 8]")
        #expect(text(Array(repeating: 1, count: 9)) == "a shape of 9 dimensions; at most 8 are supported")
        #expect(text([2, -1]) == "shape [2, -1] has a negative dimension")
        #expect(text([.min]) == "shape [\(Int.min)] has a negative dimension")
        #expect(text([.max]) == "shape [\(Int.max)] has more elements than memory can hold")
        #expect(text([1 << 31, 1 << 31]) == "shape [2147483648, 2147483648] has more elements than memory can hold")
        #expect(
            text([0, 1 << 40, 1 << 40])
                == "shape [0, 1099511627776, 1099511627776] has more elements than memory can hold")
        #expect(text([1 << 59]) == "[576460752303423488]")
    }

    @Test("operators refuse sizes whose product overflows, and do not trap")
    func hostileOperators() {
        let limit = 1 << 24
        let wide = SpatialWindow(kernel: 1, padding: .all(limit))
        func type(_ dimensions: Int..., of elementType: ElementType = .f32) -> TensorType {
            TensorType(elementType, Shape(dimensions))
        }
        let rows: [(any Operator, [TensorType?])] = [
            (Operators.Add(), [type(1 << 40, 1), type(1 << 40)]),
            (Operators.Mul(), [type(1 << 30, 1, 1), type(1 << 30, 1 << 29)]),
            (Operators.Gemm(), [type(1 << 31, 0), type(0, 1 << 31)]),
            (Operators.MatMul(), [type(1 << 31, 0), type(0, 1 << 31)]),
            (Operators.MatMul(), [type(1 << 40, 1, 1, 1), type(1 << 40, 1, 1)]),
            (Operators.MatMul(), [type(1 << 40, 1, 0), type(0, 1)]),
            (Operators.Conv(window: wide), [type(1 << 20, 1, 1, 1), type(1 << 20, 1, 1, 1)]),
            (Operators.Conv(window: SpatialWindow(kernel: 1)), [type(1 << 31, 0, 1, 1), type(1 << 31, 0, 1, 1)]),
            // A fuzzer's: 9 pixels under 196,617 taps, at 655,410 places.
            (Operators.ConvTranspose(window: SpatialWindow(kernel: 1)), [type(1, 1, 3, 3), type(1, 2, 3, 65_539)]),
            // Another's: inputs of which no weight says that they are that wide.
            (Operators.LSTM(), [type(3, 1, 216_172_782_113_783_810), type(1, 28, 2), type(1, 28, 7)]),
            (Operators.LSTM(), [type(1, 1 << 58, 1), type(1, 28, 1), type(1, 28, 7)]),
            (Operators.LSTM(), [type(1, 1, 1), type(1, 1, 1), type(1, 0, 1 << 59)]),
            (Operators.GRU(), [type(1, 1 << 58, 1), type(1, 21, 1), type(1, 21, 7)]),
            (Operators.GRU(), [type(1, 1, 1), type(1, 1, 1), type(1, 0, 1 << 59)]),
            (Operators.MaxPool(window: wide), [type(1 << 30, 1, 1, 1)]),
            (Operators.AveragePool(window: wide), [type(1 << 30, 1, 1, 1)]),
            (Operators.Conv(window: SpatialWindow(kernel: 1)), [type(1, 1, 1, 1), type(1, 1, 0, 1)]),
            (Operators.Conv(window: SpatialWindow(kernel: 1), groups: 0), [type(1, 1, 1, 1), type(1, 1, 1, 1)]),
            (Operators.Conv(window: SpatialWindow(kernel: 1), groups: -1), [type(1, 1, 1, 1), type(1, 1, 1, 1)]),
            (Operators.MaxPool(window: SpatialWindow(kernel: 0)), [type(1, 1, 1, 1)]),
            (Operators.MaxPool(window: SpatialWindow(kernel: .init(.max, .min))), [type(1, 1, 1, 1)]),
            (Operators.MaxPool(window: SpatialWindow(kernel: 1, strides: 0)), [type(1, 1, 1, 1)]),
            (Operators.MaxPool(window: SpatialWindow(kernel: 2, dilations: -3)), [type(1, 1, 1, 1)]),
            (Operators.MaxPool(window: SpatialWindow(kernel: 2, padding: .all(-1))), [type(1, 1, 9, 9)]),
            (Operators.MaxPool(window: SpatialWindow(kernel: 2, padding: .all(.max))), [type(1, 1, 9, 9)]),
            (Operators.MaxPool(window: SpatialWindow(kernel: 3)), [type(1, 1, 2, 2)]),
            (Operators.MaxPool(window: SpatialWindow(kernel: 3)), [type(1, 1, 2)]),
            (Operators.MaxPool(window: SpatialWindow(kernel: 3)), [type(1, 1, 1 << 40, 3)]),
            (Operators.Softmax(axis: 3), [type(1, 2)]), (Operators.Softmax(axis: .min), [type(1, 2)]),
            (Operators.Softmax(), [type()]),
            (Operators.Flatten(axis: 3), [type(1, 2)]), (Operators.Flatten(axis: .min), [type(1, 2)]),
            (Operators.Transpose(order: [0, 0]), [type(1, 2)]), (Operators.Transpose(order: [0]), [type(1, 2)]),
            (Operators.Transpose(order: [1, 2]), [type(1, 2)]),
            (Operators.Relu(), [nil]), (Operators.Relu(), []), (Operators.Relu(), [type(2), type(2)]),
            (Operators.Relu(), [type(2, of: .i64)]), (Operators.Add(), [type(2), type(3)]),
            (Operators.Add(), [type(2)]),
            (Operators.Gemm(), [type(2, 3), type(4, 5)]), (Operators.Gemm(), [type(2, 3), type(3, 5), type(2)]),
            (Operators.Gemm(), [type(2, 3), type(3, 5), type(1, 2, 5)]), (Operators.Gemm(), [type(2), type(3, 5)]),
            (Operators.MatMul(), [type(), type(3, 5)]), (Operators.MatMul(), [type(2, 3), type(2, 3)]),
            (Operators.MatMul(), [type(2, 2, 3), type(3, 3, 3)]),
            (Operators.BatchNormalization(), [type(2, 3), type(3), type(3), type(3), type(2)]),
            (Operators.BatchNormalization(), [type(2, 3, 4, 5, 6), type(3), type(3), type(3), type(3)]),
            (Operators.BatchNormalization(), [type(2), type(3), type(3), type(3), type(3)]),
            (Operators.Dropout(rate: 1), [type(2)]), (Operators.Dropout(rate: .nan), [type(2)]),
            (Operators.Dropout(rate: 0.5, isTraining: true), [type(2)]),
            (Operators.SoftmaxCrossEntropy(), [type(2, 3), type(3, of: .i64)]),
            (Operators.SoftmaxCrossEntropy(smoothing: 1), [type(2, 3), type(2, of: .i64)]),
            (Operators.GlobalAveragePool(), [type(2, 3)]),
        ]
        for (operation, types) in rows {
            #expect(throws: OperatorError.self, "\(operation) of \(types.map { $0?.description ?? "none" })") {
                try operation.infer(Operands(types: types))
            }
        }
    }

    @Test("Reshape refuses what does not fill its shape")
    func hostileReshapes() {
        for (x, wanted) in [
            ([2, 3], [7]), ([2, 3], [-1, -1]), ([2, 3], [-2, 3]), ([2, 3], [-1, 4]), ([2, 3], [0, 0, 0]),
            ([2, 3], [.max, .max]),
            ([2, 3], [-1, 0, 0, 0]), ([0, 3], [0, -1, 0]), ([2, 3], Array(repeating: 1, count: 9)), ([2, 3], [.min]),
        ] as [(Shape, [Int64])] {
            let shape = Tensor(wanted, shape: [wanted.count])
            #expect(throws: OperatorError.self, "\(x) to \(wanted)") {
                try Operators.Reshape().infer(
                    Operands(types: [TensorType(.f32, x), shape.type], constants: [nil, shape]))
            }
        }
        #expect(throws: OperatorError.self) {
            try Operators.Reshape().infer(
                Operands(types: [TensorType(.f32, [2]), TensorType(.i64, [1])], constants: [nil, nil]))
        }
    }

    @Test("graphs refuse what has no gradient, naming the node")
    func noGradient() throws {
        var graph = Graph()
        let x = graph.addState(Tensor.random([4], 1), name: "x")
        let w = graph.addConstant(Tensor.random([4], 2))
        let y = try graph.append(Operators.MatMul(), [x, w], name: "inner")[0]
        #expect(
            throws: GraphError(
                node: "inner", operation: "MatMul", fault: "the gradient of a product with a vector is not supported")
        ) { try graph.appendGradients(of: y, withRespectTo: [x]) }
    }

    @Test("a gradient is nil where the loss does not depend, and a value is its own")
    func gradientsOfOthers() throws {
        var graph = Graph()
        let x = graph.addInput("x", dimensions: [1, 3]), other = graph.addInput("other", dimensions: [1, 3])
        let square = try graph.append(Operators.Mul(), [x, x])[0]
        // What lies before a value that is asked for needs no gradient, and is not asked for one.
        let vector = try graph.append(
            Operators.MatMul(),
            [graph.addConstant(Tensor([1, 2], shape: [2])), graph.addConstant(Tensor([3, 4], shape: [2, 1]))],
            name: "before")[0]
        let loss = try graph.append(
            Operators.MatMul(), [square, graph.addConstant(Tensor([1, 2, 3], shape: [3, 1]))])[0]
        let gradients = try graph.appendGradients(of: loss, withRespectTo: [x, other, square, loss, vector])
        #expect(gradients[1] == nil && gradients[4] == nil)
        for (index, gradient) in gradients.enumerated() {
            if let gradient { graph.addOutput("\(index)", gradient) }
        }
        let outputs = try Model(graph, options: Model.Options(threads: 1)).run([
            "x": Tensor([5, 6, 7], shape: [1, 3]), "other": Tensor(zeros: [1, 3]),
        ])
        #expect(outputs["0"]?.floats == [10, 24, 42])
        #expect(outputs["2"]?.floats == [1, 2, 3])
        #expect(outputs["3"]?.floats == [1])
    }
}
