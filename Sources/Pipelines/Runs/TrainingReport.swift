import NeuralNetworks
import Progress

/// What a training says of itself.
struct TrainingReport {
    private let recipe: TrainingRecipe
    private let progress: ProgressHandler
    private let stepsPerEpoch: Int
    /// Units of progress that a step is.
    private let stepUnits: Int
    private var pace = Pace()
    private var task: TaskProgress

    /// - Parameter counted: what the progress counts, and how many of them an example is.
    init(
        _ recipe: TrainingRecipe, examples: Int, counted: (unit: String, perExample: Int),
        progress: @escaping ProgressHandler
    ) {
        self.recipe = recipe
        self.progress = progress
        stepsPerEpoch = Training.steps(examples: examples, batchSize: recipe.batchSize)
        stepUnits = min(recipe.batchSize, max(examples, 1)) * counted.perExample
        let (total, isTooLarge) = recipe.steps(examples: examples).multipliedReportingOverflow(by: stepUnits)
        task = TaskProgress("training", unit: counted.unit, total: isTooLarge ? nil : total)
    }

    mutating func begin(_ training: borrowing Training) {
        task.completed = training.step * stepUnits
        progress(.advanced(task))
    }

    mutating func stepped(_ training: borrowing Training, at now: ContinuousClock.Instant) {
        task.completed = training.step * stepUnits
        task.metrics = [Metric("epoch", Double(training.epoch + 1)), Metric("loss", training.current.loss)]
        if !training.current.accuracy.isNaN { task.metrics.append(Metric("accuracy", training.current.accuracy)) }
        progress(.advanced(task))
        guard let step = pace.step(at: now) else { return }
        let left = recipe.epochs * stepsPerEpoch - training.step
        progress(
            .message(
                "an epoch takes \(Pace.words(step * stepsPerEpoch)), what is left of all \(recipe.epochs) takes "
                    + Pace.words(step * left)))
    }

    /// Tells of an epoch that is done.
    func judged(_ record: EpochRecord) {
        func text(_ name: String, _ value: Double) -> String {
            "\(name) " + (value.isFinite ? ((value * 10_000).rounded() / 10_000).description : "\(value)")
        }
        let learned = [text("loss", record.loss), record.accuracy.map { text("accuracy", $0) }].compactMap { $0 }
        let judged = record.validation.map { text($0.name, $0.value) }
        progress(
            .message(
                "epoch \(record.epoch) of \(recipe.epochs): \(learned.joined(separator: ", "))"
                    + (judged.isEmpty ? "" : "; validation \(judged.joined(separator: ", "))")))
    }

    mutating func end(_ training: borrowing Training) {
        task.completed = training.step * stepUnits
        progress(.finished(task))
    }
}
