import ArgumentParser
import Chatbot
import Engine
import Pipelines
import Progress
import Terminal

/// `char-chat train RECIPE --data DIR`
struct Train: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Train a model by a recipe.",
        discussion: """
            DATA is a folder of dialogues, a file of dialogues, or a plain text: JSON Lines of {"turns":["…","…"]}, a turn \
            a line as `Name: words` with an empty line between talks, or any other text in UTF-8; packed with gzip or not. \
            The run's folder gets model.onnx, a checkpoint, log.jsonl, curves.png and the recipe as it ran.

            Example:
              char-chat train pipelines/chat.yaml --data dialogues --output runs/mine
              char-chat evaluate --model runs/mine/model.onnx held-out.jsonl
            """)

    @Argument(help: "A recipe, YAML.")
    var recipe: String

    @Option(help: ArgumentHelp("The text, or the folder of dialogues.", valueName: "path"))
    var data: String

    @OptionGroup var options: RunOptions
    @OptionGroup var common: CommonOptions

    func run() throws {
        Interruption.watch()
        let training = try ChatTraining(
            recipe: recipe, data: data, seed: options.seed, from: options.from,
            threads: common.threads ?? Model.Options.processorCount)
        let (run, outcome) = try training.run(
            output: options.output, existing: options.resume ? .resume : options.overwrite ? .overwrite : .refuse,
            progress: common.progress,
            shouldStop: { Interruption.isRequested })
        Results(of: CharChat.name, json: common.json).trained(
            model: run.modelPath, epoch: outcome.kept.epoch,
            figures: outcome.kept.validation.map { ($0.name, $0.value) }, seconds: outcome.seconds)
    }
}
