import Engine
import ModelFiles
import Testing

@Suite struct ModelPartsTests {
    /// Two floats, little-endian.
    private func raw(_ values: Float...) -> HandMadeMessage {
        .bytes(9, values.flatMap { value in (0..<4).map { UInt8(truncatingIfNeeded: value.bitPattern >> (8 * $0)) } })
    }

    @Test("a graph in two pieces is one, and of elements that are there twice the last count") func pieces() throws {
        let first: HandMadeMessage = [.input(), .initializer(dims: [2], raw(1, 2) + raw(3, 4))]
        let second: HandMadeMessage = [.node("Add", ["x", "w"], ["y"]), .output()]
        let model: HandMadeMessage = [
            .number(1, 8), .message(7, first), .message(8, .number(2, 17)), .message(7, second),
        ]
        let graph = try Graph(onnx: model.bytes, name: "m")
        let outputs = try Model(graph).run(["x": Tensor([10, 20] as [Float], shape: [1, 2])])
        #expect(outputs["y"]?.floats == [13, 24])
    }

    @Test("a model that ends anywhere is no model, or one that lacks something") func cut() {
        let model = HandMadeMessage.model([
            .input(), .initializer(dims: [2], raw(1, 2)), .node("Add", ["x", "w"], ["y"]), .output(),
        ])
        for length in 0..<model.bytes.count {
            #expect(throws: ModelFileError.self, "\(length) bytes") {
                try Graph(onnx: Array(model.bytes.prefix(length)), name: "m")
            }
        }
    }

    @Test(
        "fields that no message can have are no model",
        arguments: [
            [0x3A], [0x3A, 0x05, 0x2A], [0x3A, 0x03, 0x2A, 0x7F, 0x00],
            [0x3A] + Array(repeating: 0xFF, count: 9) + [0x01], Array(repeating: 0xFF, count: 12), [0x0B],
            [0x39, 1, 2],
        ] as [[UInt8]])
    func foreign(_ bytes: [UInt8]) {
        #expect(throws: ModelFileError.self) { try Graph(onnx: bytes, name: "m") }
    }
}
