import ArgumentParser
import Chatbot
import Terminal

/// `char-chat recall FILE`
struct Recall: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Measure how many answers a model has by heart.",
        discussion: """
            Of dialogues the first turn is said, as it stands and then in lower case without punctuation, and the greedy \
            answer has to be the second turn, letter for letter. Prompts with several answers are left out.

            Example:
              char-chat recall chatterbot.jsonl --held-out 20,7
            """)

    @OptionGroup var model: ModelOption
    @OptionGroup var common: CommonOptions

    @Option(
        help: ArgumentHelp("Leave out lines that leave R when divided by N, counted from 0.", valueName: "n,r"))
    var heldOut: LineSelection?

    @Argument(help: "A file of dialogues.")
    var file: String

    func run() throws {
        let model = try model.load(threads: common.threads)
        let prompts = try PromptRecall.prompts(ofFile: file, heldOut: heldOut?.pair, progress: common.progress)
        let results = Results(of: CharChat.name, json: common.json)
        for isCareless in [false, true] {
            let recall = try PromptRecall(of: model, on: prompts, isCareless: isCareless, progress: common.progress)
            let share = FigureText.significant(100 * recall.share)
            results.answer(
                "\(file)\t\(isCareless ? "typed carelessly" : "as written")\t\(recall.recalled) of \(recall.prompts)\t\(share) %",
                json: [
                    "file": .string(file), "careless": .bool(isCareless), "prompts": .integer(recall.prompts),
                    "recalled": .integer(recall.recalled), "share": .number(recall.share),
                ])
        }
    }
}
