import Engine
import ModelFiles
import Testing

@Suite struct GraphReadingTests {
    @Test(arguments: ["opset-9", "opset-11", "opset-13", "opset-21", "later"])
    func `A model of another writer computes what onnxruntime does`(name: String) throws {
        let model = try Model(contentsOf: golden("models/\(name).onnx"))
        #expect(model.metadata == ["made by": "files.py"])
        let y = try model.run(["x": Tensor(contentsOfNPY: golden("models/\(name).input.npy"))])["y"]
        let expected = try Tensor(contentsOfNPY: golden("models/\(name).output.npy"))
        #expect(y?.type == expected.type)
        // Sums of a few dozen products, in another order.
        let error = zip(y?.floats ?? [], expected.floats).map { abs($0 - $1) / max(1, abs($1)) }.max() ?? 0
        #expect(error < 1e-5)
    }

    @Test func `What is read and written computes the same`() throws {
        let scratch = try Scratch()
        for name in ["opset-9", "opset-11", "opset-13"] {
            let input = ["x": try Tensor(contentsOfNPY: golden("models/\(name).input.npy"))]
            let model = try Model(contentsOf: golden("models/\(name).onnx"))
            try model.write(toONNX: scratch.path + "/copy.onnx")
            #expect(try Model(contentsOf: scratch.path + "/copy.onnx").run(input) == model.run(input))
        }
    }

    @Test func `What ONNX has since a later opset than is written computes the same by others`() throws {
        let scratch = try Scratch()
        try Model(contentsOf: golden("models/later.onnx")).write(toONNX: scratch.path + "/copy.onnx")
        let copy = try Model(contentsOf: scratch.path + "/copy.onnx")
        let y = try copy.run(["x": Tensor(contentsOfNPY: golden("models/later.input.npy"))])["y"]
        let expected = try Tensor(contentsOfNPY: golden("models/later.output.npy"))
        #expect(y?.type == expected.type)
        let error = zip(y?.floats ?? [], expected.floats).map { abs($0 - $1) / max(1, abs($1)) }.max() ?? 0
        #expect(error < 1e-5)
        #expect(copy.graph.inputs.map(\.dimensions) == [["batch", 6, 4, 5]])
    }

    @Test func `Initializers among the inputs are constants, and open sizes are symbols`() throws {
        #expect(
            try Graph(contentsOfONNX: golden("models/opset-9.onnx")).inputs.map(\.dimensions) == [["batch", 1, 8, 8]])
        let open = try Graph(contentsOfONNX: golden("models/opset-13.onnx"))
        #expect(open.inputs.map(\.dimensions) == [["x.0", 2, "x.2", "x.3"]])
        #expect(open.nodes.map(\.name) == ["normalize", "max", "average", "global", "dropout"])
    }

    private func read(_ message: HandMadeMessage) throws -> Graph { try Graph(onnx: message.bytes, name: "m") }

    struct Elements: CustomTestStringConvertible {
        var testDescription: String
        var type: Int
        var elements: HandMadeMessage
        var expected: Tensor
    }

    static let elements: [Elements] = [
        Elements(
            testDescription: "floats", type: 1, elements: [.float(4, 1.5), .float(4, -2)],
            expected: Tensor([1.5, -2], shape: [2])),
        Elements(
            testDescription: "doubles, raw", type: 11,
            elements: .bytes(9, [0, 0, 0, 0, 0, 0, 0xF8, 0x3F, 0, 0, 0, 0, 0, 0, 0, 0xC0]),
            expected: Tensor([1.5, -2], shape: [2])),
        Elements(
            testDescription: "i32", type: 6, elements: [.number(5, 1), .number(5, -2)],
            expected: Tensor([1, -2] as [Int32], shape: [2])),
        Elements(
            testDescription: "i64", type: 7, elements: [.number(7, 1), .number(7, -2)],
            expected: Tensor([1, -2] as [Int64], shape: [2])),
        Elements(
            testDescription: "u8", type: 2, elements: [.number(5, 1), .number(5, 255)],
            expected: Tensor([1, 255] as [UInt8], shape: [2])),
        Elements(
            testDescription: "bool", type: 9, elements: [.number(5, 1), .number(5, 0)],
            expected: Tensor([true, false], shape: [2])),
        Elements(
            testDescription: "i16", type: 5, elements: [.number(5, 1), .number(5, -2)],
            expected: Tensor([1, -2] as [Int32], shape: [2])),
        Elements(
            testDescription: "u32", type: 12, elements: [.number(11, 1), .number(11, 4_294_967_295)],
            expected: Tensor([1, 4_294_967_295] as [Int64], shape: [2])),
    ]

    @Test(arguments: elements) func `Elements that are listed or wider become ours`(row: Elements) throws {
        let graph = try read(
            .model([.initializer(dims: [2], type: row.type, row.elements), .node("Identity", ["w"], ["y"]), .output()]))
        #expect(graph.constant(graph.outputs[0].value) == row.expected)
    }

    @Test func `f16 as the bits of integers is read`() throws {
        let graph = try read(
            .model([
                .initializer(dims: [2], type: 10, [.number(5, 0x3E00), .number(5, 0xC000)]),
                .node("Identity", ["w"], ["y"]), .output(),
            ]))
        let constant = graph.constant(graph.outputs[0].value)
        #expect(constant?.elementType == .f16 && constant?.floats == [1.5, -2])
    }

    @Test func `Constants of every kind are read`() throws {
        let kinds: [(HandMadeMessage, Tensor)] = [
            (.attribute("value_float", 1, .float(2, 1.5)), Tensor(1.5)),
            (.attribute("value_floats", 6, [.float(7, 1), .float(7, 2)]), Tensor([1, 2] as [Float], shape: [2])),
            (.attribute("value_int", 2, .number(3, -1)), Tensor([-1] as [Int64], shape: [])),
            (.ints("value_ints", [1, 2]), Tensor([1, 2] as [Int64], shape: [2])),
            (
                .attribute("value", 4, .message(5, [.number(1, 1), .number(2, 1), .float(4, 3)])),
                Tensor([3] as [Float], shape: [1])
            ),
        ]
        for (attribute, expected) in kinds {
            let graph = try read(.model([.node("Constant", [], ["y"], attribute), .output()]))
            #expect(graph.constant(graph.outputs[0].value) == expected)
        }
    }

    struct Refusal: CustomTestStringConvertible {
        var message: HandMadeMessage
        var text: String
        var testDescription: String { text }

        init(_ message: HandMadeMessage, _ text: String) {
            self.message = message
            self.text = text
        }
    }

    private static let two: HandMadeMessage = .bytes(9, [0, 0, 0, 0, 0, 0, 0, 0])
    private static func of(_ parts: HandMadeMessage...) -> HandMadeMessage {
        .model(parts.reduce(.input()) { $0 + $1 } + .output())
    }
    private static let relu: HandMadeMessage = .node("Relu", ["x"], ["y"])

    static let models = [
        Refusal([], "not an ONNX model, or cut short: it names no opset"),
        Refusal(
            [.number(1, 8), .message(8, [.text(1, "ai.onnx.ml"), .number(2, 3)])],
            "operators of domain 'ai.onnx.ml' are not supported"),
        Refusal([.number(1, 8), .message(8, .number(2, 17))], "not an ONNX model, or cut short: it has no graph"),
        Refusal(.model(opset: 8, [.input(), relu, .output()]), "opset 8 is not supported; supported are 9 to 28"),
        Refusal(
            .model(opset: 1_000, [.input(), relu, .output()]), "opset 1000 is not supported; supported are 9 to 28"),
        Refusal(.model([.input(), relu]), "the graph has no output"),
        Refusal(
            of(relu) + .message(14, [.text(1, "a"), .text(2, "b")]) + .message(14, [.text(1, "a"), .text(2, "c")]),
            "metadata 'a' is there twice"),
        Refusal(of(relu, .message(15, [])), "sparse initializers are not supported"),
    ]
    static let inputs = [
        Refusal(of(relu, .input()), "input 'x': it is there twice"),
        Refusal(of(relu, .input("z", dims: [-1])), "input 'z': shape [-1] has a negative dimension"),
        Refusal(
            of(relu, .input("z", dims: [1 << 40, 1 << 40])),
            "input 'z': shape [1099511627776, 1099511627776] has more elements than memory can hold"),
        Refusal(
            of(relu, .input("z", dims: Array(repeating: 1, count: 9))),
            "input 'z': a shape of 9 dimensions; at most 8 are supported"),
        Refusal(of(relu, .input("z", type: 8)), "input 'z': elements of type string are not supported"),
        Refusal(of(relu, .input("z", type: 11)), "input 'z': elements of type f64 are not supported"),
        Refusal(of(relu, .input("z", type: 99)), "input 'z': elements of type 99 are not supported"),
        Refusal(of(relu, .message(11, .text(1, "z"))), "input 'z': it is no tensor"),
        Refusal(
            of(relu, .message(11, [.text(1, "z"), .message(2, .message(1, .number(1, 1)))])),
            "input 'z': it has no shape, so its number of dimensions is unknown"),
        Refusal(of(relu, .output()), "output 'y': it is there twice"),
        Refusal(of(relu, .output("z")), "output 'z': 'z' is neither an input, nor an initializer, nor made by a node"),
        Refusal(
            of(relu, .message(12, [.text(1, "x"), .message(2, .message(1, .number(1, 7)))])),
            "output 'x': declared with elements i64, but made with f32"),
    ]
    static let initializers = [
        Refusal(of(relu, .initializer(dims: [3], two)), "initializer 'w': 8 bytes of data where f32[3] has 12"),
        Refusal(of(relu, .initializer(dims: [2], .float(4, 1))), "initializer 'w': 1 elements where f32[2] has 2"),
        Refusal(of(relu, .initializer(dims: [-2], two)), "initializer 'w': shape [-2] has a negative dimension"),
        Refusal(
            of(relu, .initializer(dims: [1 << 62, 4], two)),
            "initializer 'w': shape [4611686018427387904, 4] has more elements than memory can hold"),
        Refusal(
            of(relu, .initializer(dims: [2], type: 0, two)),
            "initializer 'w': elements of type undefined are not supported"),
        Refusal(
            of(relu, .initializer(dims: [1], type: 14, two)),
            "initializer 'w': elements of type complex64 are not supported"),
        Refusal(
            of(relu, .initializer(dims: [1], type: 3, .number(5, 128))),
            "initializer 'w': element 128 does not fit its type"),
        Refusal(
            of(relu, .initializer(dims: [1], type: 9, .number(5, 2))),
            "initializer 'w': truth value 2 at place 0 is neither 0 nor 1"),
        Refusal(
            of(relu, .initializer(dims: [2], two), .initializer(dims: [2], two)), "initializer 'w': it is there twice"),
        Refusal(
            of(relu, .initializer(dims: [2], .number(14, 1))),
            "initializer 'w': its external data has no location"),
        Refusal(
            of(relu, .initializer(dims: [2], [.number(14, 1), .message(13, [.text(1, "location"), .text(2, "w")])])),
            "initializer 'w': its elements lie in another file (external data), and the model has no folder"),
        Refusal(
            of(relu, .initializer(dims: [2], .message(13, [.text(1, "location"), .text(2, "w")]))),
            "initializer 'w': it names external data, which only a tensor of a model may whose data_location is EXTERNAL"
        ),
        Refusal(
            of(relu, .initializer(dims: [2], .message(3, .number(1, 0)))),
            "initializer 'w': its elements lie in segments, which is not supported"),
    ]
    static let nodes = [
        Refusal(
            of(.node("Relu", ["z"], ["y"])),
            "node 'n' (Relu, opset 17): 'z' is neither an input, nor an initializer, nor made by a node"),
        Refusal(
            of(.node("Relu", ["y"], ["y"])),
            "node 'n' (Relu, opset 17): it needs its own output (the graph has a cycle)"),
        Refusal(
            of(
                .node("Add", ["x", "b"], ["a"], name: "first"), .node("Relu", ["a"], ["b"]), .node("Relu", ["b"], ["y"])
            ),
            "node 'first' (Add, opset 17): it needs its own output (the graph has a cycle)"),
        Refusal(
            of(relu, .node("Relu", ["x"], ["y"], name: "m")),
            "node 'm' (Relu, opset 17): output 'y' is made by node 'n' (Relu, opset 17) already"),
        Refusal(
            of(.node("Relu", ["x"], ["x"])),
            "node 'n' (Relu, opset 17): it needs its own output (the graph has a cycle)"),
        Refusal(
            of(.node("Relu", ["x"], ["w"]), .initializer(dims: [2], two)),
            "node 'n' (Relu, opset 17): output 'w' is an input or an initializer already"),
        Refusal(
            of(.node("Upsample", ["x", "s"], ["y"]), .initializer("s", dims: [2], two)),
            "node 'n' (Upsample, opset 17): the operator is not supported"),
        // A pool larger than the smallest image is no fault.
        Refusal(
            .model([
                .input(symbols: ["n", "c", "h", "w"]),
                .node("MaxPool", ["x"], ["p"], name: "pool", .ints("kernel_shape", [3, 3])),
                .node("Frobnicate", ["p"], ["y"]), .output(),
            ]), "node 'n' (Frobnicate, opset 17): the operator is not supported"),
        Refusal(
            of(.node("Frobnicate", ["x"], ["y"])), "node 'n' (Frobnicate, opset 17): the operator is not supported"),
        Refusal(
            of(.node("Relu", ["x"], ["y"], .text(7, "com.example"))),
            "node 'n' (Relu, opset 17): the operator of domain 'com.example' is not supported"),
        Refusal(
            .model(opset: 11, [.input(), .node("SoftmaxCrossEntropyLoss", ["x", "x"], ["y"]), .output()]),
            "node 'n' (SoftmaxCrossEntropyLoss, opset 11): the operator is not supported"),
        Refusal(
            of(.node("If", ["x"], ["y"], .attribute("then_branch", 5, .message(6, relu)))),
            "node 'n' (If, opset 17): attribute 'then_branch' is a subgraph, which is not supported"),
        Refusal(of(.node("Relu", [], ["y"])), "node 'n' (Relu, opset 17): 0 inputs where there are 1 to 1"),
        Refusal(of(.node("Relu", [""], ["y"])), "node 'n' (Relu, opset 17): input 0 (x) is missing"),
        Refusal(
            of(.node("Relu", ["x"], ["y", "z"]), .output("z")),
            "node 'n' (Relu, opset 17): output 1 ('z') is not supported"),
        Refusal(
            of(
                .node("MaxPool", ["i"], ["y"], .ints("kernel_shape", [1, 1, 1])), .input("i", dims: [1, 1, 1, 1, 1])),
            "node 'n' (MaxPool, opset 17): x has shape [1, 1, 1, 1, 1]; images [N, C, H, W] and lines [N, C, W] are supported"
        ),
    ]

    private static func of(_ type: String, _ x: [Int], _ w: [Int], _ more: HandMadeMessage = []) -> HandMadeMessage {
        .model([.input("x", dims: x), .input("w", dims: w), .node(type, ["x", "w"], ["y"], more), .output()])
    }
    private static let large = 1 << 40
    /// Inputs that there could be, and outputs that there cannot.
    static let sizes = [
        Refusal(
            of("Add", [large, 1], [1, large]),
            "node 'n' (Add, opset 17): shapes [1099511627776, 1] and [1, 1099511627776] do not go together"),
        Refusal(
            of("MatMul", [large, 1], [1, large]),
            "node 'n' (MatMul, opset 17): shape [1099511627776, 1099511627776] has more elements than memory can hold"),
        Refusal(
            of("MatMul", [large, 1, 1], [1, 1 << 30]),
            "node 'n' (MatMul, opset 17): shape [1099511627776, 1, 1073741824] has more elements than memory can hold"),
        Refusal(
            of("Gemm", [large, 1], [1, large]),
            "node 'n' (Gemm, opset 17): shape [1099511627776, 1099511627776] has more elements than memory can hold"),
        Refusal(
            of("Conv", [large, 1, 1, 1], [large, 1, 1, 1]),
            "node 'n' (Conv, opset 17): shape [1099511627776, 1099511627776, 1, 1] has more elements than memory can hold"
        ),
        Refusal(
            of("Conv", [1 << 20, 1, 1, 1], [1, 1, 1, 1], .ints("pads", Array(repeating: 1 << 23, count: 4))),
            "node 'n' (Conv, opset 17): shape [1048576, 1, 16777217, 16777217] has more elements than memory can hold"),
    ]

    private static func pool(_ attributes: HandMadeMessage...) -> HandMadeMessage {
        .model([
            .input("x", dims: [1, 1, 4, 4]),
            .node("MaxPool", ["x"], ["y"], name: "", attributes.reduce([]) { $0 + $1 }), .output(),
        ])
    }
    static let attributes = [
        Refusal(pool(), "attribute 'kernel_shape' is missing"),
        Refusal(
            pool(.ints("kernel_shape", [2])),
            "attribute 'kernel_shape' is [2]; 2 numbers are supported, for height and width"),
        Refusal(
            pool(.ints("kernel_shape", [2, 2]), .ints("kernel_shape", [2, 2])),
            "attribute 'kernel_shape' is there twice"),
        Refusal(pool(.ints("kernel_shape", [2, 2]), .ints("foo", [2])), "attribute 'foo' is not supported"),
        Refusal(
            pool(.attribute("kernel_shape", 2, .number(3, 2))), "attribute 'kernel_shape' is not a list of integers"),
        Refusal(
            pool(.ints("kernel_shape", [2, 2]), .attribute("ceil_mode", 2, .number(3, 2))),
            "attribute 'ceil_mode' is 2; it can be 0 or 1"),
        Refusal(
            pool(.ints("kernel_shape", [2, 2]), .attribute("auto_pad", 3, .text(4, "SOME"))),
            "attribute 'auto_pad' is 'SOME'; supported are NOTSET, SAME_UPPER, SAME_LOWER, VALID"),
        Refusal(
            pool(.ints("kernel_shape", [2, 2]), .ints("pads", [1, 1])),
            "attribute 'pads' is [1, 1]; 4 numbers are supported, for height and width"),
        Refusal(
            pool(
                .ints("kernel_shape", [2, 2]), .ints("pads", [1, 1, 1, 1]), .attribute("auto_pad", 3, .text(4, "VALID"))
            ),
            "attributes 'auto_pad' and 'pads' exclude each other"),
        Refusal(
            pool(.ints("kernel_shape", [2, 2]), .ints("pads", [-1, 0, 0, 0])),
            "padding of -1 and 0 along the height; each must be 0 to 16777216"),
        Refusal(
            pool(.ints("kernel_shape", [2, 2]), .ints("strides", [0, 1])),
            "kernel 2, stride 0, dilation 1 along the height; each must be 1 to 16777216"),
        Refusal(
            pool(.ints("kernel_shape", [5, 2])), "a window of 5 along the height is larger than the padded image of 4"),
        Refusal(
            pool(.message(5, [.text(1, "kernel_shape"), .text(21, "k")])),
            "attribute 'kernel_shape' refers to a function's, and there is no function"),
    ]

    @Test(arguments: models + inputs + initializers + nodes + sizes) func `A model that is none is refused with words`(
        row: Refusal
    ) {
        #expect(fault { _ = try read(row.message) } == "m: " + row.text)
    }

    @Test(arguments: attributes) func `An attribute that is none is refused with words`(row: Refusal) {
        #expect(fault { _ = try read(row.message) } == "m: node 0 (MaxPool, opset 17): " + row.text)
    }

    @Test func `Old and new meanings of an operator are told apart`() throws {
        let softmax: HandMadeMessage = [.input("x", dims: [1, 2, 3]), .node("Softmax", ["x"], ["y"]), .output()]
        #expect(
            try AnyHashable(read(.model(opset: 11, softmax)).nodes[0].operation)
                == AnyHashable(Operators.Softmax(axis: 1, joinsFollowing: true)))
        #expect(
            try AnyHashable(read(.model(opset: 13, softmax)).nodes[0].operation)
                == AnyHashable(Operators.Softmax(axis: -1)))
        let training: HandMadeMessage = [
            .input(), .node("Dropout", ["x", "", "w"], ["y"]), .output(),
            .initializer(dims: [], type: 9, .number(5, 1)),
        ]
        #expect(
            fault { _ = try read(.model(training)) }
                == "m: node 'n' (Dropout, opset 17): input 'training_mode' is true; only inference is supported")
    }

    @Test func `A graph that is deep does not exhaust the stack`() throws {
        var nodes: HandMadeMessage = []
        let count = 20_000
        // The last node first.
        for index in (0..<count).reversed() {
            nodes.bytes +=
                HandMadeMessage.node(
                    "Relu", [index == 0 ? "x" : "\(index)"], [index == count - 1 ? "y" : "\(index + 1)"]
                ).bytes
        }
        #expect(try read(.model([.input(), nodes, .output()])).nodes.count == count)
    }

    @Test func `What is no ONNX file is refused`() throws {
        #expect(
            fault { _ = try Graph(onnx: Array("hello, world".utf8), name: "m") } == "m: not an ONNX model, or cut short"
        )
        #expect(fault { _ = try Model(contentsOf: "/none/m.onnx") } == "m.onnx: no such file")
    }

    @Test(arguments: ["opset-9", "opset-11", "opset-13", "opset-21"]) func `A damaged model never traps`(name: String)
        throws
    {
        let damaged = DamagedBytes(whole: try FileBytes.read(golden("models/\(name).onnx")))
        for bytes in damaged.cut + damaged.changed(2_000) { _ = fault { _ = try Graph(onnx: bytes, name: "m") } }
    }
}
