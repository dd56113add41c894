/// What one step of a training computes: the network, its loss, the gradients, and the updates of all states, as one graph.
package struct TrainingStep: Sendable {
    private let forward: Graph
    private let input: Shape
    private let parameters: [String]
    private let optimizer: Optimizer
    private let options: Training.Options

    /// The inputs of the graph, in order.
    package enum Input: Int, CaseIterable {
        /// f32 `[batch, …]`.
        case examples
        /// i64 `[batch]`.
        case targets
        /// i64 `[2]`: the seed and the step.
        case position
        /// f32 `[]`: the learning rate.
        case rate
        /// i64 `[]`, counted from 1.
        case step
    }

    /// The outputs of the graph, in order.
    package enum Output: Int {
        case loss, logits
    }

    package init(
        _ network: some Layer, input: Shape, loss: Loss, optimizer: Optimizer, seed: UInt64, options: Training.Options
    ) throws(GraphError) {
        var graph = Graph()
        let x = graph.addInput("input", dimensions: [.symbol("batch")] + input.map { .fixed($0) })
        let targets = graph.addInput("targets", .i64, dimensions: ["batch"])
        let position = graph.addInput("position", .i64, dimensions: [2])
        _ = graph.addInput("rate", dimensions: [])
        _ = graph.addInput("step", .i64, dimensions: [])
        var builder = NetworkBuilder(graph, mode: .training(seed: seed, position: position))
        let logits = try network.append(to: &builder, x)
        graph = builder.graph
        graph.addOutput("loss", try loss.append(to: &graph, logits, targets))
        graph.addOutput("logits", logits)
        for statistic in builder.statistics { graph.addUpdate(of: statistic.value, to: statistic.updated) }
        forward = graph
        self.input = input
        parameters = builder.parameters.map(\.name)
        self.optimizer = optimizer
        self.options = options
    }

    /// The graph for batches of a size, ready to be planned.
    package func graph(batchSize: Int) throws(GraphError) -> Graph {
        var graph = try forward.bound(to: [
            "input": TensorType(.f32, Shape([batchSize] + Array(input))), "targets": TensorType(.i64, [batchSize]),
            "position": TensorType(.i64, [2]), "rate": TensorType(.f32, []), "step": TensorType(.i64, []),
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
        var updated = statistics.map { (name: graph[$0.state].name, value: $0.value) }
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
