package import Progress
internal import Streams
package import Text

/// How much a network knows by heart: of prompts that have one answer, how many get just that, greedily.
package struct PromptRecall: Hashable, Sendable {
    package private(set) var prompts = 0
    package private(set) var recalled = 0

    package var share: Double { Double(recalled) / Double(max(prompts, 1)) }

    /// The prompts of a file of dialogues, each with its answer; those that have several are left out.
    ///
    /// - Parameter heldOut: lines whose number leaves `remainder` were not learned, and are not asked.
    package static func prompts(
        ofFile file: String, heldOut: (modulus: Int, remainder: Int)?, progress: @escaping ProgressHandler = { _ in }
    ) throws -> [Dialogue] {
        var answers: [String: Set<String>] = [:], asked: [Dialogue] = [], seen: Set<String> = []
        for (index, dialogue) in try Dialogue.numbered(ofFile: file, progress: progress) {
            let pair = Dialogue(turns: dialogue.turns.prefix(2))
            answers[pair.turns[0], default: []].insert(pair.turns[1])
            if let heldOut, index % heldOut.modulus == heldOut.remainder { continue }
            if seen.insert(pair.turns[0]).inserted { asked.append(pair) }
        }
        let prompts = asked.filter { answers[$0.turns[0]]?.count == 1 }
        guard !prompts.isEmpty else { throw InputError(file, "no prompt with a single answer is among its lines") }
        return prompts
    }

    /// Asks a network.
    ///
    /// - Parameters:
    ///   - prompts: talks of two turns.
    ///   - isCareless: asks in lower case and without punctuation.
    package init(
        of model: CharacterModel, on prompts: [Dialogue], isCareless: Bool,
        progress: @escaping ProgressHandler = { _ in }
    ) throws {
        var sampling = Sampling()
        (sampling.temperature, sampling.candidates, sampling.maximumLength) = (0, 1, 2_000)
        var conversation = try Conversation(model, seed: 0)
        var task = TaskProgress("asking", unit: "prompts", total: prompts.count)
        for prompt in prompts {
            conversation.reset()
            try conversation.say(isCareless ? prompt.careless.turns[0] : prompt.turns[0])
            if try conversation.reply(sampling).text == prompt.turns[1] { recalled += 1 }
            self.prompts += 1
            task.completed += 1
            progress(.advanced(task))
        }
        progress(.finished(task))
    }
}
