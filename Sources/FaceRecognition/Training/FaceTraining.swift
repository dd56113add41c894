package import Engine
package import Images
internal import ModelFiles
internal import NeuralNetworks
package import Pipelines
package import Progress
internal import Streams

/// A training from a recipe and a folder of photos: of a network, or of people's directions among the vectors of one.
package struct FaceTraining: Sendable {
    /// What photos are read by.
    package struct Reading: Sendable {
        /// How faces are looked for.
        package var detection = FaceDetector.Options()
        package var limits = ImageLimits()
        /// Whether photos are chips already.
        package var isAligned = false

        package init() {}
    }

    private let recipe: Recipe<FaceRecipe>
    private let weights: FaceWeights
    private let threads: Int

    /// - Parameters:
    ///   - recipe: the path of a recipe.
    ///   - seed: instead of the recipe's.
    /// - Throws: `RecipeError` where the recipe is not one.
    package init(
        recipe: String, seed: UInt64? = nil, weights: FaceWeights = FaceWeights(),
        threads: Int = Model.Options.processorCount
    ) throws {
        self.recipe = try Recipe.read(recipe, as: FaceRecipe.self)
            .overriding("training.seed", with: seed.map(String.init))
        (self.weights, self.threads) = (weights, threads)
    }

    /// What is learned: a network, or people.
    package var learn: FaceRecipe.Learn { recipe.content.learn }

    /// Trains in a folder of its own, and leaves the model there.
    ///
    /// - Parameters:
    ///   - data: the path of a folder with a folder a person.
    ///   - base: the network whose vectors people are learned among; not asked for where a network is learned.
    ///   - output: the run's folder; nil for `runs/RECIPE-SEED`.
    ///   - existing: what is done with a run that is there.
    ///   - start: the path of a finished model, or of its run's folder, whose weights are the first ones.
    package func run(
        _ data: String, reading: Reading, base: (Model.Options) throws -> FaceEmbedder, output: String?,
        existing: Run.Existing, from start: String? = nil, progress: @escaping ProgressHandler = { _ in },
        shouldStop: @escaping () -> Bool = { false }
    ) throws -> (run: Run, outcome: TrainingOutcome) {
        switch learn {
        case .network:
            let chip = recipe.content.chip ?? FaceRecipe.Chip()
            let isFound = chip.template == .dlib150 && !reading.isAligned
            var aligner = try FaceAligner(
                chip.template, side: chip.side, predictor: isFound ? weights.predictor() : nil)
            aligner.margin = Self.margin
            let material = try NetworkMaterial(
                photos(data, reading, aligner, progress, shouldStop), recipe.content, border: aligner.border,
                isAligned: reading.isAligned)
            return try run(
                material, output: output, existing: existing, from: start, progress: progress, shouldStop: shouldStop)
        case .people:
            let embedder = try base(Model.Options(threads: threads))
            var aligner = embedder.aligner
            aligner.margin = Self.margin
            let material = try PeopleMaterial(
                photos(data, reading, aligner, progress, shouldStop), recipe.content, border: aligner.border,
                isAligned: reading.isAligned, embedder: embedder, progress: progress, shouldStop: shouldStop)
            return try run(
                material, output: output, existing: existing, from: start, progress: progress, shouldStop: shouldStop)
        }
    }

    /// What shifts and turns need around a chip.
    private static let margin = 0.15

    private func photos(
        _ data: String, _ reading: Reading, _ aligner: FaceAligner, _ progress: ProgressHandler,
        _ shouldStop: () -> Bool
    ) throws -> FacePhotos {
        let detector = try reading.isAligned ? nil : weights.detector(Model.Options(threads: 1))
        var recognizer = FaceRecognizer(detector, nil)
        (recognizer.detection, recognizer.limits) = (reading.detection, reading.limits)
        return try FacePhotos(
            data, by: recognizer, aligner, threads: threads, progress: progress, shouldStop: shouldStop)
    }

    private func run(
        _ material: some FaceMaterial, output: String?, existing: Run.Existing, from start: String?,
        progress: @escaping ProgressHandler, shouldStop: @escaping () -> Bool
    ) throws -> (run: Run, outcome: TrainingOutcome) {
        let content = recipe.content, people = material.people
        var training = try content.training.training(
            material.network, input: material.input, examples: material.examples.count,
            loss: .largeMarginCosine(scale: content.loss.scale, margin: content.loss.margin), threads: threads)
        try material.prepare(&training)
        let run = try Run(of: recipe, seed: content.training.seed, output: output, existing: existing, from: start) {
            let known = try EmbedderMetadata(contentsOf: $0.path)?.people
            let layer = try $0.start(&training, hasSameClasses: known == people)
            let change = layer.map { "; the last layer, \($0), is new, since the people differ" }
            progress(.message("\($0.path): the training starts from its weights" + (change ?? "")))
        }
        var trainingRun = TrainingRun(run, content.training, progress: progress, shouldStop: shouldStop)
        trainingRun.subject = people.joined(separator: "\n")
        let outcome = try trainingRun.run(
            &training, on: material.examples,
            validate: { training in
                guard let heldBack = material.heldBack else { return nil }
                let evaluation = try training.evaluate(heldBack)
                return Validation(accuracy: evaluation.accuracy, loss: evaluation.loss)
            },
            model: { training, outcome in
                var graph = try material.graph(of: training)
                graph.metadata[EmbedderMetadata.key] = try material.metadata(of: graph, training).text
                graph.metadata.merge(entries(of: run, outcome, material.examples.count)) { _, new in new }
                return graph
            })
        return (run, outcome)
    }

    private func entries(of run: Run, _ outcome: TrainingOutcome, _ examples: Int) -> [String: String] {
        let content = recipe.content
        var entries = [
            "engram.name": content.name, "engram.recipe": run.recipeText,
            "engram.seed": String(content.training.seed), "engram.data": content.data,
        ]
        entries["engram.from"] = run.start?.description
        let figures = outcome.kept.validation.map { "\($0.name) \($0.value)" }.joined(separator: ", ")
        entries["engram.figures"] =
            (figures.isEmpty ? "not validated" : "validation of epoch \(outcome.kept.epoch): \(figures)")
            + "; \(examples) chips an epoch"
        return entries
    }
}

/// What is learned from, and what becomes of it.
protocol FaceMaterial {
    associatedtype Examples: Dataset
    associatedtype Network: Layer
    /// Who is told apart, in the order of the network's outputs.
    var people: [String] { get }
    var examples: Examples { get }
    /// nil where nothing was held back.
    var heldBack: Examples? { get }
    var network: Network { get }
    /// An example's shape.
    var input: Shape { get }

    /// Gives a training that has not begun better first weights than chance does.
    func prepare(_ training: inout Training) throws

    /// The finished network, from pictures to vectors and to the cosines to people's directions.
    func graph(of training: borrowing Training) throws -> Graph

    /// What the network says of itself.
    func metadata(of graph: Graph, _ training: borrowing Training) throws -> EmbedderMetadata
}
