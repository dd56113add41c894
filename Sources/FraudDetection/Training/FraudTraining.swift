internal import Engine
internal import Glibc
internal import ModelFiles
internal import NeuralNetworks
package import Pipelines
package import Progress
internal import Streams
internal import Tables

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
        onReject: (String, TransactionFile.Reject) -> Void = { _, _ in }, shouldStop: @escaping () -> Bool = { false }
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
        let encoder = FeatureEncoder(table, rows: split.training, network: content.network)
        let inputs = Tensor(
            table.inputs(split.training, encoder), shape: [split.training.count, encoder.width])
        let dataset = FraudDataset(
            inputs: inputs, isFraud: split.training.map { table.labels[$0] == .fraud },
            genuineShare: content.split.genuineShare)
        let network = content.network.layers(
            edges: encoder.edges(table, rows: split.training, quantiles: content.network.quantiles),
            levels: encoder.levels.map(\.count))
        var training = try content.training.training(
            network, input: [encoder.width], examples: dataset.count,
            loss: .binaryCrossEntropy(positiveWeight: content.positiveWeight, focusing: content.focusing),
            threads: threads)
        let run = try Run(of: recipe, seed: content.training.seed, output: output, existing: existing)
        let trainingRun = TrainingRun(run, content.training, progress: progress, shouldStop: shouldStop)
        func model(_ training: borrowing Training, entries: [String: String] = [:]) throws -> FraudModel {
            var metadata = FraudMetadata(columns: content.columns, history: content.history, encoder: encoder)
            metadata.name = content.name
            // Of genuine rows an epoch has a share only, so that frauds seem to be more frequent than they are.
            metadata.calibration.offset = log(content.split.genuineShare)
            var graph = try training.graph(
                metadata: metadata.entries.merging(entries) { _, new in new }, outputName: "logit")
            var model = try FraudModel(graph, file: run.modelPath, options: Model.Options(threads: threads))
            guard !entries.isEmpty, !split.calibration.isEmpty else { return model }
            let logits = try model.logits(of: table, rows: split.calibration)
            metadata.calibration = Calibration(
                logits: logits, isFraud: split.calibration.map { table.labels[$0] == .fraud })
            if !table.cards.isEmpty {
                metadata.budget = AlertBudget(
                    zip(split.calibration, logits).lazy.map { row, logit in
                        (
                            Timestamp(microseconds: table.times[row]).dayNumber, table.cards[row],
                            metadata.calibration.probability(ofLogit: logit)
                        )
                    })
            }
            graph.metadata.merge(metadata.entries) { _, new in new }
            model = try FraudModel(graph, file: run.modelPath, options: Model.Options(threads: threads))
            return model
        }
        let outcome = try trainingRun.run(
            &training, on: dataset,
            validate: { training in
                guard !split.validation.isEmpty else { return nil }
                let figures = RankingFigures(
                    scores: try model(training).logits(of: table, rows: split.validation),
                    isFraud: split.validation.map { table.labels[$0] == .fraud })
                return Validation(
                    figures: [
                        Metric("average_precision", figures.averagePrecision ?? .nan),
                        Metric("roc_auc", figures.rocAUC ?? .nan),
                    ], score: figures.averagePrecision ?? .nan)
            },
            model: { training, outcome in
                try model(training, entries: entries(of: run, outcome, rows: split.training.count)).network.graph
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
