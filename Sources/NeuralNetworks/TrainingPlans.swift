internal import Kernels
internal import Synchronization

/// The plans of a training step, by batch size; the last two are kept.
final class TrainingPlans: Sendable {
    private struct Content: @unchecked Sendable {  // guarded by the mutex; one training steps at a time
        var graph = Graph()
        var sessions: [(types: [TensorType], session: Session)] = []
    }
    private let content = Mutex(Content())
    private let kernels: KernelSet
    private let pool: ThreadPool

    init(_ options: Training.Options) throws {
        guard (1...256).contains(options.threads) else { throw GraphError(fault: "\(options.threads) threads; 1 to 256 are possible") }
        kernels = try KernelSet(try options.instructionSet ?? InstructionSet.preferred())
        pool = ThreadPool(threadCount: options.threads)
    }

    /// The graph of a step.
    var graph: Graph {
        get { content.withLock { $0.graph } }
        set { content.withLock { $0.graph = newValue } }
    }

    /// The types of the states by name.
    var stateTypes: [String: TensorType] {
        let graph = graph
        return Dictionary(uniqueKeysWithValues: graph.states.map { (graph[$0].name, graph.type(of: $0)) })
    }

    /// A session for batches of these types.
    func session(input: TensorType, targets: TensorType, states: [String: Storage]) throws(GraphError) -> Session {
        let known = content.withLock { $0.sessions.first { $0.types == [input, targets] }.map { Holder(session: $0.session) } }
        if let known { return known.session }
        let bound = try graph.bound(to: [
            "input": input, "targets": targets, "position": TensorType(.i64, [2]), "rate": TensorType(.f32, []),
            "step": TensorType(.i64, []),
        ])
        let plan = try Plan(try bound.applying(Pass.training), kernels: kernels, weights: WeightCache(), states: states)
        let holder = Holder(session: Session(plan, pool: pool))
        content.withLock {
            $0.sessions.append(([input, targets], holder.session))
            if $0.sessions.count > 2 { $0.sessions.removeFirst() }
        }
        return holder.session
    }

    /// Takes a session out of the lock.
    private struct Holder: @unchecked Sendable {  // one training steps at a time
        let session: Session
    }
}
