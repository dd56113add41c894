internal import Kernels
internal import Synchronization

/// The plans of a training step, by batch size; the last two are kept.
final class TrainingPlans: Sendable {
    /// A session that leaves the lock.
    private struct Prepared: @unchecked Sendable {  // one training steps at a time
        let batchSize: Int
        let session: Session
    }
    private let prepared = Mutex<[Prepared]>([])
    private let step: TrainingStep
    private let states: [String: Storage]
    private let kernels: KernelSet
    private let pool: ThreadPool

    init(_ step: TrainingStep, _ options: Training.Options, states: [String: Storage]) throws {
        guard (1...256).contains(options.threads) else {
            throw GraphError(fault: "\(options.threads) threads; 1 to 256 are possible")
        }
        self.step = step
        self.states = states
        kernels = try KernelSet(
            try options.instructionSet ?? InstructionSet.preferred(), precision: options.precision)
        pool = ThreadPool(threadCount: options.threads)
    }

    /// A session for batches of a size.
    func session(batchSize: Int) throws(GraphError) -> Session {
        if let known = prepared.withLock({ $0.first { $0.batchSize == batchSize } }) { return known.session }
        let graph = try step.graph(batchSize: batchSize)
        let plan = try Plan(graph, kernels: kernels, weights: WeightCache(), states: states)
        let made = Prepared(batchSize: batchSize, session: Session(plan, pool: pool))
        prepared.withLock {
            $0.append(made)
            if $0.count > 2 { $0.removeFirst() }
        }
        return made.session
    }
}
