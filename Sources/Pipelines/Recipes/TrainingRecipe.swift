package import NeuralNetworks

/// What a training is beside its network and data: the part that the recipes of all applications share.
///
/// ```yaml
/// training:
///   epochs: 14
///   batch_size: 64
///   optimizer: {name: adamw, weight_decay: 1e-2}
///   schedule: {name: cosine, peak: 3e-3, warm_up_steps: 500}
///   gradient_limit: 1
///   averaging: 0.999
///   precision: bf16
///   label_smoothing: 0.1
///   seed: 1
///   keep: best
/// ```
package struct TrainingRecipe: RecipePart {
    package enum Keep: String, Codable, CaseIterable, Sendable { case best, last }

    /// How often each example is learned from.
    package var epochs = 10
    /// Examples a step.
    package var batchSize = 64
    package var optimizer = OptimizerRecipe()
    package var schedule = ScheduleRecipe()
    /// The largest norm of all gradients together; none where it is missing.
    package var gradientLimit: Float?
    /// The share that a moving average of the weights, which is what is judged and kept, keeps at each step; none where it is missing.
    package var averaging: Float?
    /// What the factors of matrix products are rounded to, where the processor gains by it.
    package var precision = ProductPrecision.f32
    /// The share of a target that goes to all classes alike.
    package var labelSmoothing: Float = 0
    /// Decides first weights, the order of examples, and how they vary.
    package var seed: UInt64 = 1
    /// The model that is kept: of the epoch that validates best, or of the last.
    package var keep = Keep.best

    package init() {}

    package init(epochs: Int, batchSize: Int = 64) {
        self.epochs = epochs
        self.batchSize = batchSize
    }

    package func validate() throws(RecipeFault) {
        try require("epochs", epochs, in: 1...100_000)
        try require("batch_size", batchSize, in: 1...65_536)
        try require("gradient_limit", gradientLimit, in: 1e-6...1e6)
        try require("averaging", averaging, in: 0...0.999999)
        try require("label_smoothing", labelSmoothing, in: 0...0.9)
    }

    /// Steps of all epochs over so many examples.
    package func steps(examples: Int) -> Int {
        let (steps, isTooLarge) = epochs.multipliedReportingOverflow(
            by: Training.steps(examples: examples, batchSize: batchSize))
        return isTooLarge ? .max : steps
    }

    /// The training of a network.
    ///
    /// - Parameters:
    ///   - input: an example's shape, without the batch.
    ///   - elementType: what an example's elements are.
    ///   - examples: how many there are to learn from.
    ///   - isStreamed: whether the examples of a batch go on in the next one.
    ///   - loss: what is made small; nil for the cross-entropy of classes, with the recipe's smoothing.
    /// - Throws: `GraphError` where a layer cannot take what comes before it, or labels would be smoothed that the loss has not.
    package func training(
        _ network: some Layer, input: Shape, of elementType: ElementType = .f32, examples: Int, loss: Loss? = nil,
        isStreamed: Bool = false,
        threads: Int = Model.Options.processorCount,
        instructionSet: InstructionSet? = nil
    ) throws -> Training {
        guard loss == nil || labelSmoothing == 0 else {
            throw GraphError(fault: "label_smoothing is \(labelSmoothing) where no classes are learned")
        }
        return try Training(
            network, input: input, of: elementType, loss: loss ?? .softmaxCrossEntropy(labelSmoothing: labelSmoothing),
            optimizer: optimizer.optimizer,
            schedule: schedule.schedule(steps: steps(examples: examples)), seed: seed,
            options: Training.Options(
                gradientLimit: gradientLimit, averaging: averaging, streams: isStreamed ? batchSize : nil,
                precision: precision, threads: threads, instructionSet: instructionSet))
    }
}
