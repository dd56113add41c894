import ArgumentParser
import Chatbot
import Pipelines
import Terminal
import Text

/// `char-chat rehearse FILE…`
struct Rehearse: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Let a model answer lines that people wrote, and count what goes wrong.",
        discussion: """
            The lines of whoever begins the dialogues are said, and the model answers. Counted are answers that are empty, \
            that say a piece of 20 characters three times, that were cut at the limit, that were given before in the same \
            talk; and the share of different pairs of words among the first 20,000 words of both sides.

            Example:
              char-chat rehearse --talks 500 --line-modulo 20,7 --output talks.jsonl dialogues.jsonl
            """)

    @Option(help: ArgumentHelp("Talks to hold; fewer where the lines do not last.", valueName: "n"))
    var talks = 100

    @Option(help: ArgumentHelp("Answers in each.", valueName: "n"))
    var turns = 10

    @Option(
        name: .customLong("line-modulo"),
        help: ArgumentHelp("Only dialogues whose line, counted from 0, leaves R when divided by N.", valueName: "n,r"))
    var lines: LineSelection?

    @Option(help: ArgumentHelp("Write the talks, JSON Lines.", valueName: "file"))
    var output: String?

    @OptionGroup var model: ModelOption
    @OptionGroup var options: SamplingOptions
    @OptionGroup var common: CommonOptions

    @Argument(help: "Files of dialogues.")
    var files: [String]

    func validate() throws {
        guard (1...1_000_000).contains(talks) else {
            throw ValidationError("--talks is \(talks); it can be 1 to 1,000,000")
        }
        guard (1...1_000).contains(turns) else { throw ValidationError("--turns is \(turns); it can be 1 to 1,000") }
    }

    func run() throws {
        Interruption.watch()
        let model = try model.load(threads: common.threads)
        let dialogues = try files.flatMap { file in
            try Dialogue.selected(ofFile: file, lines: lines?.pair, progress: common.progress)
        }
        let rehearsal = try Rehearsal(
            of: model, with: dialogues, talks: talks, turns: turns, sampling: options.sampling, seed: options.seed,
            progress: common.progress, shouldStop: { Interruption.isRequested })
        if let output { try rehearsal.write(to: output) }
        let results = Results(of: CharChat.name, json: common.json)
        results.answer(
            """
            \(rehearsal.talks.count) talks, \(rehearsal.answers) answers of \(rehearsal.characters / max(rehearsal.answers, 1)) characters: \
            \(rehearsal.empty) empty, \(rehearsal.repeating) repeating a piece, \(rehearsal.cut) cut, \(rehearsal.again) given before; \
            distinct-2 \(FigureText.significant(rehearsal.distinct2)), of the lines \(FigureText.significant(rehearsal.distinct2OfLines))
            """,
            json: [
                "talks": .integer(rehearsal.talks.count), "answers": .integer(rehearsal.answers),
                "characters": .integer(rehearsal.characters), "empty": .integer(rehearsal.empty),
                "repeating": .integer(rehearsal.repeating), "cut": .integer(rehearsal.cut),
                "again": .integer(rehearsal.again), "distinct_2": .number(rehearsal.distinct2),
                "distinct_2_of_lines": .number(rehearsal.distinct2OfLines),
            ])
        if Interruption.isRequested { throw CancellationError() }
    }
}
