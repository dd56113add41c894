import Engine
import NeuralNetworks
import Testing

@Suite struct RestoringTests {
    private static let digits = Result { try Digits.dataset(count: 52, seed: 1) }
    /// Five steps an epoch.
    private static let batchSize = 10
    private static let epochs = 2

    private func finish(_ training: inout Training) throws -> [Training.Epoch] {
        let digits = try Self.digits.get()
        var epochs: [Training.Epoch] = []
        while training.epoch < Self.epochs {
            epochs.append(try training.epoch(over: digits, batchSize: Self.batchSize))
        }
        return epochs
    }

    @Test("a training that was stopped after any step ends with the same bits", arguments: 0...10)
    func stopped(after steps: Int) throws {
        var unbroken = try Networks.training()
        let wholeEpochs = try finish(&unbroken)
        #expect(unbroken.step == 10)

        var first = try Networks.training()
        let digits = try Self.digits.get()
        while first.step < steps {
            try first.epoch(over: digits, batchSize: Self.batchSize) { $0.step < steps }
        }
        #expect(first.step == steps)
        #expect(first.epoch == steps / 5)
        #expect(first.current.steps == steps % 5)
        let state = first.state
        // What goes on in the first does not change the copy of its state.
        _ = try finish(&first)

        var second = try Networks.training(threads: 2)
        try second.restore(state)
        #expect(second.state.tensors == state.tensors)
        #expect(second.state.counters == state.counters)
        let epochs = try finish(&second)
        #expect(epochs == Array(wholeEpochs.suffix(epochs.count)))
        #expect(second.state.tensors == unbroken.state.tensors)
        #expect(second.state.counters == unbroken.state.counters)
        #expect(first.state.tensors == unbroken.state.tensors)
    }

    @Test("a training goes back to a state of its own") func back() throws {
        var training = try Networks.training()
        let digits = try Self.digits.get()
        try training.epoch(over: digits, batchSize: Self.batchSize) { $0.step < 3 }
        let state = training.state
        _ = try finish(&training)
        let end = training.state
        try training.restore(state)
        _ = try finish(&training)
        #expect(training.state.tensors == end.tensors)
    }

    /// A change to a state, and why it is refused then.
    struct Damage: CustomTestStringConvertible, Sendable {
        var text: String
        var change: @Sendable (inout Training.State) -> Void
        var testDescription: String { text }

        init(_ text: String, _ change: @escaping @Sendable (inout Training.State) -> Void) {
            self.text = text
            self.change = change
        }
    }

    @Test(
        "a state that does not fit is refused and changes nothing",
        arguments: [
            Damage("the state is of seed 9 where the training has 1") { $0.counters.seed = 9 },
            Damage("the state has no 'dense_1.bias'") { $0.tensors["dense_1.bias"] = nil },
            Damage("the state has no 'dense_1.bias.first_moment'") { $0.tensors["dense_1.bias.first_moment"] = nil },
            Damage("the state's 'dense_1.bias' is f32[11] where the network has f32[10]") {
                $0.tensors["dense_1.bias"] = Tensor(zeros: [11])
            },
            Damage("the state's 'dense_1.bias' is i32[10] where the network has f32[10]") {
                $0.tensors["dense_1.bias"] = Tensor(zeros: [10], .i32)
            },
            Damage("the network has no 'dense_2.bias' as the state does") {
                $0.tensors["dense_2.bias"] = Tensor(zeros: [10])
            },
            Damage("the state is at step -1, 0 steps into epoch 0") { $0.counters.step = -1 },
            Damage("the state is at step 0, 0 steps into epoch -2") { $0.counters.epoch = -2 },
            Damage("the state is at step 0, -3 steps into epoch 0") { $0.counters.current.steps = -3 },
        ])
    func refusal(_ damage: Damage) throws {
        var state = try Networks.training().state
        damage.change(&state)
        var training = try Networks.training()
        try training.epoch(over: try Self.digits.get(), batchSize: Self.batchSize) { $0.step < 2 }
        let before = training.state
        #expect(fault { try training.restore(state) } == damage.text)
        #expect(training.state.tensors == before.tensors)
        #expect(training.state.counters == before.counters)
    }
}
