import Engine
import ModelFiles
import Testing

@Suite struct OperatorNamesTests {
    @Test func `Every operator has an entry, and no entry is of none`() {
        #expect(OperatorNames.operators.sorted() == OperatorRegistry.all.map { $0.name }.sorted())
    }

    struct Row: CustomTestStringConvertible {
        var name: String
        /// The shapes of the inputs, of which the first is the graph's and the others are constants; nil where one is left out.
        var shapes: [Shape?]
        var operation: any Operator
        var elementTypes: [Int: ElementType] = [:]
        /// The integers of inputs that must be known.
        var integers: [Int: [Int64]] = [:]
        var testDescription: String { name }

        /// A graph of this operator alone.
        func graph() throws -> Graph {
            var graph = Graph()
            var inputs: [Graph.Value?] = []
            for (index, shape) in shapes.enumerated() {
                let type = elementTypes[index] ?? .f32
                if let values = integers[index] {
                    inputs.append(graph.addConstant(Tensor(values, shape: [values.count]), name: "constant_\(index)"))
                } else if let shape, index == 0 {
                    inputs.append(graph.addInput("x", type, dimensions: shape.map { .fixed($0) }))
                } else {
                    inputs.append(shape.map { graph.addConstant(Tensor(zeros: $0, type), name: "constant_\(index)") })
                }
            }
            let outputs = try graph.append(operation, inputs, name: "node")
            graph.addOutput("y", outputs[0])
            return graph
        }
    }

    static let image: Shape = [2, 4, 9, 8]
    static let windows: [(String, SpatialWindow)] = [
        ("of 3", SpatialWindow(kernel: 3)),
        ("with strides", SpatialWindow(kernel: SpatialWindow.Pair(3, 2), strides: SpatialWindow.Pair(2, 1))),
        ("padded", SpatialWindow(kernel: 3, padding: .explicit(top: 0, left: 1, bottom: 2, right: 1))),
        ("padded with nothing", SpatialWindow(kernel: 3, padding: .all(0))),
        ("same", SpatialWindow(kernel: 3, strides: 2, padding: .same)),
        ("same lower", SpatialWindow(kernel: 2, padding: .sameLower)),
    ]
    static let rows: [Row] =
        [
            Row(name: "Add", shapes: [[2, 3], [3]], operation: Operators.Add()),
            Row(name: "Sub", shapes: [[2, 3], [2, 1]], operation: Operators.Sub()),
            Row(name: "Mul", shapes: [[2, 3], []], operation: Operators.Mul()),
            Row(name: "Div", shapes: [[2, 3], [1, 3]], operation: Operators.Div()),
            Row(name: "Relu", shapes: [[2, 3]], operation: Operators.Relu()),
            Row(name: "Gather", shapes: [[2, 3], [4]], operation: Operators.Gather(), elementTypes: [1: .i64]),
            Row(
                name: "Gather from the end", shapes: [[2, 3], []], operation: Operators.Gather(axis: -1),
                elementTypes: [1: .i32]),
            Row(name: "LSTM", shapes: [[3, 2, 4], [1, 20, 4], [1, 20, 5]], operation: Operators.LSTM()),
            Row(
                name: "LSTM in both directions, without a bias, with lengths and state",
                shapes: [[3, 2, 4], [2, 20, 4], [2, 20, 5], nil, [2], [2, 2, 5], [2, 2, 5]],
                operation: Operators.LSTM(direction: .bidirectional), elementTypes: [4: .i32]),
            Row(
                name: "GRU", shapes: [[3, 2, 4], [1, 15, 4], [1, 15, 5], [1, 30]], operation: Operators.GRU()),
            Row(
                name: "GRU backwards, the reset behind the product",
                shapes: [[3, 2, 4], [1, 15, 4], [1, 15, 5], [1, 30], nil, [1, 2, 5]],
                operation: Operators.GRU(direction: .reverse, resetsAfter: true)),
            Row(name: "MatMul", shapes: [[2, 3, 4], [4, 5]], operation: Operators.MatMul()),
            Row(name: "Gemm", shapes: [[2, 3], [3, 4], [4]], operation: Operators.Gemm()),
            Row(
                name: "Gemm, every attribute", shapes: [[3, 2], [4, 3]],
                operation: Operators.Gemm(alpha: 0.5, beta: 2, transposesA: true, transposesB: true)),
            Row(name: "Flatten", shapes: [image], operation: Operators.Flatten()),
            Row(name: "Flatten from the end", shapes: [image], operation: Operators.Flatten(axis: -2)),
            Row(name: "Transpose", shapes: [[2, 3, 4]], operation: Operators.Transpose()),
            Row(name: "Transpose in an order", shapes: [[2, 3, 4]], operation: Operators.Transpose(order: [1, 2, 0])),
            Row(name: "Softmax", shapes: [[2, 3]], operation: Operators.Softmax()),
            Row(name: "Softmax of channels", shapes: [image], operation: Operators.Softmax(axis: 1)),
            Row(name: "Dropout", shapes: [[2, 3]], operation: Operators.Dropout()),
            Row(name: "Dropout of a rate", shapes: [[2, 3]], operation: Operators.Dropout(rate: 0.1)),
            Row(
                name: "BatchNormalization", shapes: [image, [4], [4], [4], [4]],
                operation: Operators.BatchNormalization()),
            Row(
                name: "BatchNormalization, every attribute", shapes: [[2, 4], [4], [4], [4], [4]],
                operation: Operators.BatchNormalization(epsilon: 0.01, momentum: 0.5)),
            Row(name: "GlobalAveragePool", shapes: [image], operation: Operators.GlobalAveragePool()),
            Row(name: "Reshape", shapes: [[0, 3], [2]], operation: Operators.Reshape(), elementTypes: [1: .i64]),
            Row(
                name: "Reshape with zero", shapes: [[0, 3], [2]], operation: Operators.Reshape(allowsZero: true),
                elementTypes: [1: .i64]),
            Row(
                name: "SoftmaxCrossEntropy", shapes: [[2, 3], [2]], operation: Operators.SoftmaxCrossEntropy(),
                elementTypes: [1: .i64]),
            Row(
                name: "NegativeLogLikelihoodLoss", shapes: [[2, 3], [2]],
                operation: Operators.NegativeLogLikelihoodLoss(), elementTypes: [1: .i64]),
            Row(
                name: "NegativeLogLikelihoodLoss, everything", shapes: [[2, 3, 4], [2, 4], [3]],
                operation: Operators.NegativeLogLikelihoodLoss(reduction: .none, ignored: -1), elementTypes: [1: .i32]),
            Row(
                name: "Conv in groups, without bias", shapes: [image, [6, 2, 3, 3]],
                operation: Operators.Conv(window: SpatialWindow(kernel: 3), groups: 2)),
            Row(
                name: "Conv dilated", shapes: [image, [6, 4, 3, 2], [6]],
                operation: Operators.Conv(
                    window: SpatialWindow(kernel: SpatialWindow.Pair(3, 2), dilations: SpatialWindow.Pair(2, 3)))),
            Row(
                name: "MaxPool dilated, rounded up", shapes: [image],
                operation: Operators.MaxPool(window: SpatialWindow(kernel: 2, strides: 2, dilations: 2, roundsUp: true))
            ),
            Row(
                name: "AveragePool with padding counted, rounded up", shapes: [image],
                operation: Operators.AveragePool(
                    window: SpatialWindow(kernel: 2, strides: 2, padding: .all(1), roundsUp: true), countsPadding: true)
            ),
        ]
        + elementwise + shaping + summing
        + windows.flatMap { name, window in
            [
                Row(
                    name: "Conv \(name)",
                    shapes: [image, [6, 4, window.kernel.vertical, window.kernel.horizontal], [6]],
                    operation: Operators.Conv(window: window)),
                Row(name: "MaxPool \(name)", shapes: [image], operation: Operators.MaxPool(window: window)),
                Row(name: "AveragePool \(name)", shapes: [image], operation: Operators.AveragePool(window: window)),
            ]
        }

    static let elementwise: [Row] =
        ([
            ("Exp", Operators.Exp()), ("Log", Operators.Log()), ("Sqrt", Operators.Sqrt()), ("Erf", Operators.Erf()),
            ("Sigmoid", Operators.Sigmoid()), ("Tanh", Operators.Tanh()), ("Softplus", Operators.Softplus()),
            ("HardSwish", Operators.HardSwish()), ("HardSigmoid", Operators.HardSigmoid()),
            ("HardSigmoid of a slope", Operators.HardSigmoid(alpha: 0.5, beta: 0.25)),
            ("LeakyRelu", Operators.LeakyRelu()), ("LeakyRelu of a slope", Operators.LeakyRelu(alpha: 0.5)),
            ("Elu", Operators.Elu()), ("Elu of a slope", Operators.Elu(alpha: 2)), ("Abs", Operators.Abs()),
            ("Neg", Operators.Neg()), ("Floor", Operators.Floor()), ("Ceil", Operators.Ceil()),
            ("Cast", Operators.Cast(to: .i32)), ("Clip", Operators.Clip()),
            ("Max of one", Operators.Max()), ("Min of one", Operators.Min()),
        ] as [(String, any Operator)]).map { Row(name: $0, shapes: [[2, 3]], operation: $1) }
        + ([
            ("Equal", Operators.Equal()), ("Greater", Operators.Greater()),
            ("GreaterOrEqual", Operators.GreaterOrEqual()), ("Less", Operators.Less()),
            ("LessOrEqual", Operators.LessOrEqual()), ("Pow", Operators.Pow()), ("PRelu", Operators.PRelu()),
            ("Max", Operators.Max()), ("Min", Operators.Min()), ("Mod", Operators.Mod(takesSignOfDividend: true)),
        ] as [(String, any Operator)]).map { Row(name: $0, shapes: [[2, 3], [3]], operation: $1) }
        + ([("And", Operators.And()), ("Or", Operators.Or()), ("Xor", Operators.Xor())] as [(String, any Operator)]).map
    {
        Row(name: $0, shapes: [[2, 3], [3]], operation: $1, elementTypes: [0: .bool, 1: .bool])
    }
        + [
            Row(
                name: "DequantizeLinear", shapes: [[2, 3], [3]], operation: Operators.DequantizeLinear(),
                elementTypes: [0: .i8]),
            Row(
                name: "DequantizeLinear along an axis, with zeros", shapes: [[2, 3], [2], [2]],
                operation: Operators.DequantizeLinear(axis: 0), elementTypes: [0: .u8, 2: .u8]),
            Row(name: "Not", shapes: [[2, 3]], operation: Operators.Not(), elementTypes: [0: .bool]),
            Row(name: "Where", shapes: [[2, 3], [3], []], operation: Operators.Where(), elementTypes: [0: .bool]),
            Row(name: "Clip of both", shapes: [[2, 3], [], []], operation: Operators.Clip()),
            Row(name: "Clip above", shapes: [[2, 3], nil, []], operation: Operators.Clip()),
        ]

    static let shaping: [Row] = [
        Row(name: "Shape", shapes: [image], operation: Operators.ShapeOf()),
        Row(name: "Shape in part", shapes: [image], operation: Operators.ShapeOf(start: 1, end: -1)),
        Row(name: "Concat", shapes: [[2, 3], [2, 4]], operation: Operators.Concat(axis: -1)),
        Row(name: "ConstantOfShape", shapes: [[2]], operation: Operators.ConstantOfShape(), integers: [0: [2, 3]]),
        Row(
            name: "ConstantOfShape of integers", shapes: [[2]],
            operation: Operators.ConstantOfShape(value: Tensor([7] as [Int64], shape: [1])), integers: [0: [2, 3]]),
        Row(name: "Expand", shapes: [[3, 1], [2]], operation: Operators.Expand(), integers: [1: [3, 4]]),
        Row(name: "Pad", shapes: [[3, 4], [4]], operation: Operators.Pad(), integers: [1: [1, 0, 2, 1]]),
        Row(
            name: "Pad with a value, mirrored", shapes: [[3, 4], [4], []], operation: Operators.Pad(mode: .reflect),
            integers: [1: [1, 0, 2, 1]]),
        Row(
            name: "Pad at the edge", shapes: [[3, 4], [4]], operation: Operators.Pad(mode: .edge),
            integers: [1: [1, 0, 2, 1]]),
        Row(
            name: "Resize", shapes: [[1, 2, 3, 4], nil, nil, [4]],
            operation: Operators.Resize(mode: .linear, coordinates: .alignCorners), integers: [3: [1, 2, 6, 8]]),
        Row(
            name: "Resize to the nearest", shapes: [[1, 2, 3, 4], nil, nil, [4]],
            operation: Operators.Resize(mode: .nearest(.floor), coordinates: .asymmetric), integers: [3: [1, 2, 6, 8]]),
        Row(
            name: "Resize by cubics", shapes: [[1, 2, 3, 4], nil, nil, [4]], operation: cubic(-0.75),
            integers: [3: [1, 2, 6, 8]]),
        Row(
            name: "Resize by other cubics", shapes: [[1, 2, 3, 4], nil, nil, [4]], operation: cubic(-0.5),
            integers: [3: [1, 2, 6, 8]]),
        Row(
            name: "Resize of a region", shapes: [[3, 4], [4], nil, [2]], operation: region, integers: [3: [6, 8]]),
        Row(
            name: "Slice", shapes: [[5, 6], [1], [1], [1], [1]], operation: Operators.Slice(),
            integers: [1: [4], 2: [0], 3: [1], 4: [-1]]),
        Row(name: "Split", shapes: [[6, 2]], operation: Operators.Split(axis: 0, count: 3)),
        Row(
            name: "Split in sizes", shapes: [[6, 2], [2]], operation: Operators.Split(axis: 0, count: 2),
            integers: [1: [2, 4]]),
        Row(name: "Squeeze", shapes: [[1, 3, 1]], operation: Operators.Squeeze()),
        Row(name: "Squeeze of an axis", shapes: [[1, 3, 1]], operation: Operators.Squeeze(axes: [-1])),
        Row(name: "Tile", shapes: [[2, 3], [2]], operation: Operators.Tile(), integers: [1: [2, 1]]),
        Row(
            name: "Range", shapes: [[1], [1], [1]], operation: Operators.Progression(),
            integers: [0: [2], 1: [9], 2: [3]]),
        Row(name: "Unsqueeze", shapes: [[3]], operation: Operators.Unsqueeze(axes: [0, 2])),
    ]

    private static func cubic(_ coefficient: Float) -> Operators.Resize {
        var resize = Operators.Resize(mode: .cubic(coefficient))
        resize.excludesOutside = coefficient == -0.5
        return resize
    }
    private static var region: Operators.Resize {
        var resize = Operators.Resize(mode: .linear, coordinates: .region)
        resize.extrapolation = 3
        return resize
    }

    static let summing: [Row] = [
        Row(name: "ArgMax", shapes: [[2, 3]], operation: Operators.ArgMax()),
        Row(
            name: "ArgMax, every attribute", shapes: [[2, 3]],
            operation: Operators.ArgMax(axis: -1, keepsDimensions: false, takesLast: true)),
        Row(name: "LogSoftmax", shapes: [[2, 3]], operation: Operators.LogSoftmax(axis: 0)),
        Row(
            name: "ReduceSum", shapes: [[2, 3, 4]],
            operation: Operators.ReduceSum(axes: [1, -1], keepsDimensions: false)),
        Row(name: "ReduceSum of all", shapes: [[2, 3, 4]], operation: Operators.ReduceSum()),
        Row(name: "ReduceSum of none", shapes: [[2, 3, 4]], operation: Operators.ReduceSum(axes: [])),
        Row(
            name: "ReduceMean", shapes: [[2, 3, 4]], operation: Operators.ReduceMean(axes: [1], keepsDimensions: false)),
        Row(name: "ReduceMax", shapes: [[2, 3, 4]], operation: Operators.ReduceMax(axes: [-1])),
        Row(name: "ReduceMin", shapes: [[2, 3, 4]], operation: Operators.ReduceMin()),
        Row(name: "ReduceProd", shapes: [[2, 3, 4]], operation: Operators.ReduceProd(axes: [1])),
        Row(name: "ReduceSumSquare", shapes: [[2, 3, 4]], operation: Operators.ReduceSumSquare(axes: [-1, 0])),
        Row(name: "ReduceL2", shapes: [[2, 3, 4]], operation: Operators.ReduceL2(axes: [0, 1])),
        Row(name: "LayerNormalization", shapes: [[2, 3, 4], [4], [4]], operation: Operators.LayerNormalization()),
        Row(
            name: "LayerNormalization over two axes", shapes: [[2, 3, 4], [3, 4]],
            operation: Operators.LayerNormalization(axis: 1, epsilon: 0.1)),
        Row(
            name: "InstanceNormalization", shapes: [image, [4], [4]],
            operation: Operators.InstanceNormalization(epsilon: 0.1)),
        Row(name: "GlobalMaxPool", shapes: [image], operation: Operators.GlobalMaxPool()),
        Row(
            name: "ConvTranspose", shapes: [image, [4, 3, 3, 3], [6]],
            operation: Operators.ConvTranspose(
                window: SpatialWindow(kernel: 3, strides: 2, padding: .all(1)), groups: 2, outputPadding: 1)),
        Row(
            name: "ConvTranspose to a size", shapes: [image, [4, 3, 3, 3]],
            operation: Operators.ConvTranspose(
                window: SpatialWindow(kernel: 3, strides: 2), outputSize: SpatialWindow.Pair(20, 18))),
        Row(
            name: "Conv of lines", shapes: [[2, 4, 9], [6, 4, 3], [6]],
            operation: Operators.Conv(
                window: SpatialWindow(
                    kernel: .init(1, 3), strides: .init(1, 2), padding: .explicit(top: 0, left: 1, bottom: 0, right: 2))
            )),
        Row(
            name: "MaxPool of lines", shapes: [[2, 4, 9]],
            operation: Operators.MaxPool(window: SpatialWindow(kernel: .init(1, 2), strides: .init(1, 2)))),
    ]

    /// What ONNX has since a later opset than is written, so that others say it.
    static let spelledOut: [Row] = [
        Row(name: "Gelu", shapes: [[2, 3]], operation: Operators.Gelu()),
        Row(name: "Gelu by tanh", shapes: [[2, 3]], operation: Operators.Gelu(isApproximate: true)),
        Row(
            name: "GroupNormalization", shapes: [[2, 6, 3, 4], [6], [6]],
            operation: Operators.GroupNormalization(groups: 3, epsilon: 0.01)),
        Row(
            name: "GroupNormalization of vectors, no shift", shapes: [[5, 6], [6]],
            operation: Operators.GroupNormalization(groups: 2)),
    ]

    @Test func `Every operator that has a name in ONNX has a row`() {
        let named = OperatorNames.operators.filter { OperatorNames.onnxName(of: $0) != nil }
        #expect(Set(named) == Set(Self.rows.map(\.operation.name)).union(Self.spelledOut.map(\.operation.name)))
    }

    @Test(arguments: rows) func `What is written is read as the same`(row: Row) throws {
        let scratch = try Scratch()
        let file = scratch.path + "/a.onnx", copy = scratch.path + "/b.onnx"
        let graph = try row.graph()
        try graph.write(toONNX: file)
        let read = try Graph(contentsOfONNX: file)
        #expect(read.nodes.count == 1)
        #expect(read.nodes.map { AnyHashable($0.operation) } == graph.nodes.map { AnyHashable($0.operation) })
        let node = try #require(read.nodes.first)
        #expect(node.name == "node")
        #expect(node.inputs.map { $0.map(read.label) } == graph.nodes[0].inputs.map { $0.map(graph.label) })
        #expect(node.inputs.map { $0.map(read.type) } == graph.nodes[0].inputs.map { $0.map(graph.type) })
        #expect(read.outputs.map(\.name) == ["y"])
        #expect(read.type(of: read.outputs[0].value) == graph.type(of: graph.outputs[0].value))
        try read.write(toONNX: copy)
        #expect(try FileBytes.read(copy) == FileBytes.read(file))
    }

    @Test(arguments: spelledOut) func `What is said by others gives the same numbers`(row: Row) throws {
        let scratch = try Scratch(), file = scratch.path + "/a.onnx"
        var graph = Graph()
        let shape = row.shapes[0] ?? []
        // The number of images stays open.
        let x = graph.addInput("x", dimensions: [.symbol("N")] + shape.dropFirst().map { .fixed($0) })
        var inputs: [Graph.Value?] = [x], seed: UInt64 = 3
        for shape in row.shapes.dropFirst() {
            seed += 1
            inputs.append(shape.map { graph.addConstant(numbers($0, seed)) })
        }
        graph.addOutput("y", try graph.append(row.operation, inputs, name: "node")[0])
        try graph.write(toONNX: file)
        let read = try Graph(contentsOfONNX: file)
        #expect(!read.nodes.contains { $0.operation.name == row.operation.name })
        let given = ["x": numbers(shape, 3)]
        let expected = try #require(Model(graph).run(given)["y"]), found = try #require(Model(read).run(given)["y"])
        #expect(found.shape == expected.shape)
        for (found, expected) in zip(found.floats, expected.floats) { #expect(abs(found - expected) <= 4e-6) }
    }

    /// Numbers between -2 and 2, decided by the seed.
    private func numbers(_ shape: Shape, _ seed: UInt64) -> Tensor {
        var state = seed
        let values = (0..<shape.elementCount).map { _ in
            state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
            return Float(state >> 40) * 0x1p-22 - 2
        }
        return Tensor(values, shape: shape)
    }

    struct Refusal: CustomTestStringConvertible {
        var row: Row
        var text: String
        var testDescription: String { row.name }
    }

    private static var fused: Operators.Conv {
        var convolution = Operators.Conv(window: SpatialWindow(kernel: 1))
        convolution.activation = .relu
        return convolution
    }

    static let refusals = [
        Refusal(
            row: Row(name: "fused", shapes: [image, [4, 4, 1, 1]], operation: fused),
            text:
                "node 'node' (Conv): made by a pass for running, and has no form in a file; write the graph that the passes "
                + "were given"),
        Refusal(
            row: Row(
                name: "training", shapes: [image, [4], [4], [4], [4]],
                operation: Operators.BatchNormalization(isTraining: true)),
            text:
                "node 'node' (BatchNormalization): in training mode, which is not written; write the graph for inference"
        ),
        Refusal(
            row: Row(
                name: "smoothing", shapes: [[2, 3], [2]], operation: Operators.SoftmaxCrossEntropy(smoothing: 0.1),
                elementTypes: [1: .i64]),
            text: "node 'node' (SoftmaxCrossEntropy): with label smoothing, which SoftmaxCrossEntropyLoss has not"),
        Refusal(
            row: Row(
                name: "dilated", shapes: [image],
                operation: Operators.AveragePool(window: SpatialWindow(kernel: 2, dilations: 2))),
            text: "node 'node' (AveragePool): dilations, which AveragePool has since opset 19 only"),
    ]

    @Test(arguments: refusals) func `What has no form in a file is refused with words`(refusal: Refusal) throws {
        let scratch = try Scratch()
        let graph = try refusal.row.graph()
        #expect(fault { try graph.write(toONNX: scratch.path + "/a.onnx") } == "a.onnx: " + refusal.text)
        #expect(try scratch.names() == [])
    }
}
