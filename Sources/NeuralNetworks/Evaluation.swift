/// How well a network does on a data set.
public struct Evaluation: Sendable {
    /// The mean loss, without smoothing.
    public let loss: Double
    /// The share of examples that are right: whose class is the most likely one, whose yes or no is the likelier (of several answers, the share of
    /// them). NaN where there is no right and wrong.
    public let accuracy: Double
    /// The outputs for all examples in order, `[N, …]`; of classes their logits, `[N, classes]`, and of examples of several targets those of each.
    public let outputs: Tensor
    /// What was to come out, as the loss takes it: f32 of the outputs' shape, or classes, i64 `[N]`, without the steps that have none.
    public let targets: Tensor

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
        let preparation = Preparation(batches, of: dataset, epoch: nil, seed: 0)
        defer { preparation.cancel() }
        var values: [Float] = [], classes: [Int64] = [], numbers: [Float] = [], example: [Int] = []
        while let batch = try preparation.next() {
            guard let outputs = try model.run(try Self.inputs(of: model, for: batch))[output.name],
                outputs.shape.first == batch.inputs.shape.first
            else {
                throw GraphError(fault: "the model's output '\(output.name)' has no row an example")
            }
            let targets = try batch.targets(of: loss, for: outputs.shape)
            example = Array(outputs.shape.dropFirst())
            if let known = targets.integers {
                guard (2...3).contains(outputs.shape.rank) else {
                    throw GraphError(fault: "the model's output '\(output.name)' is no row of logits an example")
                }
                let rows = outputs.floats, width = example.last ?? 0
                for (row, target) in known.enumerated() where target >= 0 {
                    values += rows[row * width..<(row + 1) * width]
                    classes.append(Int64(target))
                }
            } else {
                values += outputs.floats
                numbers += targets.floats
            }
        }
        switch loss {
        case .softmaxCrossEntropy, .largeMarginCosine:
            targets = Tensor(classes, shape: [classes.count])
            outputs = Tensor(values, shape: [classes.count, classes.isEmpty ? 0 : values.count / classes.count])
        case .binaryCrossEntropy, .meanSquaredError:
            let shape = Shape([dataset.count] + example)
            targets = Tensor(numbers, shape: shape)
            outputs = Tensor(values, shape: shape)
        }
        self.loss = loss.mean(outputs, targets)
        let count = Double(targets.shape[0])
        accuracy = loss.right(outputs, targets).map { $0 / count } ?? .nan
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
}
