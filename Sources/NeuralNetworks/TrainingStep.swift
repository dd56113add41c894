/// What one step of a training computes: the network, its loss, the gradients, and the updates of all states, as one graph.
package struct TrainingStep: Sendable {
    private let forward: Graph
    private let input: TensorType
    private let targets: TensorType
    private let carried: Set<String>
    private let parameters: [String]
    private let optimizer: Optimizer
    private let options: Training.Options

    /// The inputs of the graph, in order.
    package enum Input: Int, CaseIterable {
        /// `[batch, …]`.
        case examples
        /// i64 `[2]`: the seed and the step.
        case position
        /// f32 `[]`: the learning rate.
        case rate
        /// i64 `[]`, counted from 1.
        case step
        /// i32 `[batch]`: the steps of each sequence.
        case lengths
        /// f32 `[batch, 1]`: 1 where a sequence goes on.
        case continues
        /// As the loss takes them: i64 `[batch]` or `[batch, T]`, or f32 as the outputs.
        case targets
    }

    /// The outputs of the graph, in order.
    package enum Output: Int {
        case loss, outputs
    }

    package init(
        _ network: some Layer, input: TensorType, loss: Loss, optimizer: Optimizer, seed: UInt64,
        options: Training.Options
    ) throws(GraphError) {
        var graph = Graph()
        // The size of a state that goes on is the batch's.
        let batch = options.streams ?? 1
        let x = graph.addInput(
            "input", TensorType(input.elementType, Shape([batch] + Array(input.shape))),
            dimensions: [.symbol("batch")] + input.shape.map { .fixed($0) })
        let position = graph.addInput("position", .i64, dimensions: [2])
        _ = graph.addInput("rate", dimensions: [])
        _ = graph.addInput("step", .i64, dimensions: [])
        let lengths = graph.addInput("lengths", TensorType(.i32, [batch]), dimensions: ["batch"])
        let continues = graph.addInput("continues", TensorType(.f32, [batch, 1]), dimensions: ["batch", 1])
        var builder = NetworkBuilder(graph, mode: .training(seed: seed, position: position))
        if options.hasLengths { builder.lengths = lengths }
        if options.streams != nil { builder.continues = continues }
        let outputs = try network.append(to: &builder, x)
        graph = builder.graph
        targets = loss.targets(for: graph.type(of: outputs).shape)
        let targets = graph.addInput(
            "targets", self.targets,
            dimensions: [.symbol("batch")] + self.targets.shape.dropFirst().map { .fixed($0) })
        graph.addOutput("loss", try loss.append(to: &graph, outputs, targets))
        graph.addOutput("outputs", outputs)
        for statistic in builder.statistics { graph.addUpdate(of: statistic.value, to: statistic.updated) }
        for carried in builder.carriedStates {
            if let begin = carried.begin { graph.addUpdate(of: begin, to: carried.end) }
        }
        carried = Set(builder.carriedStates.map(\.name))
        forward = graph
        self.input = input
        parameters = builder.parameters.map(\.name)
        self.optimizer = optimizer
        self.options = options
    }

    /// The graph for batches of a size, ready to be planned.
    package func graph(batchSize: Int) throws(GraphError) -> Graph {
        var graph = try forward.bound(to: [
            "input": TensorType(input.elementType, Shape([batchSize] + Array(input.shape))),
            "targets": TensorType(targets.elementType, Shape([batchSize] + targets.shape.dropFirst())),
            "position": TensorType(.i64, [2]), "rate": TensorType(.f32, []), "step": TensorType(.i64, []),
            "lengths": TensorType(.i32, [batchSize]),
            "continues": TensorType(.f32, [batchSize, 1]),
        ]).applying(Pass.beforeDifferentiation)
        let statistics = graph.updates
        let states = Dictionary(uniqueKeysWithValues: graph.states.map { (graph[$0].name, $0) })
        let weights = parameters.compactMap { name in states[name].map { (name: name, value: $0) } }
        let gradients = try graph.appendGradients(
            of: graph.outputs[Output.loss.rawValue].value, withRespectTo: weights.map(\.value))
        let known = zip(weights, gradients).compactMap { weight, gradient in gradient.map { (weight, $0) } }
        let rate = graph.inputs[Input.rate.rawValue].value, step = graph.inputs[Input.step.rawValue].value
        var scale: Graph.Value?
        if let limit = options.gradientLimit {
            scale = try graph.append(Operators.ClipScale(limit: limit), known.map(\.1), name: "clip")[0]
        }
        var updated = statistics.filter { !carried.contains(graph[$0.state].name) }.map {
            (name: graph[$0.state].name, value: $0.value)
        }
        for (weight, gradient) in known {
            let value = try optimizer.append(
                to: &graph, weight: weight, gradient: gradient, rate: rate, step: step, scale: scale)
            updated.append((weight.name, value))
        }
        if let decay = options.averaging {
            for (name, value) in updated {
                guard let initial = states[name].flatMap(graph.initialState) else { continue }
                let average = graph.addState(initial, name: "\(name).average")
                let made = try graph.append(
                    Operators.MovingAverageUpdate(decay: decay), [average, value, step], name: "\(name).average")[0]
                graph.addUpdate(of: average, to: made)
            }
        }
        return try graph.applying(Pass.training)
    }
}
