internal import Engine
internal import Glibc
internal import ModelFiles
internal import NeuralNetworks
package import Pipelines
package import Progress
internal import Text

/// A training of a network over characters from its recipe and texts.
package struct ChatTraining: Sendable {
    private let recipe: Recipe<ChatRecipe>
    private let data: String
    private let start: String?
    private let threads: Int

    /// - Parameters:
    ///   - recipe: the path of a recipe.
    ///   - data: the path of a text, or of a folder of talks.
    ///   - seed: instead of the recipe's.
    ///   - start: the path of a finished model, or of its run's folder, whose weights are the first ones.
    /// - Throws: `RecipeError` where the recipe is not one.
    package init(
        recipe: String, data: String, seed: UInt64? = nil, from start: String? = nil,
        threads: Int = Model.Options.processorCount
    ) throws {
        self.recipe = try Recipe.read(recipe, as: ChatRecipe.self)
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
        let known = try (start ?? recipe.start?.model).map { path in
            try ChatMetadata(StartingWeights(contentsOf: path).metadata, file: path).code
        }
        // What can be wrong with the data is told before a folder is made.
        let texts = try ChatTexts(data, content, known: known, progress: progress)
        let dataset = try TalkDataset(
            texts.parts, code: texts.code, streams: content.training.batchSize, steps: content.steps,
            epochCharacters: content.epochCharacters, seed: content.training.seed)
        var training = try content.training.training(
            content.network.layers(inputs: texts.code.inputs, outputs: texts.code.outputs), input: [content.steps],
            of: .i64, examples: dataset.count, isStreamed: true, threads: threads)
        let run = try Run(of: recipe, seed: content.training.seed, output: output, existing: existing, from: start) {
            _ = try $0.start(&training, hasSameClasses: true)
            progress(.message("\($0.path): the training starts from its weights"))
        }
        var trainingRun = TrainingRun(run, content.training, progress: progress, shouldStop: shouldStop)
        trainingRun.subject = texts.code.vocabulary.metadata
        trainingRun.counted = ("characters", content.steps)
        let outcome = try trainingRun.run(
            &training, on: dataset,
            validate: { training in
                let model = try CharacterModel(
                    training.model(), code: texts.code, unwritten: content.unwritten)
                try tellSamples(of: model, texts.prompts, progress)
                return try validation(of: model, on: texts)
            },
            model: { training, outcome in
                try training.graph(
                    metadata: metadata(of: run, code: texts.code, outcome: outcome, characters: dataset.characters))
            },
            write: { graph, path in try graph.write(toONNX: path) })
        return (run, outcome)
    }

    /// What the network says by now.
    private func tellSamples(of model: CharacterModel, _ prompts: [String], _ progress: ProgressHandler) throws {
        for prompt in prompts {
            var answer = ""
            if model.code.isOfTalks {
                var conversation = try Conversation(model, seed: recipe.content.training.seed)
                try conversation.say(prompt)
                answer = " → " + (try conversation.reply(Sampling()).text)
            } else {
                try model.complete(prompt, length: 120, sampling: Sampling(), seed: recipe.content.training.seed) {
                    answer.unicodeScalars.append($0 == "\n" ? "⏎" : $0)
                    return true
                }
            }
            progress(.message("sample: \(prompt)\(answer)"))
        }
    }

    /// Bits a character on what is held back.
    private func validation(of model: CharacterModel, on texts: ChatTexts) throws -> Validation? {
        guard !texts.heldOut.isEmpty else { return nil }
        var all = CharacterEvaluation(), figures: [Metric] = []
        for (file, held) in texts.heldOut {
            let evaluation = try CharacterEvaluation(of: model, on: held)
            all = all + evaluation
            if texts.heldOut.count > 1, let name = file.split(separator: "/").last?.split(separator: ".").first {
                figures.append(Metric(String(name), evaluation.bitsPerCharacter))
            }
        }
        figures = [Metric("bits", all.bitsPerCharacter), Metric("nats", all.natsPerCharacter)] + figures
        return Validation(figures: figures, score: -all.bitsPerCharacter)
    }

    private func metadata(
        of run: Run, code: CharacterCode, outcome: TrainingOutcome, characters: Int
    ) -> [String: String] {
        let content = recipe.content
        var entries = ChatMetadata(name: content.name, code: code, unwritten: content.unwritten).entries
        entries["engram.recipe"] = run.recipeText
        entries["engram.seed"] = String(content.training.seed)
        entries["engram.data"] = content.data
        entries["engram.from"] = run.start?.description
        let figures = outcome.kept.validation.map { "\($0.name) \($0.value)" }.joined(separator: ", ")
        entries["engram.figures"] =
            (figures.isEmpty ? "" : "validation of epoch \(outcome.kept.epoch): \(figures); ")
            + "\(outcome.kept.epoch) epochs of \(characters) characters"
        return entries
    }
}
