internal import Kernels

extension Session {
    /// A step of gradient descent on a finished model: its constants become weights, its normalisations take the batch's statistics,
    /// and the mean of squares of its first output goes down at a rate of 1e-4. What a training step costs, for whoever times it.
    ///
    /// - Throws: `GraphError` naming the node that has no gradient.
    package convenience init(
        descending model: Graph, options: Model.Options, precision: ProductPrecision = .f32
    ) throws {
        var names: Set<String> = []
        var weights: [String] = []
        var statistics: [(state: Graph.Value, updated: Graph.Value)] = []
        var graph = try model.rewritten { index, node, rewriting throws(GraphError) in
            var operation = node.operation
            var inputs = rewriting.inputs(of: node)
            let normalization = operation as? Operators.BatchNormalization
            for (place, input) in node.inputs.enumerated() {
                guard let input, let tensor = model.constant(input), tensor.elementType == .f32, tensor.shape.rank > 0
                else { continue }
                let name = "\(index).\(place)"
                names.insert(name)
                inputs[place] = rewriting.target.addState(tensor, name: name)
                if normalization == nil || place < 3 { weights.append(name) }
            }
            if var training = normalization {
                training.isTraining = true
                operation = training
                let made = try rewriting.target.append(operation, inputs, name: node.name)
                rewriting[node.outputs[0]] = made[0]
                if let mean = inputs[3], let variance = inputs[4] {
                    statistics += [(mean, made[1]), (variance, made[2])]
                }
            } else {
                try rewriting.keep(node, as: operation, inputs: inputs)
            }
        }
        for (state, updated) in statistics { graph.addUpdate(of: state, to: updated) }
        guard let output = graph.outputs.first(where: { graph.type(of: $0.value).elementType == .f32 }) else {
            throw GraphError(fault: "the model has no output of floats to train on")
        }
        let loss = try graph.append(Operators.MeanSquares(), [output.value], name: "loss")[0]
        graph.addOutput("loss", loss)
        graph = try graph.applying(Pass.beforeDifferentiation)
        guard let end = graph.outputs.last?.value else { preconditionFailure("the loss got lost") }
        let rate = graph.addConstant(Tensor(1e-4))
        let states = Dictionary(uniqueKeysWithValues: graph.states.map { (graph[$0].name, $0) })
        let values = weights.compactMap { name in states[name].map { (name: name, value: $0) } }
        let step = graph.addConstant(Tensor([Int64(1)], shape: []))
        for (weight, gradient) in zip(values, try graph.appendGradients(of: end, withRespectTo: values.map(\.value))) {
            guard let gradient else { continue }
            _ = try Optimizer.sgd(momentum: 0).append(
                to: &graph, weight: weight, gradient: gradient, rate: rate, step: step, scale: nil)
        }
        var storages: [String: Storage] = [:]
        for state in graph.states {
            if let initial = graph.initialState(state) {
                storages[graph[state].name] = Storage(copying: initial.storage)
            }
        }
        let kernels = try KernelSet(try options.instructionSet ?? InstructionSet.preferred(), precision: precision)
        let plan = try Plan(
            try graph.applying(Pass.training), kernels: kernels, weights: WeightCache(), states: storages)
        self.init(plan, pool: ThreadPool(threadCount: options.threads))
    }
}
