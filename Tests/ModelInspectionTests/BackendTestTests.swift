import Engine
import Foundation
import ModelFiles
import ModelInspection
import Testing

/// Tests in the form of ONNX's own, made by hand.
@Suite struct BackendTestTests {
    /// A `TensorProto` with raw data.
    private func message(_ tensor: Tensor) -> [UInt8] {
        let type: UInt8 = [ElementType.f32: 1, .i32: 6, .i64: 7, .bool: 9][tensor.elementType] ?? 0
        let dims = tensor.shape.flatMap { [0x08, UInt8($0)] as [UInt8] }
        return dims + [0x10, type, 0x4A, UInt8(tensor.bytes.count)] + tensor.bytes
    }

    /// A test of y = x + x.
    private func write(_ name: String, in scratch: borrowing Scratch, _ x: Tensor, _ y: Tensor, set: Int = 0) throws {
        let folder = "\(name)/test_data_set_\(set)"
        try FileManager.default.createDirectory(
            atPath: "\(scratch.path)/\(folder)", withIntermediateDirectories: true)
        var graph = Graph()
        let input = graph.addInput("x", dimensions: [2])
        graph.addOutput("y", try graph.append(Operators.Add(), [input, input])[0])
        try graph.write(toONNX: "\(scratch.path)/\(name)/model.onnx")
        try scratch.write(message(x), to: folder + "/input_0.pb")
        try scratch.write(message(y), to: folder + "/output_0.pb")
    }

    private let x = Tensor([1, -2], shape: [2])

    @Test("test says of each folder what came of it, and sums up") func command() throws {
        let scratch = try Scratch()
        try write("all/right", in: scratch, x, Tensor([2, -4], shape: [2]))
        try write("all/close", in: scratch, x, Tensor([2.0019, -4], shape: [2]))
        try write("all/far", in: scratch, x, Tensor([2, -4.01], shape: [2]))
        try write("all/second", in: scratch, x, Tensor([2, -4], shape: [2]))
        try write("all/second", in: scratch, x, Tensor([2, 4], shape: [2]), set: 10)
        try write("all/shape", in: scratch, x, Tensor([2, -4], shape: [1, 2]))
        try write("all/type", in: scratch, x, Tensor([2, -4] as [Int32], shape: [2]))
        try write("all/no-data", in: scratch, x, x)
        try FileManager.default.removeItem(atPath: scratch.path + "/all/no-data/test_data_set_0")
        try write("all/cut", in: scratch, x, x)
        try scratch.write([0x08, 2, 0x10], to: "all/cut/test_data_set_0/output_0.pb")
        try write("all/no-model", in: scratch, x, x)
        try scratch.write(Array("text".utf8), to: "all/no-model/model.onnx")
        try write("all/unknown", in: scratch, x, x)
        let model = try FileBytes.read(scratch.path + "/all/unknown/model.onnx")
        let text = String(decoding: model, as: UTF8.self)
        try #require(text.utf8.count == model.count)
        try scratch.write(
            Array(text.replacingOccurrences(of: "\"\u{3}Add", with: "\"\u{3}Odd").utf8), to: "all/unknown/model.onnx")

        let shown = try scratch.engram("test", "all")
        #expect(shown.status == 1)
        #expect(shown.errors == "")
        #expect(
            shown.output == """
                cut\tfailed\ttest_data_set_0/output_0.pb: not an ONNX tensor, or cut short
                far\tfailed\toutput 'y': -4.0 where -4.010000228881836 is expected, at [1]
                no-data\tfailed\tno test_data_set_*
                no-model\tfailed\tmodel.onnx: not an ONNX model, or cut short
                second\tfailed\ttest_data_set_10: output 'y': -4.0 where 4.0 is expected, at [1]
                shape\tfailed\toutput 'y': f32[2] where f32[1, 2] is expected
                type\tfailed\toutput 'y': f32[2] where i32[2] is expected
                unknown\tunsupported\tnode 'Add_0' (Odd, opset 17): the operator is not supported
                2 passed, 7 failed, 1 unsupported

                """)

        let passing = try scratch.engram("test", "all/right", "all/close/", "all/unknown", "--json")
        #expect((passing.status, passing.errors) == (0, ""))
        let lines = passing.output.split(separator: "\n")
        #expect(lines.count == 4)
        #expect(lines.first == #"{"test":"right","folder":"all/right","outcome":"passed","fault":null,"constants":[]}"#)
        #expect(lines.last == #"{"passed":2,"failed":0,"unsupported":1}"#)
    }

    @Test("test says where inputs were constants") func constants() throws {
        let scratch = try Scratch(), folder = "expanded/test_data_set_0"
        try FileManager.default.createDirectory(
            atPath: "\(scratch.path)/\(folder)", withIntermediateDirectories: true)
        var graph = Graph()
        let x = graph.addInput("x", dimensions: [2])
        let shape = graph.addConstant(Tensor([2, 2] as [Int64], shape: [2]), name: "shape")
        graph.addOutput("y", try graph.append(Operators.Expand(), [x, shape])[0])
        let model = scratch.path + "/expanded/model.onnx"
        try graph.write(toONNX: model)
        try scratch.write(
            WireEditing.initializerMadeInput("shape", in: FileBytes.read(model)), to: "expanded/model.onnx")
        try scratch.write(message(self.x), to: folder + "/input_0.pb")
        try scratch.write(message(Tensor([2, 2] as [Int64], shape: [2])), to: folder + "/input_1.pb")
        try scratch.write(message(Tensor([1, -2, 1, -2], shape: [2, 2])), to: folder + "/output_0.pb")

        let shown = try scratch.engram("test", "expanded")
        #expect((shown.status, shown.output) == (0, "1 passed, 0 failed, 0 unsupported\n"))
        #expect(shown.errors == "engram: inputs were constants in 1 of 1 tests (see --help)\n")
        let lines = try scratch.engram("test", "expanded", "--json").output.split(separator: "\n")
        #expect(
            lines.first
                == #"{"test":"expanded","folder":"expanded","outcome":"passed","fault":null,"constants":["shape"]}"#)
    }

    @Test("a folder without tests is named, and the others are still run") func noTests() throws {
        let scratch = try Scratch()
        try write("right", in: scratch, x, Tensor([2, -4], shape: [2]))
        try FileManager.default.createDirectory(atPath: scratch.path + "/empty", withIntermediateDirectories: true)
        let shown = try scratch.engram("test", "none", "empty", "right")
        #expect(
            shown
                == Finished(
                    status: 1, output: "1 passed, 0 failed, 0 unsupported\n",
                    errors: """
                        engram: none: no such folder
                        engram: empty: no tests in it; a test is a folder with model.onnx and test_data_set_0

                        """))
    }
}
