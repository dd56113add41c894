import ArgumentParser
import Chatbot
import Engine
import Progress
import Terminal

/// `char-chat evaluate FILE…`
struct Evaluate: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Measure how well a model foretells the characters of texts.",
        discussion: """
            Of dialogues every turn is foretold after all that was said before it, each dialogue from an empty memory: the \
            characters of the turns, a line break behind each, and one more behind the last. Of plain text each character \
            is foretold after all before it, or with --window after those of its own stretch.

            Example:
              char-chat evaluate --json dialogues.jsonl
            """)

    @OptionGroup var model: ModelOption

    @Option(help: ArgumentHelp("Begin anew every so many characters of a plain text.", valueName: "n"))
    var window: Int?

    @Option(
        name: .customLong("line-modulo"),
        help: ArgumentHelp("Only dialogues whose line, counted from 0, leaves R when divided by N.", valueName: "n,r"))
    var lines: LineSelection?

    @OptionGroup var common: CommonOptions

    @Argument(help: "Files of dialogues or plain text.")
    var files: [String]

    func validate() throws {
        if let window, window < 1 { throw ValidationError("--window is \(window); it can be 1 or more") }
    }

    func run() throws {
        let model = try model.load(threads: common.threads ?? Model.Options.processorCount)
        let results = Results(of: CharChat.name, json: common.json)
        for file in files {
            do {
                let evaluation = try CharacterEvaluation(
                    of: model, onFile: file, window: window, lines: lines?.pair, progress: common.progress)
                let bits = evaluation.bitsPerCharacter, nats = evaluation.natsPerCharacter
                results.answer(
                    "\(file)\t\(evaluation.characters) characters\t\(FigureText.significant(nats)) nats\t\(FigureText.significant(bits)) bits a character",
                    json: [
                        "file": .string(file), "characters": .integer(evaluation.characters),
                        "nats_per_character": .number(nats), "bits_per_character": .number(bits),
                    ])
            } catch { results.failure(of: file, error) }
        }
        try results.end()
    }
}
