import AllocationCounter
import Engine
import Kernels
import NeuralNetworks
import Testing

@Suite struct AllocationTests {
    @Test(
        "a training step allocates nothing after the first", .enabled(if: engram_counts_allocations()),
        arguments: InstructionSet.available)
    func step(_ instructionSet: InstructionSet) throws {
        for optimizer in [Optimizer.adamW(weightDecay: 1e-2), .sgd()] {
            let step = try TrainingStep(
                Networks.small, input: TensorType(.f32, [1, 8, 8]), loss: .softmaxCrossEntropy(labelSmoothing: 0.1),
                optimizer: optimizer,
                seed: 1,
                options: .init(gradientLimit: 1, averaging: 0.99))
            let graph = try step.graph(batchSize: 8)
            let states = Dictionary(
                uniqueKeysWithValues: graph.states.map { state in
                    (graph[state].name, Storage(copying: graph.initialState(state)?.storage ?? Storage(byteCount: 0)))
                })
            let plan = try Plan(graph, kernels: KernelSet(instructionSet), weights: WeightCache(), states: states)
            let session = Session(plan, pool: ThreadPool(threadCount: 1))
            let digits = try Digits.dataset(count: 8, seed: 1)
            let batch = digits.batch(Array(0..<8), epoch: nil, seed: 0)
            session.set(TrainingStep.Input.examples.rawValue, to: batch.inputs)
            session.set(TrainingStep.Input.targets.rawValue, to: batch.targets)
            session.set(TrainingStep.Input.position.rawValue, to: Tensor([1, 1] as [Int64], shape: [2]))
            session.set(TrainingStep.Input.rate.rawValue, to: Tensor(0.01))
            session.set(TrainingStep.Input.step.rawValue, to: Tensor([1] as [Int64], shape: []))
            session.run()
            let before = engram_thread_allocations()
            for _ in 0..<3 { session.run() }
            let after = engram_thread_allocations()
            #expect(after == before, "\(optimizer): \(after - before) allocations")
        }
    }
}
