public import Engine
internal import NeuralNetworks

/// Times a model, call by call, on one input of fixed random numbers.
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
    /// Of one call.
    public let multiplyAdds: Int

    /// Plans a model, or a step of its training: the mean of squares of its first output, stochastic gradient descent at a rate of 1e-4.
    ///
    /// - Parameters:
    ///   - batch: the size of each input's first dimension, where that is symbolic; other symbolic dimensions are 1.
    ///   - isTraining: whether normalisations take the batch's statistics and weights change.
    /// - Throws: `GraphError`, also where an operator has no gradient; `ShapeError` where no memory holds such a batch.
    public init(_ graph: Graph, batch: Int, options: Model.Options, isTraining: Bool) throws {
        var types: [String: TensorType] = [:]
        for input in graph.inputs {
            let type = graph.type(of: input.value)
            var shape = Array(type.shape)
            if case .symbol = input.dimensions.first { shape[0] = batch }
            types[graph[input.value].name] = TensorType(type.elementType, try Shape(checking: shape))
        }
        let prepared = try graph.bound(to: types)
        session =
            isTraining
            ? try Session(descending: prepared, options: options)
            : try Model(graph, options: options).session(for: types)
        multiplyAdds = prepared.multiplyAdds
        var random = RandomStream(seed: 1, name: "benchmark")
        inputs = session.plan.inputs.map { input in
            guard input.type.elementType == .f32 else { return Tensor(zeros: input.type.shape, input.type.elementType) }
            let values = (0..<input.type.shape.elementCount).map { _ in random.uniform(-1.7, 1.7) }
            return Tensor(values, shape: input.type.shape)
        }
        for _ in 0..<3 { call() }
    }

    /// One call, from given tensors to finished outputs.
    private func call() {
        for (index, input) in inputs.enumerated() { session.set(index, to: input) }
        session.run()
    }

    /// Bytes of the arena and the workers' scratch.
    public var byteCount: Int { session.byteCount }

    /// Calls the model over and over for some seconds, at least once.
    public func round(seconds: Double) -> Round {
        let clock = ContinuousClock()
        let end = clock.now + .seconds(seconds)
        var times: [Double] = []
        repeat {
            let start = clock.now
            call()
            let (whole, parts) = (clock.now - start).components
            times.append(Double(whole) * 1e6 + Double(parts) * 1e-12)
        } while clock.now < end
        times.sort()
        return Round(runs: times.count, minimumMicroseconds: times[0], medianMicroseconds: times[times.count / 2])
    }
}
