import ArgumentParser
import Engine
import Pipelines
import Progress
import SpeechRecognition
import Terminal

/// `keyword-transcribe train RECIPE --data DIR`
struct Train: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Train a model by a recipe.",
        discussion: """
            DIR holds a folder of recordings a word, as Speech Commands has them, or log-mel features with their words. \
            The run's folder gets model.onnx, a checkpoint, log.jsonl, curves.png and the recipe as it ran.

            Example:
              keyword-transcribe train pipelines/keywords.yaml --data speech_commands --output runs/mine
              keyword-transcribe --model runs/mine/model.onnx talk.wav

            With --from, a finished model goes on learning, from other data or by another recipe of the same network; a last \
            layer of other labels is new:
              keyword-transcribe model --output shipped.onnx
              keyword-transcribe train pipelines/keywords.yaml --data mine --from shipped.onnx --output runs/tuned
            """)

    @Argument(help: "A recipe, YAML.")
    var recipe: String

    @Option(help: ArgumentHelp("The folder of clips or features.", valueName: "dir"))
    var data: String

    @OptionGroup var options: RunOptions
    @OptionGroup var common: CommonOptions

    func run() throws {
        Interruption.watch()
        let training = try KeywordTraining(
            recipe: recipe, data: data, seed: options.seed, from: options.from,
            threads: common.threads ?? Model.Options.processorCount)
        let (run, outcome) = try training.run(
            output: options.output, existing: options.resume ? .resume : options.overwrite ? .overwrite : .refuse,
            progress: common.progress,
            shouldStop: { Interruption.isRequested })
        Results(of: KeywordTranscribe.name, json: common.json).trained(
            model: run.modelPath, epoch: outcome.kept.epoch,
            figures: outcome.kept.validation.map { ($0.name, $0.value) }, seconds: outcome.seconds)
    }
}
