import Engine
import ModelFiles
import NeuralNetworks
import Pipelines
import Testing

@Suite struct StartingWeightsTests {
    /// A network over four numbers.
    private func training(
        width: Int = 3, classes: Int = 2, isDeep: Bool = false, averaging: Float? = nil, seed: UInt64
    ) throws -> Training {
        let network = Sequential(
            [Dense(width), Activation(.relu)] + (isDeep ? [Dense(width), Activation(.relu)] : []) + [Dense(classes)])
        return try Training(
            network, input: [4], loss: .softmaxCrossEntropy, optimizer: .sgd(), schedule: .constant(rate: 0.1),
            seed: seed, options: .init(averaging: averaging, threads: 1))
    }

    /// The weights of a training's model, by name.
    private func weights(_ training: borrowing Training) throws -> [String: Tensor] {
        let graph = try training.graph()
        let values = graph.nodes.flatMap(\.inputs).compactMap { $0 }
        return Dictionary(values.compactMap { value in graph.constant(value).map { (graph[value].name, $0) } }) { $1 }
    }

    /// A finished model in a run's folder.
    private func finished(_ training: borrowing Training, in folder: TemporaryFolder) throws {
        try training.graph(metadata: ["task": "four numbers"]).write(toONNX: folder.path + "/model.onnx")
    }

    private func fault(_ weights: StartingWeights, _ training: consuming Training, hasSameClasses: Bool) -> String? {
        do { _ = try weights.start(&training, hasSameClasses: hasSameClasses) } catch let error as RunError {
            return error.fault
        } catch { return "no RunError: \(error)" }
        return nil
    }

    @Test(arguments: [nil, 0.9] as [Float?]) func `A training starts from the weights of a model`(averaging: Float?)
        throws
    {
        let folder = try TemporaryFolder()
        let first = try training(seed: 1)
        try finished(first, in: folder)
        for path in [folder.path, folder.path + "/model.onnx"] {
            var second = try training(averaging: averaging, seed: 2)
            #expect(try weights(second) != weights(first))
            let start = try StartingWeights(contentsOf: path)
            #expect(start.metadata == ["task": "four numbers"])
            #expect(start.path == folder.path + "/model.onnx")
            #expect(try start.start(&second, hasSameClasses: true) == nil)
            #expect(try weights(second) == weights(first))
            #expect(second.step == 0)
        }
    }

    @Test func `A last layer of other classes stays as it is`() throws {
        let folder = try TemporaryFolder()
        let first = try training(seed: 1)
        try finished(first, in: folder)
        var second = try training(classes: 5, seed: 2)
        let before = try weights(second)
        #expect(try StartingWeights(contentsOf: folder.path).start(&second, hasSameClasses: false) == "dense_2")
        let after = try weights(second)
        #expect(after["dense_1.weight"] == (try weights(first))["dense_1.weight"])
        #expect(after["dense_1.weight"] != before["dense_1.weight"])
        #expect(after["dense_2.weight"] == before["dense_2.weight"])
        #expect(after["dense_2.weight"]?.shape == [5, 3])
    }

    @Test func `A tensor that does not fit is named with both shapes`() throws {
        let folder = try TemporaryFolder()
        try finished(try training(seed: 1), in: folder)
        let start = try StartingWeights(contentsOf: folder.path)
        #expect(
            fault(start, try training(width: 6, seed: 2), hasSameClasses: true)
                == "its tensor 'dense_1.bias' is f32[3] where the recipe's network has f32[6]")
        #expect(
            fault(start, try training(classes: 5, seed: 2), hasSameClasses: true)
                == "its tensor 'dense_2.bias' is f32[2] where the recipe's network has f32[5]")
        #expect(
            fault(start, try training(isDeep: true, seed: 2), hasSameClasses: true)
                == "its tensor 'dense_2.bias' is f32[2] where the recipe's network has f32[3]")
        #expect(
            fault(start, try training(classes: 3, isDeep: true, seed: 2), hasSameClasses: true)
                == "its tensor 'dense_2.bias' is f32[2] where the recipe's network has f32[3]")
        let deep = try TemporaryFolder()
        try finished(try training(width: 2, isDeep: true, seed: 1), in: deep)
        #expect(
            fault(try StartingWeights(contentsOf: deep.path), try training(width: 2, seed: 2), hasSameClasses: true)
                == "its tensor 'dense_3.bias', f32[2], has no place in the recipe's network")
        let flat = try TemporaryFolder()
        try finished(try training(width: 2, seed: 1), in: flat)
        #expect(
            fault(
                try StartingWeights(contentsOf: flat.path), try training(width: 2, isDeep: true, seed: 2),
                hasSameClasses: true) == "it has no tensor 'dense_3.bias', which is f32[2] in the recipe's network")
        #expect(throws: ModelFileError.self) { try StartingWeights(contentsOf: folder.path + "/none") }
    }
}
