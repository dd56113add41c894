internal import Kernels

/// A network that learns: its weights, their optimizer's moments, and where in its data it is.
///
/// ```swift
/// var training = try Training(
///     network, input: [1, 28, 28], loss: .softmaxCrossEntropy, optimizer: .adamW(weightDecay: 1e-4),
///     schedule: .cosine(peak: 3e-3, warmUp: 100, steps: 2_000), seed: 1)
/// for _ in 1...5 {
///     let epoch = try training.epoch(over: digits, batchSize: 64)
///     print("loss \(epoch.loss), accuracy \(try training.evaluate(heldOut).accuracy)")
/// }
/// ```
///
/// Answers yes or no, and numbers, are learned alike, from targets that are floats:
///
/// ```swift
/// let cards = try TensorDataset(inputs: features, targets: isFraud)      // f32 [N, 30] and [N]
/// var training = try Training(
///     network, input: [30], loss: .binaryCrossEntropy(positiveWeight: 20), optimizer: .adamW(),
///     schedule: .constant(rate: 1e-3))
/// ```
///
/// The same seed and data give the same bits, with any number of threads, and also where the training was stopped after any step and
/// restored from its `state`.
public struct Training: ~Copyable, Sendable {
    /// What may be left as it is.
    public struct Options: Sendable {
        /// The largest norm that all gradients together may have; nil for no limit (Pascanu et al. 2013).
        public var gradientLimit: Float?
        /// The share that a moving average of the weights keeps at each step, for evaluation and the finished model; nil for the weights themselves.
        public var averaging: Float?
        /// Sequences side by side whose state recurrent layers that carry it take from batch to batch; each batch has so many. nil: each
        /// example begins anew.
        public var streams: Int?
        /// Whether examples are sequences of lengths of their own, which the data set gives.
        public var hasLengths: Bool
        /// What the factors of matrix products are rounded to, where the processor multiplies them faster so; weights, sums and moments stay
        /// float32 (Micikevicius et al. 2018, arXiv 1710.03740).
        public var precision: ProductPrecision
        /// Threads that share the work of a step; 1 to 256.
        public var threads: Int
        /// Whose kernels are used; nil for `ENGRAM_ISA`, or the best of the processor.
        public var instructionSet: InstructionSet?

        /// Neither limit nor average, on all processors, unless said otherwise.
        public init(
            gradientLimit: Float? = nil, averaging: Float? = nil, streams: Int? = nil, hasLengths: Bool = false,
            precision: ProductPrecision = .f32, threads: Int = Model.Options.processorCount,
            instructionSet: InstructionSet? = nil
        ) {
            self.gradientLimit = gradientLimit
            self.averaging = averaging
            self.streams = streams
            self.hasLengths = hasLengths
            self.precision = precision
            self.threads = threads
            self.instructionSet = instructionSet
        }
    }

    /// What an epoch, or a part of it, gave.
    public struct Epoch: Hashable, Sendable, Codable {
        /// Steps taken of it.
        public var steps = 0
        /// Examples seen in them.
        public var examples = 0
        /// Sums over the examples.
        var lossSum = 0.0
        var correct: Double? = 0
        /// The mean loss.
        public var loss: Double { lossSum / Double(max(examples, 1)) }
        /// The share of examples that were right, as the weights were when they were seen: whose class was the most likely one, whose yes or no was
        /// the likelier. NaN where there is no right and wrong.
        public var accuracy: Double { correct.map { $0 / Double(max(examples, 1)) } ?? .nan }
    }

    /// What learns.
    public let network: any Layer
    /// An example's shape.
    public let input: Shape
    /// What an example's elements are.
    public let elementType: ElementType
    /// What is made small.
    public let loss: Loss
    /// How gradients change the weights.
    public let optimizer: Optimizer
    /// The learning rate by step.
    public let schedule: Schedule
    /// What decides weights, order and dropouts.
    public let seed: UInt64
    /// As they were given.
    public let options: Options
    /// Steps taken in all.
    public private(set) var step = 0
    /// Epochs finished.
    public private(set) var epoch = 0
    /// The epoch at hand as far as it is done; empty between two epochs.
    public private(set) var current = Epoch()

    private let states: [String: Storage]
    private let stateTypes: [String: TensorType]
    private let plans: TrainingPlans

    /// Makes the network with weights that the seed decides.
    ///
    /// - Parameters:
    ///   - network: what learns.
    ///   - input: an example's shape, without the batch.
    ///   - elementType: what an example's elements are: i64 for numbers of a vocabulary.
    ///   - loss: what is made small.
    ///   - optimizer: how gradients change the weights.
    ///   - schedule: the learning rate by step.
    ///   - seed: what decides weights, order and dropouts.
    ///   - options: what may be left as it is.
    /// - Throws: `GraphError` where a layer cannot take what comes before it, or the loss cannot take the network's output.
    public init(
        _ network: some Layer, input: Shape, of elementType: ElementType = .f32, loss: Loss, optimizer: Optimizer,
        schedule: Schedule, seed: UInt64 = 1, options: Options = Options()
    ) throws {
        guard options.streams ?? 1 >= 1 else {
            throw GraphError(fault: "\(options.streams ?? 0) streams; there must be at least 1")
        }
        let step = try TrainingStep(
            network, input: TensorType(elementType, input), loss: loss, optimizer: optimizer, seed: seed,
            options: options)
        let graph = try step.graph(batchSize: options.streams ?? 1)
        var states: [String: Storage] = [:]
        for state in graph.states {
            if let initial = graph.initialState(state) { states[graph[state].name] = Storage(copying: initial.storage) }
        }
        plans = try TrainingPlans(step, options, states: states)
        self.states = states
        stateTypes = Dictionary(uniqueKeysWithValues: graph.states.map { (graph[$0].name, graph.type(of: $0)) })
        self.network = network
        self.input = input
        self.elementType = elementType
        self.loss = loss
        self.optimizer = optimizer
        self.schedule = schedule
        self.seed = seed
        self.options = options
    }

    // MARK: Learning

    /// Learns from each example of a data set once, in an order that seed and epoch decide.
    ///
    /// Examples that fill no batch at the epoch's end are left out of it, unless there are fewer than one batch in all. An epoch that was
    /// restored in its middle is gone on with.
    ///
    /// - Parameters:
    ///   - dataset: the examples.
    ///   - batchSize: examples a step.
    ///   - onStep: called after each step; false stops the epoch there, whole, to be gone on with.
    /// - Throws: what the data set throws; `GraphError` where its examples do not fit the network.
    @discardableResult
    public mutating func epoch(
        over dataset: some Dataset, batchSize: Int, onStep: (borrowing Training) throws -> Bool = { _ in true }
    ) throws -> Epoch {
        guard batchSize >= 1, dataset.count >= 1 else {
            throw GraphError(fault: "batches of \(batchSize) of \(dataset.count) examples; both must be at least 1")
        }
        let order =
            dataset.isSequential
            ? Array(0..<dataset.count) : BatchOrder.shuffled(count: dataset.count, seed: seed, epoch: epoch)
        let size = min(batchSize, dataset.count)
        let batches = (0..<dataset.count / size).map { Array(order[$0 * size..<($0 + 1) * size]) }
        let preparation = Preparation(
            Array(batches.dropFirst(current.steps)), of: dataset, epoch: epoch, seed: seed)
        defer { preparation.cancel() }
        while current.steps < batches.count, let batch = try preparation.next() {
            try take(batch)
            if current.steps < batches.count, try !onStep(self) { return current }
        }
        let finished = current
        current = Epoch()
        epoch += 1
        _ = try onStep(self)
        return finished
    }

    /// Steps of an epoch over so many examples.
    public static func steps(examples: Int, batchSize: Int) -> Int {
        max(1, examples / max(1, min(batchSize, examples)))
    }

    private mutating func take(_ batch: Batch) throws {
        let size = batch.targets.shape.first ?? 0
        guard batch.inputs.type == TensorType(elementType, Shape([size] + Array(input))) else {
            throw GraphError(
                fault: "a batch of \(batch.inputs.type) for \(size) targets where an example has shape \(input)")
        }
        guard size == options.streams ?? size, batch.continues?.count ?? size == size else {
            throw GraphError(
                fault: "a batch of \(size) examples where \(options.streams ?? size) streams go on side by side")
        }
        let lengths = try batch.lengthsTensor()
        let session = try plans.session(batchSize: size)
        let targets = try batch.targets(
            of: loss, for: session.plan.outputs[TrainingStep.Output.outputs.rawValue].type.shape)
        step += 1
        session.set(TrainingStep.Input.examples.rawValue, to: batch.inputs)
        session.set(TrainingStep.Input.targets.rawValue, to: targets)
        session.set(
            TrainingStep.Input.position.rawValue, to: Tensor([Int64(bitPattern: seed), Int64(step)], shape: [2]))
        session.set(TrainingStep.Input.rate.rawValue, to: Tensor(schedule.rate(at: step - 1)))
        session.set(TrainingStep.Input.step.rawValue, to: Tensor([Int64(step)], shape: []))
        session.set(TrainingStep.Input.lengths.rawValue, to: lengths)
        let continues = batch.continues ?? Array(repeating: false, count: size)
        session.set(
            TrainingStep.Input.continues.rawValue, to: Tensor(continues.map { $0 ? 1 : 0 as Float }, shape: [size, 1]))
        session.run()
        current.steps += 1
        let counted = loss.counted(targets)
        current.examples += counted
        current.lossSum += Double(session.output(TrainingStep.Output.loss.rawValue).floats[0]) * Double(counted)
        current.correct = loss.right(session.output(TrainingStep.Output.outputs.rawValue), targets).map {
            (current.correct ?? 0) + $0
        }
    }

    // MARK: The result

    /// The network with the weights as they are, or their moving average: a graph for inference.
    ///
    /// With streams or lengths the first dimension of an example, the steps, may have any size; with lengths the graph has a further input `lengths`,
    /// i32 `[batch]`; for each state that goes on it has an input and an output.
    ///
    /// - Parameters:
    ///   - metadata: what the model's file says besides.
    ///   - outputName: what the output is called.
    public func graph(metadata: [String: String] = [:], outputName: String = "output") throws(GraphError) -> Graph {
        let suffix = options.averaging == nil ? "" : ".average"
        var weights: [String: Tensor] = [:]
        for (name, tensor) in state.tensors {
            if name.hasSuffix(suffix) { weights[String(name.dropLast(suffix.count))] = tensor }
        }
        var graph = Graph()
        var dimensions = [.symbol("batch")] + input.map { Dimension.fixed($0) }
        if options.streams != nil || options.hasLengths, input.rank > 0 { dimensions[1] = .symbol("steps") }
        let x = graph.addInput("input", elementType, dimensions: dimensions)
        let lengths = options.hasLengths ? graph.addInput("lengths", .i32, dimensions: ["batch"]) : nil
        var builder = NetworkBuilder(graph, mode: .inference(weights: weights))
        builder.lengths = lengths
        let y = try network.append(to: &builder, x)
        graph = builder.graph
        graph.addOutput(outputName, y)
        for output in builder.sideOutputs { graph.addOutput(output.name, output.value) }
        for carried in builder.carriedStates { graph.addOutput("\(carried.name).next", carried.end) }
        graph.metadata = metadata
        return graph
    }

    /// The network with the weights as they are, or their moving average, ready to run.
    public func model(metadata: [String: String] = [:]) throws(GraphError) -> Model {
        try Model(
            graph(metadata: metadata),
            options: Model.Options(threads: options.threads, instructionSet: options.instructionSet))
    }

    /// Judges the network on a data set, whose examples are taken as they are.
    public func evaluate(_ dataset: some Dataset, batchSize: Int = 64) throws -> Evaluation {
        try Evaluation(of: model(), on: dataset, loss: loss, batchSize: batchSize)
    }

    // MARK: Stopping and going on

    /// All that a training needs to go on as if it had never stopped.
    public struct State: Sendable {
        /// Weights, statistics, moments, averages, by name.
        public var tensors: [String: Tensor]
        /// Where in its data the training is.
        public var counters: Counters

        /// Where in its data a training is.
        public struct Counters: Hashable, Sendable, Codable {
            /// Of the training.
            public var seed: UInt64
            /// Steps taken in all.
            public var step: Int
            /// Epochs finished.
            public var epoch: Int
            /// The epoch at hand as far as it is done.
            public var current: Epoch
        }

        /// A state put together again.
        public init(tensors: [String: Tensor], counters: Counters) {
            self.tensors = tensors
            self.counters = counters
        }
    }

    /// A copy of the state after the last step.
    public var state: State {
        var tensors: [String: Tensor] = [:]
        for (name, type) in stateTypes {
            if let storage = states[name] { tensors[name] = Tensor(type, storage: Storage(copying: storage)) }
        }
        return State(tensors: tensors, counters: State.Counters(seed: seed, step: step, epoch: epoch, current: current))
    }

    /// Goes back, or on, to a state.
    ///
    /// - Throws: `GraphError` where it is of another network or another seed; nothing is changed then.
    public mutating func restore(_ state: State) throws(GraphError) {
        guard state.counters.seed == seed else {
            throw GraphError(fault: "the state is of seed \(state.counters.seed) where the training has \(seed)")
        }
        let counters = state.counters
        guard counters.step >= 0, counters.epoch >= 0, counters.current.steps >= 0 else {
            let place = "step \(counters.step), \(counters.current.steps) steps into epoch \(counters.epoch)"
            throw GraphError(fault: "the state is at \(place)")
        }
        for (name, type) in stateTypes.sorted(by: { $0.key < $1.key }) {
            guard let tensor = state.tensors[name] else { throw GraphError(fault: "the state has no '\(name)'") }
            guard tensor.type == type else {
                throw GraphError(fault: "the state's '\(name)' is \(tensor.type) where the network has \(type)")
            }
        }
        for name in state.tensors.keys.sorted() where stateTypes[name] == nil {
            throw GraphError(fault: "the network has no '\(name)' as the state does")
        }
        for (name, storage) in states {
            if let tensor = state.tensors[name] {
                storage.copy(from: tensor.storage, at: 0, to: 0, byteCount: storage.byteCount)
            }
        }
        step = counters.step
        epoch = counters.epoch
        current = counters.current
    }
}
