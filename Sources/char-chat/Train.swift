import ArgumentParser
import Engine
import Pipelines
import Progress
import Chatbot
import Terminal

/// `char-chat train RECIPE --data DIR`
struct Train: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Train a model by a recipe.",
        discussion: """
            DATA is a folder of dialogues, a file of dialogues, or a plain text: JSON Lines of {"turns":["…","…"]}, a turn
            a line as `Name: words` with an empty line between talks, or any other text in UTF-8; packed with gzip or not.
            The run's folder gets model.onnx, a checkpoint, log.jsonl, curves.png and the recipe as it ran.

            Example:
              char-chat train pipelines/chat.yaml --data dialogues --output runs/mine
              char-chat evaluate --model runs/mine/model.onnx held-out.jsonl
            """)

    @Argument(help: "A recipe, YAML.")
    var recipe: String

    @Option(help: ArgumentHelp("The text, or the folder of dialogues.", valueName: "path"))
    var data: String

    @Option(help: ArgumentHelp("The run's folder (default: runs/RECIPE-SEED).", valueName: "run"))
    var output: String?

    @Option(help: ArgumentHelp("Where random numbers start, instead of the recipe's.", valueName: "n"))
    var seed: UInt64?

    @Option(
        help: ArgumentHelp(
            "Start from the weights of a finished model, or of a run's folder.",
            valueName: "model"))
    var from: String?

    @Flag(help: "Go on with a run that was interrupted.")
    var resume = false

    @Flag(help: "Remove a run that is there and begin anew.")
    var overwrite = false

    @OptionGroup var common: CommonOptions

    func validate() throws {
        if resume, overwrite { throw ValidationError("--resume and --overwrite exclude each other") }
    }

    func run() throws {
        Interruption.watch()
        let training = try ChatTraining(
            recipe: recipe, data: data, seed: seed, from: from, threads: common.threads ?? Model.Options.processorCount)
        let (run, outcome) = try training.run(
            output: output, existing: resume ? .resume : overwrite ? .overwrite : .refuse, progress: common.progress,
            shouldStop: { Interruption.isRequested })
        let figures = outcome.kept.validation.map { (name: $0.name, value: $0.value) }
        let results = Results(of: CharChat.name, json: common.json)
        results.answer(
            ([run.modelPath, "epoch \(outcome.kept.epoch)"]
                + figures.map { "\($0.name) \(FigureText.significant($0.value))" })
                .joined(separator: "\t"),
            json: [
                "model": .string(run.modelPath), "epoch": .integer(outcome.kept.epoch),
                "validation": .object(figures.map { .init($0.name, .number($0.value)) }),
                "seconds": .number(outcome.seconds),
            ])
    }
}
