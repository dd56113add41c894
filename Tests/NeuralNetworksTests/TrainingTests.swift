import Engine
import NeuralNetworks
import Testing

@Suite struct TrainingTests {
    @Test("a network learns digits", arguments: InstructionSet.available)
    func learns(_ instructionSet: InstructionSet) throws {
        let digits = try Digits.dataset(count: 800, seed: 1), heldOut = try Digits.dataset(count: 400, seed: 2)
        var training = try Networks.training(instructionSet: instructionSet)
        let before = try training.evaluate(heldOut)
        #expect(before.accuracy < 0.4)
        var epochs: [Training.Epoch] = []
        for _ in 0..<10 { epochs.append(try training.epoch(over: digits, batchSize: 32)) }
        let after = try training.evaluate(heldOut)
        #expect(after.accuracy > 0.95)
        #expect(after.loss < before.loss / 4)
        #expect(epochs[9].loss < epochs[0].loss)
        #expect(epochs[9].accuracy > epochs[0].accuracy)
        #expect(epochs.allSatisfy { $0.steps == 25 && $0.examples == 800 })
        #expect((training.step, training.epoch) == (250, 10))
    }

    @Test("the same seed gives the same bits, on one thread or two", arguments: InstructionSet.available)
    func sameBits(_ instructionSet: InstructionSet) throws {
        let digits = try Digits.dataset(count: 100, seed: 1)
        var states: [[String: Tensor]] = [], evaluations: [Tensor] = []
        for threads in [1, 2, 1, 3] {
            var training = try Networks.training(threads: threads, instructionSet: instructionSet)
            for _ in 0..<2 { try training.epoch(over: digits, batchSize: 16) }
            states.append(training.state.tensors)
            evaluations.append(try training.evaluate(digits).outputs)
        }
        for index in 1..<4 {
            #expect(states[index] == states[0])
            #expect(evaluations[index] == evaluations[0])
        }
        var other = try Networks.training(seed: 2, instructionSet: instructionSet)
        for _ in 0..<2 { try other.epoch(over: digits, batchSize: 16) }
        #expect(other.state.tensors["dense_1.weight"] != states[0]["dense_1.weight"])
    }

    @Test(
        "examples that fill no batch are left out, unless there is no other",
        arguments: [
            (10, 4, [4, 4]), (8, 4, [4, 4]), (3, 4, [3]), (1, 4, [1]), (5, 1, [1, 1, 1, 1, 1]),
        ])
    func lastBatch(_ examples: Int, _ batchSize: Int, _ sizes: [Int]) throws {
        let digits = try Digits.dataset(count: examples, seed: 1)
        var training = try Networks.training()
        var seen: [Int] = []
        let epoch = try training.epoch(over: digits, batchSize: batchSize) { running in
            seen.append(running.current.examples)
            return true
        }
        #expect(epoch.steps == sizes.count)
        #expect(epoch.examples == sizes.reduce(0, +))
        #expect(Training.steps(examples: examples, batchSize: batchSize) == sizes.count)
        // After the last step the epoch is over and the next one empty.
        #expect(seen == sizes.indices.dropLast().map { sizes[...$0].reduce(0, +) } + [0])
    }

    @Test("loss and accuracy of an epoch are those of the weights that saw the examples") func figures() throws {
        let digits = try Digits.dataset(count: 60, seed: 1)
        var training = try Training(
            Sequential {
                Flatten()
                Dense(10)
            }, input: [1, 8, 8], loss: .softmaxCrossEntropy, optimizer: .sgd(momentum: 0), schedule: .constant(rate: 0),
            options: .init(threads: 1))
        let judged = try training.evaluate(digits)
        let epoch = try training.epoch(over: digits, batchSize: 20)
        #expect(abs(epoch.loss - judged.loss) < 1e-6)
        #expect(epoch.accuracy == judged.accuracy)
    }

    @Test("the finished graph computes what training computed, with running statistics in the batch's place")
    func export() throws {
        // A momentum of 0 makes the running statistics those of the last batch, and a rate of 0 leaves the weights.
        let network = Sequential {
            Convolution(channels: 4, kernel: 3, padding: .same)
            BatchNormalization(momentum: 0)
            Activation(.relu)
            Residual {
                Convolution(channels: 4, kernel: 3, padding: .same)
                BatchNormalization(momentum: 0)
            }
            AveragePooling(2)
            Flatten()
            Dense(10)
        }
        let digits = try Digits.dataset(count: 32, seed: 1)
        var training = try Training(
            network, input: [1, 8, 8], loss: .softmaxCrossEntropy, optimizer: .adamW(), schedule: .constant(rate: 0),
            options: .init(threads: 1))
        let epoch = try training.epoch(over: digits, batchSize: 32)
        // A running variance is unbiased, as PyTorch's: n/(n − 1) of what the batch was normalised by.
        var state = training.state
        for (name, tensor) in state.tensors where name.hasSuffix("running_var") {
            state.tensors[name] = Tensor(tensor.floats.map { $0 * 2047 / 2048 }, shape: tensor.shape)
        }
        try training.restore(state)
        let judged = try training.evaluate(digits)
        // Folding a normalisation into a convolution rounds otherwise than applying it.
        #expect(abs(epoch.loss - judged.loss) < 1e-5 * abs(judged.loss))
        #expect(epoch.accuracy == judged.accuracy)

        let graph = try training.graph(metadata: ["task": "digits"], outputName: "logits")
        #expect(graph.metadata == ["task": "digits"])
        #expect(graph.outputs.map(\.name) == ["logits"])
        #expect(graph.inputs.map { graph[$0.value].name } == ["input"])
        #expect(graph.inputs[0].dimensions == [.symbol("batch"), 1, 8, 8])
        #expect(graph.states.isEmpty)
        #expect(
            graph.nodes.map(\.operation.name) == [
                "Conv", "BatchNormalization", "Relu", "Conv", "BatchNormalization", "Add", "AveragePool", "Flatten",
                "Gemm",
            ])
        let weights = Dictionary(
            uniqueKeysWithValues: Set(graph.nodes.flatMap { $0.inputs.compactMap { $0 } }).compactMap { value in
                graph.constant(value).map { (graph[value].name, $0) }
            })
        #expect(weights == training.state.tensors.filter { !$0.key.hasSuffix("_moment") })
    }

    @Test(
        "a step that throws has changed nothing",
        arguments: [
            (Tensor([3, 10] as [Int64], shape: [2]), "target 10 where the network knows classes 0 to 9"),
            (Tensor([-1, 3] as [Int64], shape: [2]), "target -1 where the network knows classes 0 to 9"),
            (Tensor([1, 2] as [Int32], shape: [2]), "targets i32[2] for 2 examples; they are classes, i64[2]"),
            (Tensor([1, 2], shape: [2]), "targets f32[2] for 2 examples; they are classes, i64[2]"),
            (Tensor([1, 2] as [Int64], shape: [2, 1]), "targets i64[2, 1] for 2 examples; they are classes, i64[2]"),
            (
                Tensor([1, 2, 3] as [Int64], shape: [3]),
                "a batch of f32[2, 1, 8, 8] for 3 targets where an example has shape [1, 8, 8]"
            ),
        ])
    func targets(_ targets: Tensor, _ text: String) throws {
        var training = try Networks.training()
        try training.epoch(over: try Digits.dataset(count: 4, seed: 1), batchSize: 2)
        let before = training.state
        let bad = FixedBatch(count: 2) { _ in Batch(inputs: Tensor(zeros: [2, 1, 8, 8]), targets: targets) }
        #expect(fault { _ = try training.epoch(over: bad, batchSize: 2) } == text)
        #expect(training.state.tensors == before.tensors)
        #expect(training.state.counters == before.counters)
    }

    @Test("examples of another shape are refused") func examples() throws {
        var training = try Networks.training()
        let bad = FixedBatch(count: 2) {
            Batch(inputs: Tensor(zeros: [$0.count, 8, 8]), targets: Tensor(zeros: [$0.count], .i64))
        }
        #expect(
            fault { _ = try training.epoch(over: bad, batchSize: 2) }
                == "a batch of f32[2, 8, 8] for 2 targets where an example has shape [1, 8, 8]")
    }

    @Test("an error of the data set is handed on, after the steps before it") func datasetError() throws {
        struct Unreadable: Error {}
        let digits = try Digits.dataset(count: 12, seed: 1)
        var training = try Networks.training()
        let failing = BatchOrder.shuffled(count: 12, seed: 1, epoch: 0)[9]
        let data = FixedBatch(count: 12) { indices in
            if indices.contains(failing) { throw Unreadable() }
            return digits.batch(indices, epoch: nil, seed: 0)
        }
        #expect(throws: Unreadable.self) { try training.epoch(over: data, batchSize: 2) }
        #expect((training.step, training.current.steps, training.epoch) == (4, 4, 0))
    }

    @Test("nothing to learn from is refused") func empty() throws {
        var training = try Networks.training()
        let digits = try Digits.dataset(count: 4, seed: 1)
        let none = try TensorDataset(inputs: Tensor(zeros: [0, 1, 8, 8]), targets: [])
        #expect(
            fault { _ = try training.epoch(over: digits, batchSize: 0) }
                == "batches of 0 of 4 examples; both must be at least 1")
        #expect(
            fault { _ = try training.epoch(over: none, batchSize: 4) }
                == "batches of 4 of 0 examples; both must be at least 1")
        #expect(fault { _ = try training.evaluate(none) } == "nothing to evaluate: 0 examples")
    }

    @Test("a number of threads that there cannot be is refused") func threads() {
        #expect(fault { _ = try Networks.training(threads: 0) } == "0 threads; 1 to 256 are possible")
        #expect(fault { _ = try Networks.training(threads: 257) } == "257 threads; 1 to 256 are possible")
    }
}

@Suite struct EvaluationTests {
    /// The class is the place of the greatest of three numbers.
    private func model() throws -> Model {
        var graph = Graph()
        let x = graph.addInput("input", dimensions: ["batch", 3])
        graph.addOutput("output", try graph.append(Operators.Flatten(), [x])[0])
        return try Model(graph, options: .init(threads: 1))
    }

    @Test("loss and accuracy are those that a hand counts, whatever the batch", arguments: [1, 2, 3, 5, 64])
    func counted(batchSize: Int) throws {
        let logits: [Float] = [0, 1, 2, 3, 1, 0, 0, 0, 0, 1, 1, 0, -500, 500, 0]
        let targets = [2, 1, 0, 1, 1]
        let data = try TensorDataset(inputs: Tensor(logits, shape: [5, 3]), targets: targets)
        let evaluation = try Evaluation(of: try model(), on: data, batchSize: batchSize)
        // Row 0 is right, row 1 wrong; of the equals of rows 2 and 3 the first counts, which is right and wrong; row 4 is right.
        #expect(evaluation.accuracy == 0.6)
        #expect(evaluation.targets.integers == targets)
        #expect(evaluation.outputs == Tensor(logits, shape: [5, 3]))
        // −log softmax by hand: log(1 + e⁻¹ + e⁻²), 2 + log(1 + e⁻² + e⁻³), log 3, log(2 + e⁻¹), 0.
        let losses = [0.4076059644443804, 2.1698460195562856, 1.0986122886681098, 0.8619948040582511, 0]
        #expect(abs(evaluation.loss - losses.reduce(0, +) / 5) < 1e-6)
    }

    @Test(
        "what cannot be judged is refused",
        arguments: [
            (Tensor([0, 3] as [Int64], shape: [2]), "target 3 where the network knows classes 0 to 2"),
            (Tensor([0, -1] as [Int64], shape: [2]), "target -1 where the network knows classes 0 to 2"),
            (Tensor([0, 1], shape: [2]), "targets f32[2] for 2 examples; they are classes, i64[2]"),
            (Tensor([0, 1, 2] as [Int64], shape: [3]), "targets i64[3] for 2 examples; they are classes, i64[2]"),
        ])
    func refusal(_ targets: Tensor, _ text: String) throws {
        let model = try model()
        let data = FixedBatch(count: 2) { _ in Batch(inputs: Tensor(zeros: [2, 3]), targets: targets) }
        #expect(fault { _ = try Evaluation(of: model, on: data) } == text)
    }
}
