import Engine
import Foundation
import ModelFiles
import NeuralNetworks
import Testing

/// Networks over sequences, and what they learn in these tests.
private enum Sequences {
    /// Says again what it read three steps before, of numbers below four.
    static func echo(count: Int, steps: Int, seed: UInt64) -> FixedBatch {
        FixedBatch(count: count) { indices in
            var inputs: [Int64] = [], targets: [Int64] = []
            for index in indices {
                var random = RandomStream(seed: seed, name: "echo", number: index)
                let numbers = (0..<steps).map { _ in Int64(random.integer(in: 0...3)) }
                inputs += numbers
                targets += (0..<steps).map { $0 < 3 ? -1 : numbers[$0 - 3] }
            }
            let shape: Shape = [indices.count, steps]
            return Batch(inputs: Tensor(inputs, shape: shape), targets: Tensor(targets, shape: shape))
        }
    }

    /// Whether a sequence of ones and zeros, of a length of its own, has an odd number of ones.
    static func parity(count: Int, steps: Int, seed: UInt64) -> FixedBatch {
        FixedBatch(count: count) { indices in
            var inputs: [Int64] = [], targets: [Int64] = [], lengths: [Int] = []
            for index in indices {
                var random = RandomStream(seed: seed, name: "parity", number: index)
                let numbers = (0..<steps).map { _ in Int64(random.integer(in: 0...1)) }
                let length = random.integer(in: 1...steps)
                inputs += numbers
                targets.append(numbers[..<length].reduce(0, +) % 2)
                lengths.append(length)
            }
            return Batch(
                inputs: Tensor(inputs, shape: [indices.count, steps]), targets: Tensor(targets, shape: [indices.count]),
                lengths: lengths)
        }
    }

    /// A text that says the same thing over and over, longer than a stretch of it.
    static func chant(streams: Int, steps: Int) throws -> StreamDataset {
        let verse: [Int64] = [0, 1, 2, 0, 3, 1, 1, 4, 2, 5, 0, 0, 5, 3, 4, 1, 5]
        return try StreamDataset((0..<400).map { verse[$0 % verse.count] }, streams: streams, steps: steps)
    }

    static func speaker(_ options: Training.Options, seed: UInt64 = 3) throws -> Training {
        let network = Sequential {
            Embedding(6, dimensions: 8)
            LSTM(
                24, layers: 2, dropout: RecurrentDropout(0.1, isVariational: true, recurrentWeights: 0.2),
                carriesState: true)
            Dense(6)
        }
        return try Training(
            network, input: [5], of: .i64, loss: .softmaxCrossEntropy, optimizer: .adamW(weightDecay: 0),
            schedule: .constant(rate: 0.02), seed: seed, options: options)
    }
}

@Suite struct RecurrentTests {
    @Test("a network learns to echo", arguments: [false, true]) func echo(isGRU: Bool) throws {
        let network = Sequential {
            Embedding(4, dimensions: 6)
            if isGRU { GRU(24) } else { LSTM(24) }
            Dense(4)
        }
        var training = try Training(
            network, input: [12], of: .i64, loss: .softmaxCrossEntropy, optimizer: .adamW(weightDecay: 0),
            schedule: .constant(rate: 0.02), options: .init(gradientLimit: 1, threads: 1))
        let data = Sequences.echo(count: 256, steps: 12, seed: 1)
        for _ in 0..<25 { try training.epoch(over: data, batchSize: 32) }
        let evaluation = try training.evaluate(Sequences.echo(count: 64, steps: 12, seed: 2))
        #expect(evaluation.accuracy > 0.95)
        #expect(evaluation.targets.shape == [64 * 9])
    }

    @Test("a network learns parity from sequences of many lengths, in both directions") func parity() throws {
        let network = Sequential {
            Embedding(2, dimensions: 4)
            GRU(16, isBidirectional: true, output: .last)
            Dense(2)
        }
        var training = try Training(
            network, input: [8], of: .i64, loss: .softmaxCrossEntropy, optimizer: .adamW(weightDecay: 0),
            schedule: .constant(rate: 0.02), options: .init(gradientLimit: 1, hasLengths: true, threads: 1))
        let data = Sequences.parity(count: 512, steps: 8, seed: 1)
        for _ in 0..<40 where try training.evaluate(data).accuracy < 1 {
            try training.epoch(over: data, batchSize: 32)
        }
        let accuracy = try training.evaluate(Sequences.parity(count: 200, steps: 8, seed: 2)).accuracy
        #expect(accuracy > 0.9)
    }

    @Test("state that goes on lets a network know what stood before the stretch at hand") func carried() throws {
        let chant = try Sequences.chant(streams: 4, steps: 5)
        var losses: [Double] = []
        for streams in [4, nil] {
            var training = try Sequences.speaker(.init(gradientLimit: 1, streams: streams, threads: 1))
            for _ in 0..<30 { try training.epoch(over: chant, batchSize: 4) }
            losses.append(try training.epoch(over: chant, batchSize: 4).loss)
        }
        // Without state the first numbers of a stretch cannot be told.
        #expect(losses[0] < 0.15 && losses[0] < losses[1] / 2, "\(losses)")
    }

    @Test("training has the same bits with one thread and two, and when it was stopped and restored") func resumed()
        throws
    {
        let chant = try Sequences.chant(streams: 4, steps: 5)
        func options(_ threads: Int) -> Training.Options {
            .init(gradientLimit: 1, averaging: 0.9, streams: 4, threads: threads)
        }
        var whole = try Sequences.speaker(options(1)), threaded = try Sequences.speaker(options(2))
        for _ in 0..<2 {
            try whole.epoch(over: chant, batchSize: 4)
            try threaded.epoch(over: chant, batchSize: 4)
        }
        #expect(whole.state.tensors == threaded.state.tensors)
        var first = try Sequences.speaker(options(1))
        try first.epoch(over: chant, batchSize: 4) { $0.step < 7 }
        var second = try Sequences.speaker(options(1), seed: 3)
        try second.restore(first.state)
        while second.epoch < 2 { try second.epoch(over: chant, batchSize: 4) }
        #expect(second.state.tensors == whole.state.tensors)
        #expect(whole.state.tensors["lstm_1.hidden_1"]?.floats.contains { $0 != 0 } == true)
    }

    @Test("a new sequence begins with a state of zeros") func reset() throws {
        func state(continues: [Bool], after begin: Training.State?) throws -> Training.State {
            var training = try Sequences.speaker(.init(streams: 2, threads: 1))
            if let begin { try training.restore(begin) }
            try training.epoch(
                over: FixedBatch(count: 2) { _ in
                    Batch(
                        inputs: Tensor([0, 1, 2, 3, 4, 5, 4, 3, 2, 1] as [Int64], shape: [2, 5]),
                        targets: Tensor(zeros: [2, 5], .i64), continues: continues)
                }, batchSize: 2)
            return training.state
        }
        let fresh = try state(continues: [false, false], after: nil)
        var again = fresh
        again.counters = try Sequences.speaker(.init(streams: 2, threads: 1)).state.counters
        let untouched = try Sequences.speaker(.init(streams: 2, threads: 1)).state.tensors
        for (name, tensor) in untouched where !name.contains("hidden") && !name.contains("cell") {
            again.tensors[name] = tensor
        }
        // The weights as at first, the states as the first batch left them.
        let both = try state(continues: [false, false], after: again)
        #expect(both.tensors["lstm_1.cell_2"] == fresh.tensors["lstm_1.cell_2"])
        let one = try state(continues: [true, false], after: again)
        let rows = try [one, fresh].map { try #require($0.tensors["lstm_1.cell_1"]).reshaped(to: [2, 24]) }
        #expect(rows[0].rows([1]) == rows[1].rows([1]))
        #expect(rows[0].rows([0]) != rows[1].rows([0]))
    }

    @Test("a finished network takes its state and gives it, also from a file, and steps have the bits of the whole")
    func stepping() throws {
        var training = try Sequences.speaker(.init(streams: 4, threads: 1))
        try training.epoch(over: Sequences.chant(streams: 4, steps: 5), batchSize: 4)
        let graph = try training.graph()
        let states = ["hidden_1", "cell_1", "hidden_2", "cell_2"].map { "lstm_1.\($0)" }
        #expect(graph.inputs.map { graph[$0.value].name } == ["input"] + states)
        #expect(graph.outputs.map(\.name) == ["output"] + states.map { "\($0).next" })
        #expect(graph.inputs.map(\.dimensions).prefix(2) == [["batch", "steps"], [1, "batch", 24]])
        let file = FileManager.default.temporaryDirectory.appending(path: "recurrent-\(UUID()).onnx").path()
        defer { try? FileManager.default.removeItem(atPath: file) }
        try graph.write(toONNX: file)
        let model = try Model(contentsOf: file, options: .init(threads: 1))
        #expect(model.graph.inputs.map(\.dimensions) == graph.inputs.map(\.dimensions))
        let numbers: [Int64] = [0, 1, 2, 0, 3, 1, 1]
        func begin() -> [String: Tensor] {
            Dictionary(uniqueKeysWithValues: states.map { ($0, Tensor(zeros: [1, 1, 24])) })
        }
        var given = begin()
        given["input"] = Tensor(numbers, shape: [1, numbers.count])
        let whole = try model.run(given), direct = try training.model().run(given)
        #expect(whole == direct)
        var logits: [Float] = []
        var state = begin()
        for number in numbers {
            state["input"] = Tensor([number], shape: [1, 1])
            let made = try model.run(state)
            logits += made["output"]?.floats ?? []
            for name in states { state[name] = made["\(name).next"] }
        }
        #expect(logits == whole["output"]?.floats)
        for name in states { #expect(state[name] == whole["\(name).next"]) }
    }

    @Test("a stream's examples go on from batch to batch") func streams() throws {
        let data = try StreamDataset(Array(0..<22), streams: 2, steps: 3)
        #expect(data.count == 6 && data.isSequential)
        let first = data.batch([0, 1], epoch: 0, seed: 1), second = data.batch([2, 3], epoch: 0, seed: 1)
        #expect(first.inputs.integers == [0, 1, 2, 11, 12, 13] && first.targets.integers == [1, 2, 3, 12, 13, 14])
        #expect(second.inputs.integers == [3, 4, 5, 14, 15, 16])
        #expect(first.continues == [false, false] && second.continues == [true, true])
        #expect(
            fault { _ = try StreamDataset(Array(0..<7), streams: 2, steps: 3) }
                == "7 numbers do not fill 2 streams of 3 steps and one that follows")
        #expect(
            fault { _ = try StreamDataset([1], streams: 0, steps: 3) }
                == "0 streams of 3 steps; both must be at least 1")
    }

    @Test("a batch that does not fit the streams or lengths is refused") func refusals() throws {
        var training = try Sequences.speaker(.init(streams: 3, threads: 1))
        let chant = try Sequences.chant(streams: 4, steps: 5)
        #expect(
            fault { try training.epoch(over: chant, batchSize: 4) }
                == "a batch of 4 examples where 3 streams go on side by side")
        let long = FixedBatch(count: 3) { _ in
            Batch(inputs: Tensor(zeros: [3, 5], .i64), targets: Tensor(zeros: [3, 5], .i64), lengths: [1, 6, 2])
        }
        #expect(
            fault { try training.epoch(over: long, batchSize: 3) }
                == "lengths [1, 6, 2] for 3 examples; they are 3 numbers up to 5")
        let target = FixedBatch(count: 3) { _ in
            Batch(
                inputs: Tensor(zeros: [3, 5], .i64),
                targets: Tensor((0..<15).map { Int64($0 % 7) }, shape: [3, 5]))
        }
        #expect(
            fault { try training.epoch(over: target, batchSize: 3) }
                == "target 6 where the network knows classes 0 to 5")
        #expect(
            fault { _ = try Sequences.speaker(.init(streams: 0, threads: 1)) }
                == "0 streams; there must be at least 1")
    }
}
