internal import Glibc

/// How well a network does on a data set.
public struct Evaluation: Sendable {
    /// The mean loss, without smoothing.
    public let loss: Double
    /// The share of examples whose class is the most likely one.
    public let accuracy: Double
    /// The logits of all examples in order, `[N, classes]`, and of examples of several targets those of each.
    public let logits: Tensor
    /// The classes of all examples in order; steps without one are left out.
    public let targets: [Int]

    /// Runs a model over a data set: its first input takes the examples, `lengths` their lengths, and what else there is zeros, so that each example
    /// begins anew; its first output is judged.
    ///
    /// - Throws: what the data set throws; `GraphError` where its examples do not fit the model.
    public init(of model: Model, on dataset: some Dataset, loss: Loss = .softmaxCrossEntropy, batchSize: Int = 64)
        throws
    {
        guard dataset.count > 0, batchSize > 0, !model.graph.inputs.isEmpty,
            let output = model.graph.outputs.first
        else {
            throw GraphError(fault: "nothing to evaluate: \(dataset.count) examples")
        }
        let batches = stride(from: 0, to: dataset.count, by: batchSize).map {
            Array($0..<min(dataset.count, $0 + batchSize))
        }
        let preparation = BatchPreparation(batches, of: dataset, epoch: nil, seed: 0)
        defer { preparation.cancel() }
        var values: [Float] = [], targets: [Int] = []
        for _ in batches {
            let batch = try preparation.next()
            let outputs = try model.run(try Self.inputs(of: model, for: batch))
            guard let logits = outputs[output.name], (2...3).contains(logits.shape.rank) else {
                throw GraphError(fault: "the model's output '\(output.name)' is no row of logits an example")
            }
            let classes = try batch.classes(for: logits.shape), rows = logits.floats
            let width = rows.count / max(classes.count, 1)
            for (row, target) in classes.enumerated() where target >= 0 {
                values += rows[row * width..<(row + 1) * width]
                targets.append(target)
            }
        }
        let classes = values.count / max(targets.count, 1)
        var total = 0.0
        for (row, target) in targets.enumerated() {
            let logits = values[row * classes..<(row + 1) * classes]
            let greatest = Double(logits.max() ?? 0)
            total +=
                log(logits.reduce(0.0) { $0 + exp(Double($1) - greatest) }) + greatest
                - Double(logits[logits.startIndex + target])
        }
        logits = Tensor(values, shape: [targets.count, classes])
        self.targets = targets
        self.loss = total / Double(targets.count)
        accuracy = Double(Self.correct(logits: logits, targets: targets)) / Double(targets.count)
    }

    /// What a model takes for a batch.
    private static func inputs(of model: Model, for batch: Batch) throws(GraphError) -> [String: Tensor] {
        var inputs: [String: Tensor] = [:]
        for (place, input) in model.graph.inputs.enumerated() {
            let name = model.graph[input.value].name
            if place == 0 {
                inputs[name] = batch.inputs
            } else if name == "lengths" {
                inputs[name] = try batch.lengthsTensor()
            } else {
                let sizes = input.dimensions.map { dimension in
                    if case .fixed(let size) = dimension { size } else { batch.inputs.shape.first ?? 0 }
                }
                inputs[name] = Tensor(zeros: Shape(sizes), model.graph.type(of: input.value).elementType)
            }
        }
        return inputs
    }

    /// How many rows are greatest at their target; of equals the first counts.
    static func correct(logits: Tensor, targets: [Int]) -> Int {
        let values = logits.floats, classes = logits.shape.last ?? 0
        var correct = 0
        for (row, target) in targets.enumerated() {
            var best = 0
            for column in 1..<max(classes, 1) where values[row * classes + column] > values[row * classes + best] {
                best = column
            }
            if best == target { correct += 1 }
        }
        return correct
    }
}
