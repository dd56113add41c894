import ArgumentParser
import Engine
import FraudDetection
import Pipelines
import Progress
import Terminal

/// `fraud-score train RECIPE --data FILE…`
struct Train: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Train a model by a recipe.",
        discussion: """
            The recipe says which columns of the tables mean what, which features are computed from history, and what is \
            learned from when. The run's folder gets model.onnx, a checkpoint, log.jsonl, curves.png and the recipe as it \
            ran.

            Example:
              fraud-score train pipelines/fraud.yaml --data payments.csv.gz --output runs/mine
              fraud-score evaluate --model runs/mine/model.onnx --from 2018-08-01 payments.csv.gz
            """)

    @Argument(help: "A recipe, YAML.")
    var recipe: String

    @Option(
        parsing: .upToNextOption,
        help: ArgumentHelp("Tables, CSV, packed with gzip or not, in the order of time.", valueName: "file"))
    var data: [String]

    @OptionGroup var options: RunOptions
    @OptionGroup var common: CommonOptions

    func run() throws {
        Interruption.watch()
        let training = try FraudTraining(
            recipe: recipe, data: data, seed: options.seed,
            threads: common.threads ?? Model.Options.processorCount)
        let rejects = RejectFile()
        let (run, outcome) = try training.run(
            output: options.output, existing: options.resume ? .resume : options.overwrite ? .overwrite : .refuse,
            progress: common.progress, onReject: rejects.take, shouldStop: { Interruption.isRequested })
        Results(of: FraudScore.name, json: common.json).trained(
            model: run.modelPath, epoch: outcome.kept.epoch,
            figures: outcome.kept.validation.map { ($0.name, $0.value) }, seconds: outcome.seconds)
        try rejects.end()
    }
}
