import Engine
import Foundation
import ModelFiles
import ModelInspection
import Testing

@Suite struct CompareTests {
    @Test("the largest differences are found with their places") func difference() throws {
        let a = Tensor([0, 1, 100, .nan, 4, .infinity], shape: [2, 3])
        let b = Tensor([0, 1.5, 101, .nan, 4, .infinity], shape: [2, 3])
        let difference = try TensorDifference(a, b)
        #expect(difference.absolute?.difference == 1)
        #expect(difference.absolute?.index == [0, 2])
        #expect(difference.absolute?.values ?? (0, 0) == (100, 101))
        #expect(difference.relative?.difference == 0.5 / 1.5)
        #expect(difference.relative?.index == [0, 1])
        #expect(try TensorDifference(a, a).absolute == nil)
    }

    @Test("a number against none, or against an infinite one, is infinitely far", arguments: [Float.nan, .infinity])
    func infinite(value: Float) throws {
        let difference = try TensorDifference(Tensor([1, 2], shape: [2]), Tensor([1, value], shape: [2]))
        #expect(difference.absolute?.difference == .infinity)
        #expect(difference.relative?.difference == .infinity)
        #expect(difference.absolute?.index == [1])
    }

    @Test("integers are compared exactly, up to the whole range") func integers() throws {
        let a = Tensor([.min, 1 << 60, 3] as [Int64], shape: [3]),
            b = Tensor([.max, 1 << 60 | 1, 3] as [Int64], shape: [3])
        let difference = try TensorDifference(a, b)
        #expect(difference.absolute?.difference == 0x1p64)
        #expect(difference.absolute?.index == [0])
        let close = try TensorDifference(
            Tensor([1 << 60] as [Int64], shape: []), Tensor([1 << 60 | 1] as [Int64], shape: []))
        #expect(close.absolute?.difference == 1)
        #expect(close.absolute?.index == [])
    }

    @Test("tensors without elements are the same, and of two shapes they are not compared") func shapes() throws {
        #expect(try TensorDifference(Tensor(zeros: [0, 3]), Tensor(zeros: [0, 3])).absolute == nil)
        let error = #expect(throws: ComparisonError.self) {
            try TensorDifference(Tensor(zeros: [2, 3]), Tensor(zeros: [3, 2]))
        }
        #expect(error?.description == "shapes [2, 3] and [3, 2] differ")
    }

    @Test("compare shows where two tensors differ") func tensors() throws {
        let scratch = try Scratch()
        try Tensor([1, 2, 4], shape: [3]).write(toNPY: scratch.path + "/a.npy")
        try Tensor([1, 2, 5], shape: [3]).write(toNPY: scratch.path + "/b.npy")
        let shown = try scratch.engram("compare", "a.npy", "b.npy")
        #expect(
            shown
                == Finished(
                    status: 0, output: "absolute 1.000 at [2]: 4.0 and 5.0\trelative 0.2000 at [2]: 4.0 and 5.0\n",
                    errors: ""))
        #expect(try scratch.engram("compare", "a.npy", "a.npy").output == "the same\n")
        #expect(
            try scratch.engram("compare", "--json", "a.npy", "b.npy").output == """
                {"absolute":{"difference":1.0,"index":[2],"values":[4.0,5.0]},\
                "relative":{"difference":0.2,"index":[2],"values":[4.0,5.0]}}

                """)
        #expect(
            try scratch.engram("compare", "--json", "a.npy", "a.npy").output
                == "{\"absolute\":{\"difference\":0},\"relative\":{\"difference\":0}}\n")
    }

    /// y = x · factor.
    private func write(_ factor: Float, to path: String, output: String = "y", size: Int = 3) throws {
        var graph = Graph()
        let x = graph.addInput("x", dimensions: ["batch", .fixed(size)])
        let w = graph.addConstant(Tensor(factor), name: "w")
        graph.addOutput(output, try graph.append(Operators.Mul(), [x, w])[0])
        try graph.write(toONNX: path)
    }

    @Test("compare runs two models on the same numbers, which the seed decides") func models() throws {
        let scratch = try Scratch()
        try write(2, to: scratch.path + "/a.onnx")
        try write(2, to: scratch.path + "/same.onnx", output: "other name")
        try write(3, to: scratch.path + "/b.onnx")
        #expect(
            try scratch.engram("compare", "a.onnx", "same.onnx")
                == Finished(status: 0, output: "y\tthe same\n", errors: ""))
        let first = try scratch.engram("compare", "a.onnx", "b.onnx", "--batch", "4", "--json")
        let absolute = try json(first.output)["absolute"] as? [String: Any] ?? [:]
        let values = absolute["values"] as? [Double] ?? []
        #expect(try json(first.output)["output"] as? String == "y")
        #expect(values.count == 2 && values[0] != 0 && abs(values[1] / values[0] - 1.5) < 1e-6)
        #expect(abs((absolute["difference"] as? Double ?? 0) - abs(values[1] - values[0])) < 1e-12)
        #expect(try scratch.engram("compare", "a.onnx", "b.onnx", "--batch", "4", "--json") == first)
        #expect(try scratch.engram("compare", "a.onnx", "b.onnx", "--batch", "4", "--json", "--seed", "2") != first)
        // With an input that is given.
        try Tensor([1, 10, 2], shape: [1, 3]).write(toNPY: scratch.path + "/x.npy")
        #expect(
            try scratch.engram("compare", "a.onnx", "b.onnx", "--input", "x=x.npy").output
                == "y\tabsolute 10.00 at [0, 1]: 20.0 and 30.0\trelative 0.3333 at [0, 0]: 2.0 and 3.0\n")
    }

    @Test("what cannot be compared is one line") func refusals() throws {
        let scratch = try Scratch()
        try write(2, to: scratch.path + "/a.onnx")
        try write(2, to: scratch.path + "/wide.onnx", size: 4)
        try Tensor(zeros: [2]).write(toNPY: scratch.path + "/two.npy")
        try Tensor(zeros: [3]).write(toNPY: scratch.path + "/three.npy")
        for (first, second, text) in [
            ("a.onnx", "two.npy", "a.onnx and two.npy: one is a tensor and the other a model"),
            ("two.npy", "three.npy", "two.npy and three.npy: shapes [2] and [3] differ"),
            ("a.onnx", "wide.onnx", "wide.onnx: input 'x' has shape [1, 3] where the model takes [batch, 4]"),
            ("a.onnx", "none.onnx", "none.onnx: no such file"),
            ("none.npy", "two.npy", "none.npy: no such file"),
        ] {
            let shown = try scratch.engram("compare", first, second)
            #expect(shown == Finished(status: 1, output: "", errors: "engram: \(text)\n"))
        }
    }
}
