import Engine
import Foundation
import ModelFiles
import Testing

/// Nodes of ONNX that are several of our operators.
@Suite struct NodePartsTests {
    private func run(_ graph: HandMadeMessage, opset: Int = 17, _ inputs: [String: Tensor]) throws -> [String: Tensor] {
        try Model(Graph(onnx: HandMadeMessage.model(opset: opset, graph).bytes, name: "m")).run(inputs)
    }

    private func expectClose(_ tensor: Tensor?, _ shape: Shape, _ expected: [Double]) throws {
        let tensor = try #require(tensor)
        #expect(tensor.shape == shape)
        for (found, expected) in zip(tensor.floats, expected) { #expect(abs(Double(found) - expected) <= 2e-6) }
    }

    private let x = Tensor([0.5, -1, 2, 0.25, 1.5, -0.75, 3, 1, -2, 0, 0.125, 1], shape: [2, 3, 2])

    @Test func `A layer normalization gives its rows' means and inverse deviations`() throws {
        let graph: HandMadeMessage = [
            .input(dims: [2, 3, 2]), .input("s", dims: [3, 2]),
            .node("LayerNormalization", ["x", "s"], ["y", "mean", "inverse"], .attribute("axis", 2, .number(3, 1))),
            .output(), .output("mean"), .output("inverse"),
        ]
        let ones = Tensor([1, 1, 1, 1, 1, 1], shape: [3, 2])
        let found = try run(graph, ["x": x, "s": ones])
        let rows = [0, 1].map { row in x.floats[6 * row..<6 * row + 6].map { Double($0) } }
        let means = rows.map { $0.reduce(0, +) / 6 }
        let variances = zip(rows, means).map { row, mean in row.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / 6 }
        try expectClose(found["mean"], [2, 1, 1], means)
        try expectClose(found["inverse"], [2, 1, 1], variances.map { 1 / ($0 + 1e-5).squareRoot() })
        #expect(found["y"]?.shape == [2, 3, 2])
    }

    @Test func `A batch normalization in training mode goes by the batch and gives new running statistics`() throws {
        let graph: HandMadeMessage = [
            .input(dims: [2, 3, 2]), .input("s", dims: [3]), .input("b", dims: [3]), .input("m", dims: [3]),
            .input("v", dims: [3]),
            .node(
                "BatchNormalization", ["x", "s", "b", "m", "v"], ["y", "mean", "variance"],
                .attribute("training_mode", 2, .number(3, 1)) + .attribute("momentum", 1, .float(2, 0.75))),
            .output(), .output("mean"), .output("variance"),
        ]
        let scale = Tensor([1, 2, 0.5], shape: [3]), shift = Tensor([0, 1, -1], shape: [3])
        let mean = Tensor([4, 0, -4], shape: [3]), variance = Tensor([1, 2, 3], shape: [3])
        let found = try run(graph, ["x": x, "s": scale, "b": shift, "m": mean, "v": variance])
        var means: [Double] = [], variances: [Double] = [], y = [Double](repeating: 0, count: 12)
        for channel in 0..<3 {
            let places = [2 * channel, 2 * channel + 1, 6 + 2 * channel, 7 + 2 * channel]
            let values = places.map { Double(x.floats[$0]) }, average = values.reduce(0, +) / 4
            let spread = values.reduce(0) { $0 + ($1 - average) * ($1 - average) } / 4
            for (place, value) in zip(places, values) {
                let normal = (value - average) / (spread + 1e-5).squareRoot()
                y[place] = normal * Double(scale.floats[channel]) + Double(shift.floats[channel])
            }
            means.append(0.75 * Double(mean.floats[channel]) + 0.25 * average)
            variances.append(0.75 * Double(variance.floats[channel]) + 0.25 * spread)
        }
        try expectClose(found["y"], [2, 3, 2], y)
        try expectClose(found["mean"], [3], means)
        try expectClose(found["variance"], [3], variances)
    }

    @Test func `A dropout that does nothing has a mask that keeps everything`() throws {
        let graph: HandMadeMessage = [
            .input(dims: [2, 3, 2]), .node("Dropout", ["x"], ["y", "mask"]), .output(), .output("mask"),
        ]
        let found = try run(graph, ["x": x])
        #expect(found["y"] == x)
        #expect(found["mask"] == Tensor(Array(repeating: true, count: 12), shape: [2, 3, 2]))
        // Trained at a rate of 0.
        let training: HandMadeMessage = [
            .input(dims: [2, 3, 2]), .node("Dropout", ["x", "rate", "w"], ["y"]), .output(),
            .initializer("rate", dims: [], .float(4, 0)), .initializer(dims: [], type: 9, .number(5, 1)),
        ]
        #expect(try run(training, ["x": x])["y"] == x)
    }

    @Test(arguments: ["none", "sum", "mean"]) func `A loss takes weights and an ignored class`(reduction: String) throws
    {
        let graph: HandMadeMessage = [
            .input(dims: [2, 3, 2]), .input("t", type: 7, dims: [2, 2]), .input("w", dims: [3]),
            .node(
                "SoftmaxCrossEntropyLoss", ["x", "t", "w"], ["y", "logarithms"],
                .attribute("reduction", 3, .text(4, reduction)) + .attribute("ignore_index", 2, .number(3, 1))),
            .output(), .output("logarithms"),
        ]
        let targets: [Int64] = [0, 1, 2, 0], weights = Tensor([0.5, 3, 2], shape: [3])
        let found = try run(
            graph, opset: 13, ["x": x, "t": Tensor(targets, shape: [2, 2]), "w": weights])
        var logarithms = [Double](repeating: 0, count: 12), losses: [Double] = [], total = 0.0
        for (place, target) in targets.enumerated() {
            let places = (0..<3).map { place / 2 * 6 + $0 * 2 + place % 2 }
            let values = places.map { Double(x.floats[$0]) }
            let normalized = try #require(Self.logSoftmax(values))
            for (place, value) in zip(places, normalized) { logarithms[place] = value }
            let weight = target == 1 ? 0 : Double(weights.floats[Int(target)])
            losses.append(-weight * normalized[Int(target)])
            total += weight
        }
        try expectClose(found["logarithms"], [2, 3, 2], logarithms)
        switch reduction {
        case "none": try expectClose(found["y"], [2, 2], losses)
        case "sum": try expectClose(found["y"], [], [losses.reduce(0, +)])
        default: try expectClose(found["y"], [], [losses.reduce(0, +) / total])
        }
    }

    private static func logSoftmax(_ values: [Double]) -> [Double]? {
        let sum = values.reduce(0) { $0 + exp($1) }
        return sum > 0 ? values.map { $0 - log(sum) } : nil
    }

    @Test(arguments: ["LSTM", "GRU"]) func `A recurrent node may have the batch first`(type: String) throws {
        let gates = type == "LSTM" ? 4 : 3, units = 2
        func weights(_ name: String, _ dims: [Int], _ seed: Int) -> HandMadeMessage {
            let count = dims.reduce(1, *)
            let values = (0..<count).map { Float(($0 * 7 + seed) % 11) / 8 - 0.5 }
            return .initializer(name, dims: dims, values.reduce([] as HandMadeMessage) { $0 + .float(4, $1) })
        }
        func model(_ x: [Int], _ state: [Int], isBatchFirst: Bool) -> HandMadeMessage {
            [
                .input(dims: x), .input("h", dims: state), weights("w", [1, gates * units, 2], 3),
                weights("r", [1, gates * units, units], 5),
                .node(
                    type, ["x", "w", "r", "", "", "h"], ["y", "last"],
                    .attribute("layout", 2, .number(3, isBatchFirst ? 1 : 0))),
                .output(), .output("last"),
            ]
        }
        func turned(_ values: [Float], _ shape: Shape) -> Tensor {
            var turned: [Float] = []
            for second in 0..<shape[1] {
                for first in 0..<shape[0] {
                    let place = (first * shape[1] + second) * shape[2]
                    turned += values[place..<place + shape[2]]
                }
            }
            return Tensor(turned, shape: [shape[1], shape[0], shape[2]])
        }
        let state = Tensor([0.5, -0.25, 0.125, 1], shape: [2, 1, 2])
        let first = try run(
            model([2, 3, 2], [2, 1, 2], isBatchFirst: true), ["x": x, "h": state])
        let usual = try run(
            model([3, 2, 2], [1, 2, 2], isBatchFirst: false),
            ["x": turned(x.floats, [2, 3, 2]), "h": turned(state.floats, [2, 1, 2])])
        let y = try #require(usual["y"]), last = try #require(usual["last"])
        // Y is [T, 1, N, D], and then [N, T, 1, D].
        #expect(first["y"]?.shape == [2, 3, 1, 2])
        #expect(first["y"]?.floats == turned(y.floats, [3, 2, 2]).floats)
        #expect(first["last"] == turned(last.floats, [1, 2, 2]))
    }
}
