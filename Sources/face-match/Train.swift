import ArgumentParser
import Engine
import FaceRecognition
import Pipelines
import Progress
import Terminal

/// `face-match train RECIPE --data DIR`
struct Train: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Train a network of your own, or teach the installed one people, by a recipe.",
        discussion: """
            DIR holds a folder of photos a person, of each of which the largest face counts. The run's folder gets model.onnx, a \
            checkpoint, log.jsonl, curves.png and the recipe as it ran. The network goes into every command as --embedder, and \
            'identify' takes it for KNOWN.

            Examples:
              face-match train pipelines/faces.yaml --data people --output runs/mine
              face-match identify runs/mine/model.onnx party.jpg
              face-match verify a.jpg b.jpg --embedder runs/mine/model.onnx

            From few photos a person, a direction a person among the vectors of the installed network:
              face-match train pipelines/faces-people.yaml --data people --output runs/people
              face-match identify runs/people/model.onnx party.jpg
            """)

    @Argument(help: "A recipe, YAML.")
    var recipe: String

    @Option(help: ArgumentHelp("The folder with a folder a person.", valueName: "dir"))
    var data: String

    @OptionGroup var options: RunOptions
    @OptionGroup var photos: PhotoOptions
    @OptionGroup var embedder: EmbedderOptions
    @OptionGroup var common: CommonOptions

    func run() throws {
        Interruption.watch()
        let training = try FaceTraining(
            recipe: recipe, seed: options.seed, threads: common.threads ?? Model.Options.processorCount)
        if training.learn == .network, embedder.embedder != nil {
            throw ValidationError("--embedder is for recipes that learn people; --from starts from a network")
        }
        var reading = FaceTraining.Reading()
        (reading.detection, reading.limits) = (photos.detection, photos.limits)
        reading.isAligned = embedder.aligned ?? false
        let (run, outcome) = try training.run(
            data, reading: reading, base: { try embedder.load(FaceWeights(), $0) }, output: options.output,
            existing: options.resume ? .resume : options.overwrite ? .overwrite : .refuse, from: options.from,
            progress: common.progress, shouldStop: { Interruption.isRequested })
        Results(of: FaceMatch.name, json: common.json).trained(
            model: run.modelPath, epoch: outcome.kept.epoch,
            figures: outcome.kept.validation.map { ($0.name, $0.value) }, seconds: outcome.seconds)
    }
}
