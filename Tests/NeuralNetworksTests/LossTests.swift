import Engine
import ModelFiles
import NeuralNetworks
import Testing

/// Losses whose targets are numbers.
@Suite struct LossTests {
    private struct Golden: Sendable, CustomTestStringConvertible {
        var name: String
        var outputs: Int
        var loss: Loss
        var testDescription: String { name }
    }

    private static let goldens = [
        Golden(name: "plain", outputs: 1, loss: .binaryCrossEntropy),
        Golden(name: "weighted", outputs: 1, loss: .binaryCrossEntropy(positiveWeight: 5)),
        Golden(name: "focal", outputs: 3, loss: .binaryCrossEntropy(positiveWeight: 2, focusing: 1.5)),
        Golden(name: "squares", outputs: 4, loss: .meanSquaredError),
        Golden(name: "cosines", outputs: 4, loss: .largeMarginCosine(scale: 12, margin: 0.35)),
    ]

    @Test("losses, weights and what is right are PyTorch's (tools/goldens/losses.py)", arguments: goldens)
    private func golden(_ golden: Golden) throws {
        let folder = #filePath.split(separator: "/").dropLast().joined(separator: "/")
        let all = try Safetensors(contentsOf: "/\(folder)/Goldens/losses.safetensors").tensors
        func tensors(_ prefix: String) -> [String: Tensor] {
            Dictionary(
                uniqueKeysWithValues: all.compactMap { name, tensor in
                    name.hasPrefix(prefix) ? (String(name.dropFirst(prefix.count)), tensor) : nil
                })
        }
        let own = tensors("\(golden.name).")
        let data = GoldenBatches(inputs: try #require(own["inputs"]), targets: try #require(own["targets"]))
        let losses = try #require(own["losses"]).floats, right = try #require(own["right"]).floats
        #expect(losses.count == 10)
        for instructionSet in InstructionSet.available {
            var training = try Training(
                Sequential {
                    Dense(9)
                    Activation(.relu)
                    if case .largeMarginCosine = golden.loss {
                        UnitLength()
                        CosineClassifier(golden.outputs)
                    } else {
                        Dense(golden.outputs)
                    }
                }, input: [6], loss: golden.loss, optimizer: .sgd(momentum: 0.9), schedule: .constant(rate: 0.1),
                options: .init(threads: 1, instructionSet: instructionSet))
            var state = training.state
            state.tensors.merge(tensors("\(golden.name).initial.")) { $1 }
            try training.restore(state)
            for step in losses.indices {
                let epoch = try training.epoch(over: data, batchSize: 8)
                // Logarithms and sums of float32, ten steps long.
                #expect(abs(epoch.loss - Double(losses[step])) < 5e-6, "step \(step)")
                if golden.loss == .meanSquaredError {
                    #expect(epoch.accuracy.isNaN)
                } else {
                    #expect(abs(epoch.accuracy - Double(right[step])) < 1e-6, "step \(step)")
                }
            }
            let final = tensors("\(golden.name).final.")
            #expect(final.count == training.state.tensors.keys.count { !$0.contains("momentum") })
            for (name, expected) in final.sorted(by: { $0.key < $1.key }) {
                let got = try #require(training.state.tensors[name])
                let difference = zip(got.floats, expected.floats).map { abs($0 - $1) }.max() ?? .infinity
                #expect(got.shape == expected.shape && difference < 1e-5, "\(name), \(instructionSet)")
            }
        }
    }

    private static func training(_ loss: Loss, outputs: Int = 1, rate: Float = 0.1) throws -> Training {
        try Training(
            Dense(outputs), input: [3], loss: loss, optimizer: .sgd(), schedule: .constant(rate: rate),
            options: .init(threads: 1))
    }

    private static func inputs(_ count: Int) -> Tensor {
        var random = RandomStream(seed: 3, name: "losses")
        return Tensor((0..<3 * count).map { _ in random.uniform(-2, 2) }, shape: [count, 3])
    }

    @Test(
        "a column of targets may lack its dimension, and be of integers",
        arguments: [Loss.binaryCrossEntropy, .meanSquaredError])
    func columns(_ loss: Loss) throws {
        let values: [Float] = (0..<12).map { $0 % 3 == 0 ? 1 : 0 }
        let forms = [
            Tensor(values, shape: [12]), Tensor(values, shape: [12, 1]), Tensor(values.map { Int64($0) }, shape: [12]),
            Tensor(values.map { $0 == 1 }, shape: [12, 1]),
        ]
        let states = try forms.map { targets in
            var training = try Self.training(loss)
            try training.epoch(over: TensorDataset(inputs: Self.inputs(12), targets: targets), batchSize: 4)
            return training.state.tensors
        }
        #expect(states.dropFirst().allSatisfy { $0 == states[0] })
        #expect(try Self.training(loss).state.tensors != states[0])
    }

    @Test(
        "an epoch's figures are those that an evaluation gives",
        arguments: [
            (Loss.binaryCrossEntropy(positiveWeight: 3), 2), (.binaryCrossEntropy(positiveWeight: 1.5, focusing: 2), 1),
            (.meanSquaredError, 2),
        ])
    func figures(_ loss: Loss, _ outputs: Int) throws {
        let targets = Tensor((0..<20 * outputs).map { $0 % 4 == 0 ? 1 : 0.25 }, shape: [20, outputs])
        let data = try TensorDataset(inputs: Self.inputs(20), targets: targets)
        var training = try Self.training(loss, outputs: outputs, rate: 0)
        let judged = try training.evaluate(data, batchSize: 7)
        let epoch = try training.epoch(over: data, batchSize: 10)
        #expect(abs(epoch.loss - judged.loss) < 1e-6)
        #expect(epoch.accuracy == judged.accuracy || (epoch.accuracy.isNaN && judged.accuracy.isNaN))
        #expect(judged.outputs.shape == [20, outputs] && judged.targets == targets)
        #expect(epoch.examples == 20)
    }

    @Test("loss and accuracy of answers yes or no are those that a hand counts", arguments: [1, 2, 64])
    func counted(batchSize: Int) throws {
        var graph = Graph()
        let x = graph.addInput("input", dimensions: ["batch", 2])
        graph.addOutput("output", try graph.append(Operators.Flatten(), [x])[0])
        let model = try Model(graph, options: .init(threads: 1))
        let logits: [Float] = [2, -2, 0, 0, 500, -500]
        let data = try TensorDataset(
            inputs: Tensor(logits, shape: [3, 2]), targets: Tensor([1, 1, 0, 1, 1, 0.5], shape: [3, 2]))
        let plain = try Evaluation(of: model, on: data, loss: .binaryCrossEntropy, batchSize: batchSize)
        // log(1 + e⁻²), 2 + log(1 + e⁻²), twice log 2, 0, half of 500; a half and less is no.
        let losses = [0.1269280110429725, 2.1269280110429725, 0.6931471805599453, 0.6931471805599453, 0, 250]
        #expect(abs(plain.loss - losses.reduce(0, +) / 6) < 1e-9)
        #expect(abs(plain.accuracy - 4.0 / 6) < 1e-12)
        let focal = try Evaluation(
            of: model, on: data, loss: .binaryCrossEntropy(positiveWeight: 2, focusing: 1), batchSize: batchSize)
        // Each times the probability of the other answer, and a yes twice.
        let focused = [
            2 * 0.11920292202211755 * losses[0], 2 * 0.8807970779778823 * losses[1], 0.5 * losses[2], losses[3], 0, 500,
        ]
        #expect(abs(focal.loss - focused.reduce(0, +) / 6) < 1e-6)
        let squares = try Evaluation(of: model, on: data, loss: .meanSquaredError, batchSize: batchSize)
        #expect(abs(squares.loss - (1 + 9 + 0 + 1 + 499 * 499 + 500.5 * 500.5) / 6) < 1e-6)
        #expect(squares.accuracy.isNaN)
    }

    @Test(
        "targets that a loss does not take are refused, and nothing is learned",
        arguments: [
            (
                Loss.binaryCrossEntropy, 1, Tensor([1, 2], shape: [2]),
                "target 2.0 where the loss takes numbers from 0 to 1"
            ),
            (
                .binaryCrossEntropy, 1, Tensor([0, .nan], shape: [2]),
                "target nan where the loss takes numbers from 0 to 1"
            ),
            (
                .binaryCrossEntropy, 1, Tensor([-1, 1] as [Int64], shape: [2]),
                "target -1.0 where the loss takes numbers from 0 to 1"
            ),
            (
                .meanSquaredError, 1, Tensor([0, .infinity], shape: [2]),
                "target inf where the loss takes numbers that are finite"
            ),
            (
                .meanSquaredError, 1, Tensor([0, 1, 2, 3], shape: [2, 2]),
                "targets f32[2, 2] for 2 examples; they are numbers, f32[2, 1] or f32[2]"
            ),
            (
                .binaryCrossEntropy, 3, Tensor([0, 1], shape: [2]),
                "targets f32[2] for 2 examples; they are numbers, f32[2, 3]"
            ),
        ])
    func refusal(_ loss: Loss, _ outputs: Int, _ targets: Tensor, _ text: String) throws {
        var training = try Self.training(loss, outputs: outputs)
        let before = training.state
        let data = FixedBatch(count: 2) { _ in Batch(inputs: Self.inputs(2), targets: targets) }
        #expect(fault { _ = try training.epoch(over: data, batchSize: 2) } == text)
        #expect(fault { _ = try training.evaluate(data) } == text)
        #expect(training.state.tensors == before.tensors && training.state.counters == before.counters)
    }

    @Test(
        "a weight or a focus that cannot be is refused",
        arguments: [
            (Loss.binaryCrossEntropy(positiveWeight: -1), "a positive weight of -1.0; it is at least 0 and finite"),
            (.binaryCrossEntropy(focusing: .nan), "a focusing of nan; it is at least 0 and finite"),
        ])
    func parameters(_ loss: Loss, _ text: String) {
        let error = fault { _ = try Self.training(loss) }
        #expect(error == "node 'loss' (BinaryCrossEntropy): \(text)")
    }
}
