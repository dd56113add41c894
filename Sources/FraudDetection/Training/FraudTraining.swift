internal import Engine
internal import ModelFiles
internal import NeuralNetworks
package import Pipelines
package import Progress
internal import Streams

/// A training of a network that scores rows of a table, from its recipe and files.
package struct FraudTraining {
    private let recipe: Recipe<FraudRecipe>
    private let data: [String]
    private let threads: Int

    /// - Parameters:
    ///   - recipe: the path of a recipe.
    ///   - data: the paths of tables, in the order of time.
    ///   - seed: instead of the recipe's.
    /// - Throws: `RecipeError` where the recipe is not one.
    package init(
        recipe: String, data: [String], seed: UInt64? = nil, threads: Int = Model.Options.processorCount
    ) throws {
        self.recipe = try Recipe.read(recipe, as: FraudRecipe.self)
            .overriding("training.seed", with: seed.map(String.init))
        self.data = data
        self.threads = threads
    }

    /// Trains in a folder of its own, and leaves the model there.
    ///
    /// - Parameters:
    ///   - output: the run's folder; nil for `runs/RECIPE-SEED`.
    ///   - existing: what is done with a run that is there.
    ///   - onReject: told of each row that is left out.
    package func run(
        output: String?, existing: Run.Existing, progress: @escaping ProgressHandler = { _ in },
        onReject: TransactionFile.RejectHandler = { _, _ in }, shouldStop: @escaping () -> Bool = { false }
    ) throws -> (run: Run, outcome: TrainingOutcome) {
        let content = recipe.content
        let table = try FeatureTable(data, content.columns, content.history, progress: progress, onReject: onReject)
        let split = FeatureSplit(table, content)
        guard split.training.contains(where: { table.labels[$0] == .fraud }),
            split.training.contains(where: { table.labels[$0] == .genuine })
        else {
            throw InputError(
                data.joined(separator: ", "), "there are not both frauds and genuine rows to learn from",
                remedy: "the recipe's column of labels is '\(content.columns.label)', its period of training in 'split'"
            )
        }
        let learner = FraudLearner(content, table, rows: split.training)
        var training = try learner.training(threads: threads)
        let run = try Run(of: recipe, seed: content.training.seed, output: output, existing: existing)
        let outcome = try TrainingRun(run, content.training, progress: progress, shouldStop: shouldStop).run(
            &training, on: learner.dataset,
            validate: { training in
                guard !split.validation.isEmpty else { return nil }
                let figures = try learner.figures(training, rows: split.validation)
                return Validation(
                    figures: [
                        Metric("average_precision", figures.averagePrecision ?? .nan),
                        Metric("roc_auc", figures.rocAUC ?? .nan),
                    ], score: figures.averagePrecision ?? .nan)
            },
            model: { training, outcome in
                try learner.model(
                    training, calibration: split.calibration,
                    entries: entries(of: run, outcome, rows: split.training.count)
                ).network.graph
            },
            write: { graph, path in try graph.write(toONNX: path) })
        return (run, outcome)
    }

    private func entries(of run: Run, _ outcome: TrainingOutcome, rows: Int) -> [String: String] {
        let figures = outcome.kept.validation.map { "\($0.name) \($0.value)" }.joined(separator: ", ")
        return [
            "engram.recipe": run.recipeText, "engram.seed": String(recipe.content.training.seed),
            "engram.data": recipe.content.data,
            "engram.figures": (figures.isEmpty ? "" : "validation of epoch \(outcome.kept.epoch): \(figures); ")
                + "\(rows) rows to learn from",
        ]
    }
}

extension FraudModel {
    /// The logits of rows of a table.
    func logits(of table: FeatureTable, rows: [Int]) throws -> [Float] {
        var logits: [Float] = []
        logits.reserveCapacity(rows.count)
        for start in stride(from: 0, to: rows.count, by: Self.rowsAtOnce) {
            let part = rows[start..<min(start + Self.rowsAtOnce, rows.count)]
            logits += try self.logits(of: table.inputs(part, metadata.encoder))
        }
        return logits
    }

    private static var rowsAtOnce: Int { 4_096 }
}
