public import Engine
internal import ModelFiles
internal import NeuralNetworks

/// Times a model, call by call, on the same numbers: given ones, or fixed random ones.
public struct ModelBenchmark {
    /// What a round of calls took.
    public struct Round: Sendable {
        /// Calls made.
        public let runs: Int
        /// Of the fastest call.
        public let minimumMicroseconds: Double
        /// Of the call in the middle.
        public let medianMicroseconds: Double
    }

    private let session: Session
    private let inputs: [Tensor]
    /// How long it took to a plan that can run, from the file or from a graph.
    public private(set) var loading: Duration
    /// The size of the first dimension.
    public let batch: Int
    /// Of one call; a training step counts thrice, since each product has two gradients.
    public let multiplyAdds: Int

    /// Plans the model of a file.
    ///
    /// - Throws: `ModelFileError` that names the file, what is wrong, and what can be done.
    public init(
        contentsOf path: String, batch: Int, inputs: [ModelRun.Input] = [], options: Model.Options, isTraining: Bool,
        precision: ProductPrecision = .f32
    ) throws {
        let given = Dictionary(try ModelRun.tensors(of: inputs).map { ($0.name, $0.tensor) }) { first, _ in first }
        let clock = ContinuousClock(), start = clock.now
        let graph = try isTraining ? Graph(contentsOfONNX: path) : Graph(openingONNX: path)
        let reading = clock.now - start
        do {
            try self.init(
                graph, batch: batch, inputs: given, options: options, isTraining: isTraining, precision: precision)
        } catch {
            let canRun =
                isTraining && (try? Model(graph, options: options).plan(for: graph.inputTypes(batch: batch))) != nil
            throw ModelFileError(
                path, "\(error)", remedy: canRun ? "without --train a call of it can be timed" : nil)
        }
        loading += reading
    }

    /// Plans a model, or a step of its training: the mean of squares of its first output, stochastic gradient descent at a rate of 1e-4.
    ///
    /// - Parameters:
    ///   - batch: the size of each input's first dimension, where that is symbolic and no input is given; other symbolic dimensions are 1.
    ///   - inputs: by name; the others are random.
    ///   - isTraining: whether normalisations take the batch's statistics and weights change.
    ///   - precision: what a training's products may round their factors to.
    /// - Throws: `GraphError`, also where an operator has no gradient; `ShapeError` where no memory holds such a batch.
    public init(
        _ graph: Graph, batch: Int, inputs given: [String: Tensor] = [:], options: Model.Options, isTraining: Bool,
        precision: ProductPrecision = .f32
    ) throws {
        let clock = ContinuousClock(), start = clock.now
        let first = graph.inputs.lazy.compactMap { given[graph[$0.value].name] }.first
        self.batch = first.map { $0.type.shape.first ?? 1 } ?? batch
        let types = try graph.inputTypes(batch: self.batch).merging(given.mapValues(\.type)) { _, given in given }
        let prepared = try graph.bound(to: types)
        session =
            isTraining
            ? try Session(descending: prepared, options: options, precision: precision)
            : try Model(graph, options: options).session(for: types)
        loading = clock.now - start
        let (products, overflow) = prepared.multiplyAdds.multipliedReportingOverflow(by: isTraining ? 3 : 1)
        multiplyAdds = overflow ? .max : products
        var random = RandomStream(seed: 1, name: "benchmark")
        inputs = session.plan.inputs.map { given[$0.name] ?? random.tensor(of: $0.type) }
        for _ in 0..<3 { call() }
    }

    /// One call, from given tensors to finished outputs.
    private func call() {
        for (index, input) in inputs.enumerated() { session.set(index, to: input) }
        session.run()
    }

    /// Bytes of the arena and the workers' scratch.
    public var byteCount: Int { session.byteCount }

    /// The multiply-adds a second that this machine reaches at most, measured now.
    ///
    /// - Throws: `InstructionSetError` where the processor lacks the wanted instructions.
    public static func machinePeak(options: Model.Options) throws -> Double {
        try MachinePeak.multiplyAddsPerSecond(options: options)
    }

    /// The most bytes of memory that this process has had so far, everything included; nil where the system does not say.
    public static var peakMemory: Int? { processMemory("VmHWM") }

    /// The bytes of memory that this process has now, everything included; nil where the system does not say.
    public static var residentMemory: Int? { processMemory("VmRSS") }

    private static func processMemory(_ field: String) -> Int? {
        guard let bytes = try? FileBytes.read("/proc/self/status", limit: 1 << 16) else { return nil }
        let line = String(decoding: bytes, as: UTF8.self).split(separator: "\n").first { $0.hasPrefix("\(field):") }
        return line?.split(whereSeparator: \.isWhitespace).dropFirst().first.flatMap { Int($0) }.map { $0 << 10 }
    }

    /// Calls the model over and over for some seconds, at least once.
    public func round(seconds: Double) -> Round {
        let clock = ContinuousClock()
        let end = clock.now + .seconds(seconds)
        var times: [Double] = []
        repeat {
            let start = clock.now
            call()
            times.append((clock.now - start).microseconds)
        } while clock.now < end
        times.sort()
        return Round(runs: times.count, minimumMicroseconds: times[0], medianMicroseconds: times[times.count / 2])
    }
}

extension Duration {
    /// The whole of it.
    public var microseconds: Double { Double(components.seconds) * 1e6 + Double(components.attoseconds) * 1e-12 }
}
