import Engine
import ModelFiles
import Testing

@Suite struct GraphWritingTests {
    /// Writes a graph and reads it again.
    private func copy(_ graph: Graph) throws -> Graph {
        let scratch = try Scratch()
        try graph.write(toONNX: scratch.path + "/a.onnx")
        return try Graph(contentsOfONNX: scratch.path + "/a.onnx")
    }

    @Test func `Symbolic dimensions, names and texts come back`() throws {
        var graph = Graph()
        let x = graph.addInput("image", dimensions: ["batch", 1, "height", "width"])
        let w = graph.addState(Tensor(zeros: [2, 1, 1, 1]), name: "weight")
        let y = try graph.append(
            Operators.Conv(window: SpatialWindow(kernel: 1)), [x, w], name: "conv", outputNames: ["c"])[0]
        graph.addOutput("pixels", try graph.append(Operators.Relu(), [y], name: "relu")[0])
        graph.metadata = ["labels": "yes\nno", "a": "ü"]
        let read = try copy(graph)
        #expect(read.inputs.map(\.dimensions) == [["batch", 1, "height", "width"]])
        #expect(read.inputs.map { read[$0.value].name } == ["image"])
        #expect(read.nodes.map(\.name) == ["conv", "relu"])
        #expect(read.nodes[0].inputs.map { $0.map(read.label) } == ["image", "weight"])
        #expect(read.nodes[0].outputs.map(read.label) == ["c"])
        #expect(read.constant(try #require(read.nodes[0].inputs[1])) == Tensor(zeros: [2, 1, 1, 1]))
        #expect(read.outputs.map(\.name) == ["pixels"])
        #expect(read.metadata == graph.metadata)
    }

    @Test func `Nodes that share a name get names of their own`() throws {
        var graph = Graph()
        var value = graph.addInput("x", dimensions: [2])
        for name in ["layer", "layer", "layer_2", "layer"] {
            value = try graph.append(Operators.Relu(), [value], name: name)[0]
        }
        graph.addOutput("y", value)
        #expect(try copy(graph).nodes.map(\.name) == ["layer", "layer_2", "layer_2_2", "layer_3"])
    }

    @Test func `Every element type of a constant comes back`() throws {
        for type in ElementType.allCases {
            var graph = Graph()
            let x = graph.addInput("x", dimensions: [1])
            let tensor = try Tensor(bytes: Array(repeating: 1, count: 2 * type.byteCount), TensorType(type, [2]))
            graph.addOutput("y", try graph.append(Operators.Relu(), [x])[0])
            graph.addOutput("constant", graph.addConstant(tensor, name: "c"))
            let read = try copy(graph)
            #expect(read.outputs.map(\.name) == ["y", "constant"])
            #expect(read.constant(read.outputs[1].value) == tensor)
        }
    }

    @Test func `Values with one name, or none, get names of their own`() throws {
        var graph = Graph()
        let x = graph.addInput("x", dimensions: [2])
        let a = graph.addConstant(Tensor([1, 2] as [Float], shape: [2]), name: "x")
        let b = graph.addConstant(Tensor([3, 4] as [Float], shape: [2]))
        let sum = try graph.append(Operators.Add(), [x, a], name: "", outputNames: ["y"])[0]
        let product = try graph.append(Operators.Mul(), [sum, b], name: "")[0]
        graph.addOutput("y", product)
        let read = try copy(graph)
        #expect(read.nodes.map { $0.inputs.map { $0.map(read.label) } } == [["x", "x_2"], ["y_2", "value_2"]])
        #expect(read.constant(try #require(read.nodes[0].inputs[1])) == Tensor([1, 2] as [Float], shape: [2]))
        #expect(read.constant(try #require(read.nodes[1].inputs[1])) == Tensor([3, 4] as [Float], shape: [2]))
    }

    @Test func `One value can be two outputs, and an input can be one`() throws {
        var graph = Graph()
        let x = graph.addInput("x", dimensions: ["n"])
        let y = try graph.append(Operators.Relu(), [x], name: "relu")[0]
        for name in ["y", "again"] { graph.addOutput(name, y) }
        graph.addOutput("input", x)
        graph.addOutput("x", x)
        let read = try copy(graph)
        #expect(read.outputs.map(\.name) == ["y", "again", "input", "x"])
        #expect(read.outputs[0].value == read.outputs[1].value)
        #expect(read.outputs[2].value == read.inputs[0].value && read.outputs[3].value == read.inputs[0].value)
    }

    @Test func `The same graph gives the same bytes`() throws {
        let scratch = try Scratch()
        for name in ["a", "b"] {
            var graph = Graph()
            let x = graph.addInput("x", dimensions: ["n", 2])
            graph.addOutput("y", try graph.append(Operators.Add(), [x, graph.addConstant(Tensor(1))])[0])
            for key in name == "a" ? ["one", "two", "three"] : ["three", "two", "one"] { graph.metadata[key] = key }
            try graph.write(toONNX: scratch.path + "/" + name)
        }
        #expect(try FileBytes.read(scratch.path + "/a") == FileBytes.read(scratch.path + "/b"))
    }

    @Test func `Inputs and outputs with one name are refused`() throws {
        var graph = Graph()
        let x = graph.addInput("x", dimensions: [1])
        graph.addOutput("x", try graph.append(Operators.Relu(), [x])[0])
        let scratch = try Scratch()
        #expect(
            fault { try graph.write(toONNX: scratch.path + "/a") }
                == "a: two inputs or outputs are named 'x', or one has no name")
        _ = graph.addInput("x", dimensions: [1])
        #expect(fault { try graph.write(toONNX: scratch.path + "/a") } == "a: two inputs are named 'x', or none is")
    }
}
