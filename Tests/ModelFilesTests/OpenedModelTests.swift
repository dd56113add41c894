import Engine
import Foundation
import ModelFiles
import Testing

/// Models whose large weights stay in their file.
@Suite struct OpenedModelTests {
    private static func random(_ shape: Shape, _ seed: UInt64) -> Tensor {
        var numbers = SeededNumbers(state: seed)
        return Tensor((0..<shape.elementCount).map { _ in Float.random(in: -0.1...0.1, using: &numbers) }, shape: shape)
    }

    /// Convolutions of 147 KB each, one of them normalised, and a product of 98 KB.
    private static func network() throws -> Graph {
        var graph = Graph()
        let window = SpatialWindow(kernel: 3, padding: .explicit(top: 1, left: 1, bottom: 1, right: 1))
        var x = graph.addInput("x", dimensions: ["batch", 64, "height", "width"])
        for (seed, name) in [(1, "plain"), (2, "normalised")] as [(UInt64, String)] {
            let w = graph.addConstant(random([64, 64, 3, 3], seed), name: name)
            x = try graph.append(Operators.Conv(window: window), [x, w], name: name)[0]
        }
        let factors = [3, 4, 5].map { graph.addConstant(random([64], $0)) }
        let variance = graph.addConstant(Tensor(Array(repeating: 0.5, count: 64), shape: [64]), name: "variance")
        x = try graph.append(Operators.BatchNormalization(), [x] + factors + [variance], name: "normalisation")[0]
        x = try graph.append(Operators.GlobalAveragePool(), [x], name: "pool")[0]
        x = try graph.append(Operators.Flatten(), [x], name: "flat")[0]
        let w = graph.addConstant(random([64, 384], 6), name: "product")
        graph.addOutput("y", try graph.append(Operators.MatMul(), [x, w], name: "product")[0])
        return graph
    }

    private func answers(_ model: Model, side: Int) throws -> Tensor? {
        try model.run(["x": Self.random([2, 64, side, side], 7)])["y"]
    }

    @Test
    func
        `It answers as one in memory does, whatever the images' sizes, and keeps no more than convolutions in its file`()
        throws
    {
        let scratch = try Scratch(), path = scratch.path + "/a.onnx"
        try Self.network().write(toONNX: path)
        let opened = try Model(contentsOf: path, options: .init(threads: 1))
        let read = try Model(Graph(contentsOfONNX: path), options: .init(threads: 1))
        for side in [9, 4, 1, 24, 9] { #expect(try answers(opened, side: side) == answers(read, side: side)) }
        #expect(opened.packedByteCount == read.packedByteCount)
        let graph = opened.graph, weights = graph.nodes.compactMap { $0.inputs.count > 1 ? $0.inputs[1] : nil }
        #expect(weights.map { graph.constant($0) == nil } == [true, true, false, false])
        #expect(try graph.loaded(weights[0]) == Self.random([64, 64, 3, 3], 1))
        #expect(graph.violations().isEmpty)
    }

    @Test func `What is written of it is the file that it came from`() throws {
        let scratch = try Scratch(), path = scratch.path + "/a.onnx"
        try Self.network().write(toONNX: path)
        try Model(contentsOf: path).write(toONNX: scratch.path + "/b.onnx")
        #expect(try Data(contentsOf: URL(filePath: path)) == Data(contentsOf: URL(filePath: scratch.path + "/b.onnx")))
    }

    @Test func `Its weights can be kept in fewer bits`() throws {
        let scratch = try Scratch(), path = scratch.path + "/a.onnx"
        try Self.network().write(toONNX: path)
        let opened = try Model(contentsOf: path, options: .init(threads: 1, weights: .f16))
        let read = try Model(Graph(contentsOfONNX: path), options: .init(threads: 1, weights: .f16))
        #expect(try answers(opened, side: 5) == answers(read, side: 5))
    }

    @Test func `Another file under its name, or none, changes nothing`() throws {
        let scratch = try Scratch(), path = scratch.path + "/a.onnx"
        try Self.network().write(toONNX: path)
        let opened = try Model(contentsOf: path), before = try answers(opened, side: 9)
        try Data([1, 2, 3]).write(to: URL(filePath: path), options: .atomic)
        _ = try answers(opened, side: 1)
        try FileManager.default.removeItem(atPath: path)
        _ = try answers(opened, side: 24)
        #expect(try answers(opened, side: 9) == before)
    }

    @Test(arguments: [0, 100_000, nil])
    func `Once its file is cut or written to, weights that are not packed yet are an error`(
        length: Int?
    ) throws {
        let scratch = try Scratch(), path = scratch.path + "/a.onnx"
        try Self.network().write(toONNX: path)
        let opened = try Model(contentsOf: path), packed = try answers(opened, side: 9)
        let file = try FileHandle(forUpdating: URL(filePath: path))
        if let length {
            try file.truncate(atOffset: UInt64(length))
        } else {
            try file.seek(toOffset: 50_000)
            try file.write(contentsOf: [1, 2, 3, 4])
        }
        try file.close()
        let error = #expect(throws: GraphError.self) { try answers(opened, side: 1) }
        #expect(
            error?.description == "\(path) was written to since it was opened; the model has to be loaded again")
        #expect(try answers(opened, side: 9) == packed)
    }
}
