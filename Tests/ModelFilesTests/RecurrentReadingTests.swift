import Engine
import ModelFiles
import Testing

@Suite struct RecurrentReadingTests {
    /// A model of one recurrent node with zeros for weights, and what is more.
    private func read(_ type: String, gates: Int, opset: Int = 17, _ attributes: HandMadeMessage) throws -> Graph {
        func zeros(_ name: String, _ dims: [Int]) -> HandMadeMessage {
            .initializer(name, dims: dims, .bytes(9, Array(repeating: 0, count: 4 * dims.reduce(1, *))))
        }
        return try Graph(
            onnx: HandMadeMessage.model(
                opset: opset,
                [
                    .input(dims: [3, 2, 4]), zeros("w", [1, gates * 5, 4]), zeros("r", [1, gates * 5, 5]),
                    .node(type, ["x", "w", "r", "", ""], ["y", ""], attributes), .output(),
                ]
            ).bytes, name: "m")
    }

    private static func texts(_ name: String, _ values: [String]) -> HandMadeMessage {
        .attribute(name, 8, values.reduce([] as HandMadeMessage) { $0 + .text(9, $1) })
    }

    @Test func `The usual attributes may be written out`() throws {
        let graph = try read(
            "LSTM", gates: 4,
            Self.texts("activations", ["Sigmoid", "Tanh", "tanh"]) + .attribute("input_forget", 2, .number(3, 0))
                + .attribute("hidden_size", 2, .number(3, 5)) + .attribute("layout", 2, .number(3, 0))
                + .attribute("direction", 3, .text(4, "reverse")))
        #expect(AnyHashable(graph.nodes[0].operation) == AnyHashable(Operators.LSTM(direction: .reverse)))
        #expect(graph.nodes[0].inputs.map { $0 == nil } == [false, false, false, true, true])
    }

    @Test(
        arguments: [
            (
                texts("activations", ["Sigmoid", "Tanh", "Relu"]),
                "attribute 'activations' is 'Sigmoid', 'Tanh', 'Relu'; only Sigmoid, Tanh, Tanh is supported"
            ),
            (.attribute("clip", 1, .float(2, 3)), "attribute 'clip' is not supported"),
            (
                .attribute("activation_alpha", 6, .float(7, 3)), "attribute 'activation_alpha' is not supported"
            ),
            (.attribute("input_forget", 2, .number(3, 1)), "attribute 'input_forget' is 1; only 0 is supported"),
            (.attribute("layout", 2, .number(3, 2)), "attribute 'layout' is 2; it can be 0 or 1"),
            (
                .attribute("hidden_size", 2, .number(3, 6)),
                "attribute 'hidden_size' is 6 where R has shape [1, 20, 5]"
            ),
            (
                .attribute("direction", 3, .text(4, "sideways")),
                "attribute 'direction' is 'sideways'; supported are forward, reverse, bidirectional"
            ),
        ] as [(HandMadeMessage, String)])
    func `Attributes that change the meaning are refused`(_ attribute: HandMadeMessage, _ text: String) {
        #expect(
            fault { _ = try read("LSTM", gates: 4, attribute) } == "m: node 'n' (LSTM, opset 17): \(text)")
    }

    @Test func `Peepholes are refused`() {
        let model = HandMadeMessage.model([
            .input(dims: [3, 2, 4]), .input("w", dims: [1, 20, 4]), .input("r", dims: [1, 20, 5]),
            .input("p", dims: [1, 15]), .node("LSTM", ["x", "w", "r", "", "", "", "", "p"], ["y"]), .output(),
        ])
        #expect(
            fault { _ = try Graph(onnx: model.bytes, name: "m") }
                == "m: node 'n' (LSTM, opset 17): peepholes (P) are not supported")
    }

    @Test func `A GRU says where its reset gate stands`() throws {
        let graph = try read("GRU", gates: 3, .attribute("linear_before_reset", 2, .number(3, 1)))
        #expect(AnyHashable(graph.nodes[0].operation) == AnyHashable(Operators.GRU(resetsAfter: true)))
        #expect(
            fault { _ = try read("GRU", gates: 3, .attribute("linear_before_reset", 2, .number(3, 2))) }
                == "m: node 'n' (GRU, opset 17): attribute 'linear_before_reset' is 2; it can be 0 or 1")
    }
}
