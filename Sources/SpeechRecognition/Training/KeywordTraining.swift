import Audio
import Engine
import ModelFiles
import NeuralNetworks
package import Pipelines
package import Progress

/// A training of a keyword model from its recipe and a folder of data.
package struct KeywordTraining: Sendable {
    private let recipe: Recipe<KeywordRecipe>
    private let data: String
    private let start: String?
    private let threads: Int

    /// - Parameters:
    ///   - recipe: the path of a recipe.
    ///   - data: the path of a folder of features or recordings.
    ///   - seed: instead of the recipe's.
    ///   - start: the path of a finished model, or of its run's folder, whose weights are the first ones.
    /// - Throws: `RecipeError` where the recipe is not one.
    package init(
        recipe: String, data: String, seed: UInt64? = nil, from start: String? = nil,
        threads: Int = Model.Options.processorCount
    ) throws {
        self.recipe = try Recipe.read(recipe, as: KeywordRecipe.self)
            .overriding("training.seed", with: seed.map(String.init))
        self.data = data
        self.start = start
        self.threads = threads
    }

    /// Trains in a folder of its own, and leaves the model there.
    ///
    /// - Parameters:
    ///   - output: the run's folder; nil for `runs/RECIPE-SEED`.
    ///   - existing: what is done with a run that is there.
    package func run(
        output: String?, existing: Run.Existing, progress: @escaping ProgressHandler = { _ in },
        shouldStop: @escaping () -> Bool = { false }
    ) throws -> (run: Run, outcome: TrainingOutcome) {
        let content = recipe.content
        // What can be wrong with the data is told before a folder is made.
        let material = try KeywordMaterial(folder: data, frontEnd: content.frontEnd, progress: progress)
        let labels = KeywordLabels(words: material.training.words)
        let clips = try KeywordDataset(
            material.training, labels: labels, frontEnd: content.frontEnd, augmentation: content.augmentation,
            source: data)
        let heldOut = try KeywordDataset(material.validation, labels: labels, frontEnd: content.frontEnd, source: data)
        var training = try content.training.training(
            content.network.layers(classes: labels.all.count),
            input: [1, content.frontEnd.frames, content.frontEnd.logMel.bands], examples: clips.count, threads: threads)
        let run = try Run(of: recipe, seed: content.training.seed, output: output, existing: existing, from: start) {
            try begin(&training, from: $0, labels: labels, progress)
        }
        var trainingRun = TrainingRun(run, content.training, progress: progress, shouldStop: shouldStop)
        trainingRun.subject = labels.all.joined(separator: " ")
        let outcome = try trainingRun.run(
            &training, on: clips,
            validate: { training in try validation(of: training, on: heldOut, labels: labels) },
            model: { training, outcome in
                try training.graph(metadata: metadata(of: run, labels: labels, outcome: outcome, clips: clips.count))
            },
            write: { graph, path in try graph.write(toONNX: path) })
        return (run, outcome)
    }

    /// Gives a training the weights of a finished model; where that knows other labels, the last layer is new.
    private func begin(
        _ training: inout Training, from weights: StartingWeights, labels: KeywordLabels, _ progress: ProgressHandler
    ) throws {
        let known = try KeywordMetadata(weights.metadata, file: weights.path).labels
        let layer = try weights.start(&training, hasSameClasses: known.all == labels.all)
        let change = layer.map {
            "; the last layer, \($0), is new, since the labels differ (\(labels.all.count) here, \(known.all.count) there)"
        }
        progress(.message("\(weights.path): the training starts from its weights" + (change ?? "")))
    }

    /// Accuracy over words and over commands, by the second of which the best epoch is chosen.
    private func validation(
        of training: borrowing Training, on heldOut: KeywordDataset, labels: KeywordLabels
    ) throws -> Validation {
        let evaluation = try training.evaluate(heldOut)
        let view = LabelView.commands(of: labels)
        let logits = evaluation.outputs.floats, classes = labels.all.count
        let targets = evaluation.targets.integers ?? []
        var right = 0
        for (row, target) in targets.enumerated() {
            let answer = probabilities(
                ofLogits: logits[row * classes..<(row + 1) * classes],
                labelSmoothing: recipe.content.training.labelSmoothing)
            let best = view.best(answer).index
            if best == view.place(ofTruth: labels.all[target], labels: labels) { right += 1 }
        }
        let commands = Double(right) / Double(max(targets.count, 1))
        return Validation(
            figures: [
                Metric("accuracy", evaluation.accuracy), Metric("commands", commands), Metric("loss", evaluation.loss),
            ], score: commands)
    }

    private func metadata(of run: Run, labels: KeywordLabels, outcome: TrainingOutcome, clips: Int) -> [String: String]
    {
        let content = recipe.content
        var metadata = KeywordMetadata(labels: labels, frontEnd: content.frontEnd)
        metadata.name = content.name
        metadata.labelSmoothing = content.training.labelSmoothing
        metadata.detection = content.detection
        var entries = metadata.entries
        entries[KeywordMetadata.recipe] = run.recipeText
        entries["engram.seed"] = String(content.training.seed)
        entries["engram.data"] = content.data
        entries["engram.from"] = run.start?.description
        let figures = outcome.kept.validation.map { "\($0.name) \($0.value)" }.joined(separator: ", ")
        entries["engram.figures"] =
            "validation of epoch \(outcome.kept.epoch): \(figures); \(clips) clips to learn from"
        return entries
    }
}
