import Charts
package import Engine
import ModelFiles
package import NeuralNetworks
package import Progress

/// A training from its recipe to the model in the run's folder, which may be stopped and gone on with at any moment.
///
/// A run that was killed and gone on with ends with the same bits as one that was not.
///
/// ```swift
/// let outcome = try TrainingRun(run, recipe.content.training, progress: progress, shouldStop: { Interruption.isRequested }).run(
///     &training, on: clips,
///     validate: { training in
///         let evaluation = try training.evaluate(heldOut)
///         return Validation(accuracy: evaluation.accuracy, loss: evaluation.loss)
///     },
///     model: { training, outcome in try training.graph(metadata: ["task": "digits"]) })
/// ```
package struct TrainingRun {
    package let run: Run
    package let recipe: TrainingRecipe
    /// Where progress is told.
    package var progress: ProgressHandler
    /// Asked after each step; true writes a checkpoint and throws `CancellationError`.
    package var shouldStop: () -> Bool
    /// What the progress counts, and how many of them an example is.
    package var counted = (unit: "examples", perExample: 1)
    /// What the network's numbers stand for, its labels or characters: a run is gone on with only where that is the same.
    package var subject: String?
    /// How often a checkpoint is written beside that at each epoch's end.
    package var checkpointInterval: Duration

    package init(
        _ run: Run, _ recipe: TrainingRecipe, progress: @escaping ProgressHandler = { _ in },
        shouldStop: @escaping () -> Bool = { false }, checkpointInterval: Duration = .seconds(120)
    ) {
        self.run = run
        self.recipe = recipe
        self.progress = progress
        self.shouldStop = shouldStop
        self.checkpointInterval = checkpointInterval
    }

    /// Trains, from the beginning or from the checkpoint, until the model is written.
    ///
    /// - Parameters:
    ///   - training: made from the same recipe; is the kept network afterwards.
    ///   - validate: judges the network after each epoch; nil where there is nothing to judge it by, and the last epoch is kept then.
    ///   - model: the kept network as a graph with its metadata.
    ///   - write: writes the graph, whole or not at all.
    /// - Throws: `CancellationError` where it was to stop; `RunError` where the loss is no number any more or the checkpoint does not belong
    ///   to the training; `ModelFileError` where a file cannot be written, and the checkpoint before is whole then; what the closures throw.
    package func run(
        _ training: inout Training, on dataset: some Dataset,
        validate: (borrowing Training) throws -> Validation? = { _ in nil },
        model: (borrowing Training, TrainingOutcome) throws -> Graph = { training, _ in try training.graph() },
        write: (Graph, String) throws -> Void = { graph, path in try graph.write(toONNX: path) }
    ) throws -> TrainingOutcome {
        var position = Checkpoint.Position(
            counters: training.state.counters, examples: dataset.count, subject: subject)
        if run.hasCheckpoint { position = try goOn(&training, examples: dataset.count) }
        let wasFinished = run.isFinished && position.records.count == recipe.epochs
        if wasFinished {
            progress(.message("\(run.folder): the run is finished already; its model is \(run.modelPath)"))
        } else {
            try writeLog(position.records)
            try learn(&training, on: dataset, &position, validate)
        }
        let outcome = TrainingOutcome(
            epochs: position.records, kept: try keep(&training, position), wasFinished: wasFinished)
        if !wasFinished { try write(try model(training, outcome), run.modelPath) }
        return outcome
    }

    // MARK: Epochs

    private func learn(
        _ training: inout Training, on dataset: some Dataset, _ position: inout Checkpoint.Position,
        _ validate: (borrowing Training) throws -> Validation?
    ) throws {
        var report = TrainingReport(recipe, examples: dataset.count, counted: counted, progress: progress)
        report.begin(training)
        while position.records.count < recipe.epochs {
            if position.unjudged == nil {
                position.unjudged = try epoch(&training, on: dataset, &position, &report)
                if shouldStop() { try stop(training, position) }
            }
            guard var record = position.unjudged else { break }
            if let validation = try validate(training) {
                record.validation = validation.figures
                if recipe.keep == .best, validation.score.isFinite,
                    validation.score > position.best?.score ?? -.infinity
                {
                    position.best = Checkpoint.Position.Best(epoch: record.epoch, score: validation.score)
                    // Before the checkpoint that names it: whoever is killed between the two goes on before this epoch's end, and comes here again.
                    try Checkpoint(training.state, position).write(to: run.bestPath)
                }
            }
            position.records.append(record)
            position.unjudged = nil
            try Checkpoint(training.state, position).write(to: run.checkpointPath)
            try writeLog(position.records)
            report.judged(record)
            if position.records.count < recipe.epochs, shouldStop() { throw CancellationError() }
        }
        report.end(training)
    }

    /// Finishes the epoch at hand, and gives its record without the validation.
    private func epoch(
        _ training: inout Training, on dataset: some Dataset, _ position: inout Checkpoint.Position,
        _ report: inout TrainingReport
    ) throws -> EpochRecord {
        let clock = ContinuousClock(), start = clock.now, before = position.seconds
        var written = start, isStopped = false
        let number = training.epoch
        let epoch = try training.epoch(over: dataset, batchSize: recipe.batchSize) { training in
            guard training.epoch == number else { return true }
            try check(training.current, step: training.step)
            let now = clock.now
            report.stepped(training, at: now)
            isStopped = shouldStop()
            if isStopped || now - written >= checkpointInterval {
                position.seconds = before + (now - start) / .seconds(1)
                try Checkpoint(training.state, position).write(to: run.checkpointPath)
                written = clock.now
            }
            return !isStopped
        }
        if isStopped { throw CancellationError() }
        try check(epoch, step: training.step)
        position.seconds = 0
        return EpochRecord(
            epoch: training.epoch, step: training.step, loss: epoch.loss,
            accuracy: epoch.accuracy.isNaN ? nil : epoch.accuracy,
            learningRate: training.schedule.rate(at: training.step - 1),
            seconds: before + (clock.now - start) / .seconds(1))
    }

    private func check(_ epoch: Training.Epoch, step: Int) throws {
        guard !epoch.loss.isFinite else { return }
        throw RunError(
            run.folder, "the loss is \(epoch.loss) at step \(step)",
            remedy: "a lower peak of the schedule or a gradient_limit may help")
    }

    private func stop(_ training: borrowing Training, _ position: Checkpoint.Position) throws -> Never {
        try Checkpoint(training.state, position).write(to: run.checkpointPath)
        throw CancellationError()
    }

    // MARK: Files

    private func goOn(_ training: inout Training, examples: Int) throws -> Checkpoint.Position {
        let checkpoint = try Checkpoint(contentsOf: run.checkpointPath)
        try restore(&training, checkpoint, from: run.checkpointPath, examples: examples)
        if !run.isFinished {
            progress(
                .message(
                    "\(run.folder): goes on at step \(training.step), in epoch \(training.epoch + 1) of \(recipe.epochs)"
                ))
        }
        return checkpoint.position
    }

    private func restore(_ training: inout Training, _ checkpoint: Checkpoint, from path: String, examples: Int) throws
    {
        var fault = checkpoint.position.misfit(
            epochs: recipe.epochs, stepsPerEpoch: Training.steps(examples: examples, batchSize: recipe.batchSize),
            examples: examples, subject: subject)
        if fault == nil {
            do { try training.restore(checkpoint.state) } catch { fault = error.description }
        }
        if let fault { throw RunError(path, fault, remedy: "--overwrite begins anew") }
    }

    /// Makes the training the one whose model is kept.
    private func keep(_ training: inout Training, _ position: Checkpoint.Position) throws -> EpochRecord {
        guard let last = position.records.last else { throw RunError(run.folder, "nothing was trained") }
        guard let best = position.best else { return last }
        let checkpoint = try Checkpoint(contentsOf: run.bestPath)
        guard checkpoint.position.best == best, checkpoint.position.counters.epoch == best.epoch else {
            throw RunError(
                run.bestPath, "it is of epoch \(checkpoint.position.counters.epoch) where the best was \(best.epoch)",
                remedy: "--overwrite begins anew")
        }
        try restore(&training, checkpoint, from: run.bestPath, examples: position.examples)
        return position.records[best.epoch - 1]
    }

    /// Writes the log anew from what the checkpoint knows, so that the two never disagree for long.
    private func writeLog(_ records: [EpochRecord]) throws {
        guard !records.isEmpty else { return }
        try AtomicFile.write(records.flatMap { Array($0.line.utf8) + [UInt8(ascii: "\n")] }, to: run.logPath)
        try Curves.chart(records, title: run.name).write(toPNG: run.curvesPath)
    }
}
