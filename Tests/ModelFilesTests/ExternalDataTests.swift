import Engine
import Foundation
import ModelFiles
import Testing

/// Weights in files beside the model.
@Suite struct ExternalDataTests {
    /// A model whose weight of two floats lies elsewhere, as the entries say.
    private func model(_ entries: KeyValuePairs<String, String>, dims: [Int] = [2], type: Int = 1) -> [UInt8] {
        let external = entries.reduce([.number(14, 1)] as HandMadeMessage) {
            $0 + .message(13, [.text(1, $1.key), .text(2, $1.value)])
        }
        let message: HandMadeMessage = .model([
            .initializer(dims: dims, type: type, external), .node("Identity", ["w"], ["y"]), .output(),
        ])
        return message.bytes
    }

    private let floats: [UInt8] = [0, 0, 0x80, 0x3F, 0, 0, 0, 0xC0]
    private let expected = Tensor([1, -2], shape: [2])

    private func weight(_ path: String) throws -> Tensor? {
        let graph = try Graph(contentsOfONNX: path)
        return graph.constant(graph.outputs[0].value)
    }

    @Test func `Weights beside the model are read, also from folders beside it`() throws {
        let scratch = try Scratch()
        _ = try scratch.file("w.bin", floats)
        try FileManager.default.createDirectory(atPath: scratch.path + "/sub", withIntermediateDirectories: true)
        _ = try scratch.file("sub/w.bin", [9, 9, 9] + floats + [9])
        #expect(try weight(scratch.file("a.onnx", model(["location": "w.bin"]))) == expected)
        #expect(
            try weight(scratch.file("b.onnx", model(["location": "./w.bin", "offset": "0", "length": "8"]))) == expected
        )
        #expect(
            try weight(scratch.file("c.onnx", model(["location": "sub/w.bin", "offset": "3", "length": "8"])))
                == expected)
        #expect(
            try weight(scratch.file("d.onnx", model(["location": "w.bin", "offset": "4"], dims: [1])))
                == Tensor([-2], shape: [1]))
        #expect(
            try weight(scratch.file("e.onnx", model(["location": "w.bin", "offset": "8"], dims: [0])))
                == Tensor(zeros: [0]))
    }

    @Test func `The tensor of a node's attribute may lie beside the model as well`() throws {
        let scratch = try Scratch()
        _ = try scratch.file("w.bin", floats)
        func constant(_ location: String) -> [UInt8] {
            let tensor: HandMadeMessage = [
                .number(1, 2), .number(2, 1), .number(14, 1),
                .message(13, [.text(1, "location"), .text(2, location)]),
            ]
            return HandMadeMessage.model([
                .node("Constant", [], ["w"], .attribute("value", 4, .message(5, tensor))),
                .node("Identity", ["w"], ["y"]), .output(),
            ]).bytes
        }
        #expect(try weight(scratch.file("m.onnx", constant("w.bin"))) == expected)
        let file = try scratch.file("m.onnx", constant("../w.bin"))
        #expect(
            fault { _ = try weight(file) }
                == "m.onnx: node 'n' (Constant, opset 17): its elements lie in '../w.bin', which is no path in the model's "
                + "folder")
    }

    @Test func `A link inside of the folder is followed, and a model may be a link itself`() throws {
        let scratch = try Scratch()
        _ = try scratch.file("w.bin", floats)
        let model = try scratch.file("m.onnx", model(["location": "link"]))
        try FileManager.default.createSymbolicLink(atPath: scratch.path + "/link", withDestinationPath: "w.bin")
        #expect(try weight(model) == expected)
        try FileManager.default.createSymbolicLink(atPath: scratch.path + "/other.onnx", withDestinationPath: "m.onnx")
        #expect(try weight(scratch.path + "/other.onnx") == expected)
    }

    @Test func `Nothing outside of the model's folder is read`() throws {
        let scratch = try Scratch()
        try FileManager.default.createDirectory(atPath: scratch.path + "/in", withIntermediateDirectories: true)
        let secret = try scratch.file("secret", floats)
        // A folder whose name begins as the model's does.
        try FileManager.default.createDirectory(atPath: scratch.path + "/inner", withIntermediateDirectories: true)
        _ = try scratch.file("inner/w.bin", floats)
        for (link, target) in [
            ("up", "../secret"), ("absolute", secret), ("folder", ".."), ("inner", "../inner"), ("root", "/"),
        ] {
            try FileManager.default.createSymbolicLink(
                atPath: scratch.path + "/in/" + link, withDestinationPath: target)
        }
        for location in ["../secret", secret, "", "/", "a//b", "x/../../secret", "..", "in/", "a\0b"] {
            let file = try scratch.file("in/m.onnx", model(["location": location]))
            #expect(
                fault { _ = try weight(file) }
                    == "m.onnx: initializer 'w': its elements lie in \(location.quoted), which is no path in the model's folder"
            )
        }
        for location in ["up", "absolute", "folder/secret", "inner/w.bin", "root/dev/zero"] {
            let file = try scratch.file("in/m.onnx", model(["location": location]))
            #expect(
                fault { _ = try weight(file) }
                    == "m.onnx: initializer 'w': its elements lie in '\(location)', which leads out of the model's folder"
            )
        }
    }

    @Test func `What is no file, or too short, is refused with words`() throws {
        let scratch = try Scratch()
        _ = try scratch.file("w.bin", floats)
        let made = unsafe mkfifo(scratch.path + "/pipe", 0o600)
        try #require(made == 0)
        let rows: [(KeyValuePairs<String, String>, String)] = [
            (["location": "none"], "its elements lie in 'none', and there is no such file beside the model"),
            (["location": "pipe"], "its elements lie in 'pipe', which is no file"),
            (["location": "."], "its elements lie in '.', which is no file"),
            (["offset": "0"], "its external data has no location"),
            (["location": "w.bin", "location": "w.bin"], "key 'location' of its external data is there twice"),
            (["location": "w.bin", "offset": "-1"], "offset '-1' of its elements in 'w.bin' is no number of bytes"),
            (["location": "w.bin", "offset": "1e3"], "offset '1e3' of its elements in 'w.bin' is no number of bytes"),
            (
                ["location": "w.bin", "length": "99999999999999999999"],
                "length '99999999999999999999' of its elements in 'w.bin' is no number of bytes"
            ),
            (
                ["location": "w.bin", "offset": "4", "length": "8"],
                "its elements lie at byte 4 of 'w.bin', 8 of them, and the file has 8"
            ),
            (
                ["location": "w.bin", "offset": "9223372036854775807", "length": "9223372036854775807"],
                "its elements lie at byte 9223372036854775807 of 'w.bin', 9223372036854775807 of them, and the file has 8"
            ),
            (["location": "w.bin", "length": "4"], "4 bytes in 'w.bin' where f32[2] has 8"),
        ]
        for (entries, text) in rows {
            let file = try scratch.file("m.onnx", model(entries))
            #expect(fault { _ = try weight(file) } == "m.onnx: initializer 'w': " + text)
        }
        let huge = try scratch.file("m.onnx", model(["location": "w.bin"], dims: [1 << 40, 1 << 10]))
        #expect(
            fault { _ = try weight(huge) }
                == "m.onnx: initializer 'w': 8 bytes in 'w.bin' where f32[1099511627776, 1024] has 4503599627370496")
        let truths = try scratch.file("m.onnx", model(["location": "w.bin"], dims: [8], type: 9))
        #expect(
            fault { _ = try weight(truths) }
                == "m.onnx: initializer 'w': truth value 128 at place 2 is neither 0 nor 1")
    }
}
