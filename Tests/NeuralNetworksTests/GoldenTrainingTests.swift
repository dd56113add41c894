import Engine
import ModelFiles
import NeuralNetworks
import Testing

/// Ten steps as PyTorch takes them in double precision (tools/goldens/training.py).
@Suite struct GoldenTrainingTests {
    private static let network = Sequential {
        Convolution(channels: 6, kernel: 3, padding: .same, hasBias: false)
        BatchNormalization()
        Activation(.relu)
        Residual {
            Convolution(channels: 6, kernel: 3, padding: .same, hasBias: false)
            BatchNormalization()
            Activation(.relu)
            Convolution(channels: 6, kernel: 3, padding: .same, hasBias: false)
            BatchNormalization()
        }
        Activation(.relu)
        MaxPooling(2)
        Flatten()
        Dense(5)
    }

    @Test("losses, weights and statistics are PyTorch's", arguments: InstructionSet.available)
    func steps(_ instructionSet: InstructionSet) throws {
        let folder = #filePath.split(separator: "/").dropLast().joined(separator: "/")
        let golden = try Safetensors(contentsOf: "/\(folder)/Goldens/training.safetensors").tensors
        let data = GoldenBatches(inputs: try #require(golden["inputs"]), targets: try #require(golden["targets"]))
        var training = try Training(
            Self.network, input: [2, 8, 8], loss: .softmaxCrossEntropy(labelSmoothing: 0.1),
            optimizer: .adamW(weightDecay: 0.05),
            schedule: .cosine(peak: 0.01, warmUp: 3, steps: 12),
            options: .init(gradientLimit: 1, threads: 1, instructionSet: instructionSet))
        var state = training.state
        func tensors(_ prefix: String) -> [String: Tensor] {
            Dictionary(
                uniqueKeysWithValues: golden.compactMap { name, tensor in
                    name.hasPrefix(prefix) ? (String(name.dropFirst(prefix.count)), tensor) : nil
                })
        }
        state.tensors.merge(tensors("initial.")) { $1 }
        try training.restore(state)
        let losses = try #require(golden["losses"]).floats
        for (step, expected) in losses.enumerated() {
            let loss = try training.epoch(over: data, batchSize: 8).loss
            // PyTorch in single precision is within 3e-7 here; sums in another order, ten steps long.
            #expect(abs(loss - Double(expected)) < 5e-6, "step \(step)")
        }
        let final = tensors("final.")
        #expect(final.count == 17)
        for (name, expected) in final.sorted(by: { $0.key < $1.key }) {
            let got = try #require(training.state.tensors[name])
            #expect(got.shape == expected.shape)
            let difference = zip(got.floats, expected.floats).map { abs($0 - $1) }.max() ?? .infinity
            #expect(difference < 1e-5, "\(name)")
        }
    }
}
