import Engine
import Foundation
import ModelFiles
import ModelInspection
import Testing

/// `engram run` as it is built.
@Suite struct RunTests {
    /// A model of two inputs: y = x + z, and x itself, under names that are no names of files.
    private func write(to path: String, outputs: [String] = ["y", "same"]) throws {
        var graph = Graph()
        let x = graph.addInput("x", dimensions: ["batch", 2])
        let z = graph.addInput("z/0", dimensions: [2])
        let sum = try graph.append(Operators.Add(), [x, z])[0]
        for (index, name) in outputs.enumerated() { graph.addOutput(name, index == 0 ? sum : x) }
        try graph.write(toONNX: path)
    }

    @Test("run writes each output beside the others, and says where") func run() throws {
        let scratch = try Scratch()
        try write(to: scratch.path + "/m.onnx")
        try Tensor([1, 2, 3, 4], shape: [2, 2]).write(toNPY: scratch.path + "/x.npy")
        try Tensor([10, 20], shape: [2]).write(toNPY: scratch.path + "/z=1.npy")
        let given = ["run", "m.onnx", "--input", "x=x.npy", "--input", "z/0=z=1.npy", "--output-dir", "made/here"]
        let shown = try scratch.engram(arguments: given)
        #expect(
            shown
                == Finished(
                    status: 0, output: "y\tmade/here/y.npy\tf32[2, 2]\nsame\tmade/here/same.npy\tf32[2, 2]\n",
                    errors: ""))
        #expect(
            try Tensor(contentsOfNPY: scratch.path + "/made/here/y.npy") == Tensor([11, 22, 13, 24], shape: [2, 2]))
        #expect(
            try Tensor(contentsOfNPY: scratch.path + "/made/here/same.npy") == Tensor([1, 2, 3, 4], shape: [2, 2]))
        #expect(
            try scratch.engram(arguments: given + ["--json"]).output == """
                {"output":"y","file":"made/here/y.npy","type":"f32","shape":[2,2]}
                {"output":"same","file":"made/here/same.npy","type":"f32","shape":[2,2]}

                """)
    }

    @Test("names inside a model are never paths") func names() throws {
        let scratch = try Scratch()
        let outputs = ["../y", "/etc/passwd", "a:b", "a/b", "A_b", ".", "..", "a\0b\n", "日本 1"]
        try write(to: scratch.path + "/m.onnx", outputs: outputs)
        try Tensor([1, 2], shape: [1, 2]).write(toNPY: scratch.path + "/x.npy")
        try Tensor([10, 20], shape: [2]).write(toNPY: scratch.path + "/z.npy")
        let shown = try scratch.engram(
            "run", "m.onnx", "--input", "x=x.npy", "--input", "z/0=z.npy", "--output-dir", "d")
        #expect((shown.status, shown.errors) == (0, ""))
        let files = [
            "_._y", "_etc_passwd", "a_b", "a_b-2", "A_b-3", "_", "_.", "a_b_", "日本_1",
        ].map { $0 + ".npy" }
        let made = try FileManager.default.contentsOfDirectory(atPath: scratch.path + "/d")
        #expect(Set(made) == Set(files))
        #expect(FileManager.default.fileExists(atPath: scratch.path + "/y.npy") == false)
    }

    @Test("a long name is cut, and one that was given is never given again") func fileNames() {
        var names = FileNames()
        let long = String(repeating: "日", count: 400)
        let first = names.name(for: long), second = names.name(for: long + "x")
        #expect(first != second)
        #expect(first.utf8.count < 200 && second.utf8.count < 200)
        #expect(names.name(for: "a-2") == "a-2")
        #expect(names.name(for: "a") == "a")
        #expect(names.name(for: "a") == "a-3")
    }

    @Test("a shape that is given as an input is known beforehand") func shapeInput() throws {
        let scratch = try Scratch()
        // Reshape of x to what `shape` says, which the writer only has as a constant.
        var graph = Graph()
        let x = graph.addInput("x", dimensions: [2, 3])
        let shape = graph.addConstant(Tensor([3, 2] as [Int64], shape: [2]), name: "shape")
        graph.addOutput("y", try graph.append(Operators.Reshape(), [x, shape])[0])
        try graph.write(toONNX: scratch.path + "/constant.onnx")
        let bytes = try FileBytes.read(scratch.path + "/constant.onnx")
        try scratch.write(try WireEditing.initializerMadeInput("shape", in: bytes), to: "m.onnx")
        try Tensor([1, 2, 3, 4, 5, 6], shape: [2, 3]).write(toNPY: scratch.path + "/x.npy")
        try Tensor([6, 1] as [Int64], shape: [2]).write(toNPY: scratch.path + "/shape.npy")
        let refused = try scratch.engram("info", "m.onnx")
        #expect(refused.status == 1)
        let shown = try scratch.engram(
            "run", "m.onnx", "--input", "x=x.npy", "--input", "shape=shape.npy", "--output-dir", "d")
        #expect(shown == Finished(status: 0, output: "y\td/y.npy\tf32[6, 1]\n", errors: ""))
    }

    @Test(
        "a wrong input is one line with what is wrong",
        arguments: [
            (["x=x.npy"], "m.onnx: input 'z/0' is missing; the inputs are 'x', 'z/0'"),
            (["x=x.npy", "z/0=z.npy", "w=x.npy"], "m.onnx: there is no input 'w'; the inputs are 'x', 'z/0'"),
            (["x=z.npy", "z/0=z.npy"], "m.onnx: input 'x' has shape [2] where the model takes [batch, 2]"),
            (["x=x.npy", "z/0=x.npy"], "m.onnx: input 'z/0' has shape [1, 2] where the model takes [2]"),
            (["x=i.npy", "z/0=z.npy"], "m.onnx: input 'x' has elements i64 where the model takes f32"),
            (["x=x.npy", "z/0=none.npy"], "none.npy: no such file"),
            (["x=x.npy", "z/0=m.onnx"], "m.onnx: not a NumPy file, which begins with \\x93NUMPY"),
            (["x=x.npy", "x=x.npy"], "x.npy: the input 'x' is given twice"),
        ])
    func wrongInput(_ inputs: [String], _ text: String) throws {
        let scratch = try Scratch()
        try write(to: scratch.path + "/m.onnx")
        try Tensor([1, 2], shape: [1, 2]).write(toNPY: scratch.path + "/x.npy")
        try Tensor([10, 20], shape: [2]).write(toNPY: scratch.path + "/z.npy")
        try Tensor([1, 2] as [Int64], shape: [1, 2]).write(toNPY: scratch.path + "/i.npy")
        let shown = try scratch.engram(
            arguments: ["run", "m.onnx", "--output-dir", "d"] + inputs.flatMap { ["--input", $0] })
        #expect(shown == Finished(status: 1, output: "", errors: "engram: \(text)\n"))
        #expect(!FileManager.default.fileExists(atPath: scratch.path + "/d"))
    }

    @Test("an output folder that cannot be made, or is none, is named") func outputFolder() throws {
        let scratch = try Scratch()
        try write(to: scratch.path + "/m.onnx")
        try Tensor([1, 2], shape: [1, 2]).write(toNPY: scratch.path + "/x.npy")
        try Tensor([10, 20], shape: [2]).write(toNPY: scratch.path + "/z.npy")
        let shown = try scratch.engram(
            "run", "m.onnx", "--input", "x=x.npy", "--input", "z/0=z.npy", "--output-dir", "x.npy")
        #expect(shown == Finished(status: 1, output: "", errors: "engram: x.npy: the folder cannot be made\n"))
    }

    @Test("an input without a name or a file is a wrong usage", arguments: ["x.npy", "=x.npy", "x="])
    func usage(text: String) throws {
        let shown = try Scratch().engram("run", "m.onnx", "--input", text, "--output-dir", "d")
        #expect(shown.status == 64)
        #expect(
            shown.errors.split(separator: "\n").first
                == "engram: --input is '\(text)'; it must be NAME=FILE, such as input=image.npy")
    }
}
