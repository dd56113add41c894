internal import Glibc

/// How well a network does on a data set.
public struct Evaluation: Sendable {
    /// The mean loss, without smoothing.
    public let loss: Double
    /// The share of examples whose class is the most likely one.
    public let accuracy: Double
    /// The logits of all examples in order, `[N, classes]`.
    public let logits: Tensor
    /// The classes of all examples in order.
    public let targets: [Int]

    /// Runs a model of one input and one output over a data set.
    ///
    /// - Throws: what the data set throws; `GraphError` where its examples do not fit the model.
    public init(of model: Model, on dataset: some Dataset, loss: Loss = .softmaxCrossEntropy, batchSize: Int = 64)
        throws
    {
        guard dataset.count > 0, batchSize > 0, let input = model.graph.inputs.first,
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
            let outputs = try model.run([model.graph[input.value].name: batch.inputs])
            guard let logits = outputs[output.name], logits.shape.rank == 2 else {
                throw GraphError(fault: "the model's output '\(output.name)' is no row of logits an example")
            }
            values += logits.floats
            targets += try batch.classes(below: logits.shape[1])
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
