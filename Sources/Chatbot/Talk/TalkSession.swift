/// A talk line by line: words are answered, commands are done.
package struct TalkSession: Sendable {
    /// What is shown of it.
    package enum Event: Hashable, Sendable {
        /// A character of the answer.
        case character(Unicode.Scalar)
        /// The answer is at its end, and what is kept of it: without spaces at the ends, or two in a row.
        case answered(String)
        /// What a command did.
        case message(String)
        /// What the user should know of an answer.
        case notice(String)
        /// What could not be done; the talk is as it was.
        case fault(String)
    }

    package private(set) var conversation: Conversation
    package private(set) var sampling: Sampling

    package init(_ conversation: Conversation, _ sampling: Sampling) {
        self.conversation = conversation
        self.sampling = sampling
    }

    /// Takes a line.
    ///
    /// - Parameters:
    ///   - shouldStop: asked while an answer is written.
    ///   - show: told what comes of it, as it comes.
    /// - Returns: whether to go on.
    package mutating func take(
        _ line: String, shouldStop: () -> Bool = { false }, show: (Event) -> Void
    ) -> Bool {
        do {
            guard let command = try TalkCommand(line) else {
                let count = conversation.turns.count
                if try conversation.say(line) {
                    show(.notice("only the last \(Conversation.readLimit) characters of it are read"))
                }
                if conversation.turns.count > count { try answer(shouldStop, show) }
                return true
            }
            return try perform(command, shouldStop, show)
        } catch {
            show(.fault("\(error)"))
            return true
        }
    }

    private mutating func perform(
        _ command: TalkCommand, _ shouldStop: () -> Bool, _ show: (Event) -> Void
    ) throws -> Bool {
        switch command {
        case .help: show(.message(TalkCommand.helpText))
        case .quit: return false
        case .reset:
            conversation.reset()
            show(.message("a new talk"))
        case .retry:
            guard conversation.takeReplyBack() else {
                show(.fault("there is no answer to give anew"))
                return true
            }
            if sampling.isGreedy { show(.notice("at temperature 0 the answer is the same each time")) }
            try answer(shouldStop, show)
        case .undo:
            show(conversation.undo() ? .message("taken back") : .fault("there is nothing to take back"))
        case .save(let path):
            try SavedTalk(conversation, sampling).write(to: path)
            show(.message("\(conversation.turns.count) turns in \(path)"))
        case .load(let path):
            let saved = try SavedTalk(contentsOf: path)
            try conversation.resume(saved.turns)
            conversation.seed = saved.seed
            sampling.temperature = saved.temperature ?? sampling.temperature
            sampling.candidates = saved.candidates ?? sampling.candidates
            let own = conversation.model.name
            let other = saved.model == own ? "" : "; it was held with the model '\(saved.model)', this is '\(own)'"
            show(.message("\(saved.turns.count) turns from \(path)\(other)"))
        case .temperature(let value):
            sampling.temperature = value
            show(.message("temperature \(value)"))
        case .seed(let value):
            conversation.seed = value
            show(.message("seed \(value)"))
        case .candidates(let value):
            sampling.candidates = value
            show(.message("candidates \(value)"))
        }
        return true
    }

    private mutating func answer(_ shouldStop: () -> Bool, _ show: (Event) -> Void) throws {
        let reply = try conversation.reply(
            sampling, onCharacter: { show(.character($0)) }, shouldStop: shouldStop)
        show(.answered(reply.text))
    }
}
