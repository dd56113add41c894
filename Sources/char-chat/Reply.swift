import ArgumentParser
import Chatbot
import Engine
import Terminal

/// `char-chat reply "…"`
struct Reply: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Answer once.",
        discussion: """
            Example:
              char-chat reply "Do you like tea?" --seed 3 --json
            """)

    @OptionGroup var model: ModelOption
    @OptionGroup var options: SamplingOptions
    @OptionGroup var common: CommonOptions

    @Argument(help: "What is said.")
    var words: String

    func run() throws {
        var conversation = try Conversation(model.load(threads: common.threads), seed: options.seed)
        if try conversation.say(words) {
            StandardError.shared.error(
                "only the last \(Conversation.readLimit) characters of it are read", from: CharChat.name)
        }
        guard !conversation.turns.isEmpty else { throw ValidationError("nothing is said") }
        let clock = ContinuousClock(), start = clock.now
        var end = start
        let reply = try conversation.reply(options.sampling, onCharacter: { _ in end = clock.now })
        let seconds = (end - start) / .seconds(1)
        Results(of: CharChat.name, json: common.json).answer(
            reply.text,
            json: [
                "reply": .string(reply.text), "seed": .unsigned(options.seed),
                "candidates": .integer(options.sampling.drafts),
                "characters_per_second": .number(Double(reply.text.unicodeScalars.count) / max(seconds, 1e-9)),
            ])
    }
}
