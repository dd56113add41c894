internal import Kernels
internal import Synchronization

/// A network ready to run; safe to share between threads.
///
/// A plan is made for each combination of input shapes, and the latest eight are kept. Packed weights are shared by all of them. Threads that
/// run the model at once each get a workspace of their own.
///
/// ```swift
/// let model = try Model(contentsOf: "digits.onnx")
/// let scores = try model.run(["input": image])["output"]
/// ```
public final class Model: Sendable {
    /// How a model is run.
    public struct Options: Sendable {
        /// Threads that share the work of one run; 1 or more.
        public var threads: Int
        /// Whose kernels are used; nil for `ENGRAM_ISA`, or the best of the processor.
        public var instructionSet: InstructionSet?
        /// What the weights are kept as, as `Graph.keepingWeights` does it; nil for what they are in the graph.
        public var weights: ElementType?

        /// All processors and their best instructions, unless said otherwise.
        public init(
            threads: Int = Options.processorCount, instructionSet: InstructionSet? = nil, weights: ElementType? = nil
        ) {
            self.threads = threads
            self.instructionSet = instructionSet
            self.weights = weights
        }

        /// Processors that this process may run on.
        public static var processorCount: Int { ThreadPool.processorCount }
    }

    /// Plans that are kept.
    package static let planLimit = 8

    /// As it was given, before the passes; of what lies in a file, convolutions' weights stay there.
    public let graph: Graph
    /// Whose kernels are used.
    public let instructionSet: InstructionSet
    /// The graph after what is done once for all plans.
    private let prepared: Graph
    private let kernels: KernelSet
    private let pool: ThreadPool
    private let weights = WeightCache()

    /// A plan and the sessions on it that nobody uses at the moment.
    private final class Entry: Sendable {
        let plan: Plan
        let idle = Mutex<[Idle]>([])
        init(_ plan: Plan) { self.plan = plan }
    }
    /// A session between two runs.
    private struct Idle: @unchecked Sendable {  // one owner at a time: who took it from the list under its lock
        let session: Session
    }
    private let plans = Mutex<[(types: [TensorType], entry: Entry)]>([])

    /// - Throws: `GraphError` where the graph has no output, or has states, or the wanted instructions are not to be had.
    public init(_ graph: Graph, options: Options = Options()) throws(GraphError) {
        let graph = try graph.loaded(butPacked: true)
        self.graph = graph
        guard !graph.outputs.isEmpty else { throw GraphError(fault: "the model has no output") }
        if let state = graph.states.first {
            throw GraphError(
                fault: "'\(graph.label(of: state))' changes from run to run; a model has constants instead")
        }
        guard (1...256).contains(options.threads) else {
            throw GraphError(fault: "\(options.threads) threads; 1 to 256 are possible")
        }
        do {
            instructionSet = try options.instructionSet ?? InstructionSet.preferred()
            kernels = try KernelSet(instructionSet)
        } catch let error as InstructionSetError {
            throw GraphError(fault: error.description)
        } catch {
            throw GraphError(fault: "\(error)")
        }
        pool = ThreadPool(threadCount: options.threads)
        let kept = if let type = options.weights { try graph.keepingWeights(as: type) } else { graph }
        prepared = try kept.applying(Pass.beforeBinding)
    }

    /// What an application keeps with the model.
    public var metadata: [String: String] { graph.metadata }

    /// Runs the network.
    ///
    /// - Parameter inputs: a tensor for each of the graph's inputs, by name.
    /// - Returns: the graph's outputs, by name.
    /// - Throws: `GraphError` where an input is missing or does not fit.
    public func run(_ inputs: [String: Tensor]) throws(GraphError) -> [String: Tensor] {
        let entry = try entry(for: inputs.mapValues(\.type))
        let idle = entry.idle.withLock { $0.popLast() } ?? Idle(session: Session(entry.plan, pool: pool))
        let session = idle.session
        for (index, port) in entry.plan.inputs.enumerated() {
            if let tensor = inputs[port.name] { session.set(index, to: tensor) }
        }
        session.run()
        var outputs: [String: Tensor] = [:]
        for (index, port) in entry.plan.outputs.enumerated() { outputs[port.name] = session.output(index) }
        entry.idle.withLock { $0.append(idle) }
        return outputs
    }

    /// The plan for inputs of these types.
    package func plan(for types: [String: TensorType]) throws(GraphError) -> Plan { try entry(for: types).plan }

    /// A session of its own on the plan for inputs of these types.
    package func session(for types: [String: TensorType]) throws(GraphError) -> Session {
        Session(try plan(for: types), pool: pool)
    }

    /// Bytes of packed weights.
    package var packedByteCount: Int { weights.byteCount }

    private func entry(for types: [String: TensorType]) throws(GraphError) -> Entry {
        let key = graph.inputs.compactMap { types[graph[$0.value].name] }
        if key.count == graph.inputs.count, types.count == key.count {
            let known = plans.withLock { plans -> Entry? in
                guard let place = plans.lastIndex(where: { $0.types == key }) else { return nil }
                let found = plans.remove(at: place)
                plans.append(found)
                return found.entry
            }
            if let known { return known }
        }
        let bound = try prepared.bound(to: types).applying(Pass.inference)
        let entry = Entry(try plan(bound, for: types))
        plans.withLock { plans in
            plans.append((key, entry))
            if plans.count > Self.planLimit { plans.removeFirst() }
        }
        return entry
    }

    /// A plan for the whole batch, or for blocks of it where that spares the way to memory and back between steps.
    private func plan(_ bound: Graph, for types: [String: TensorType]) throws(GraphError) -> Plan {
        let whole = try Plan(bound, kernels: kernels, weights: weights)
        guard let blocks = BatchBlocks(bound, arenaBytes: whole.arenaBytes) else { return whole }
        // What a smaller batch is refused for says nothing about this one.
        guard let small = try? prepared.bound(to: blocks.types(types)).applying(Pass.inference),
            bound.keepsRowsApart(with: small, rows: blocks.rows, of: blocks.batch),
            let block = try? Plan(small, kernels: kernels, weights: weights)
        else { return whole }
        return Plan(bound, batch: blocks.batch, of: blocks.rows, through: block)
    }
}
