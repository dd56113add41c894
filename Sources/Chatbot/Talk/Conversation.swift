package import Engine
internal import Text

/// A talk with a network: what was said, and what it remembers of it.
package struct Conversation: Sendable {
    /// Who said something.
    package enum Speaker: String, Codable, Sendable { case user, bot }

    /// What was said at a time.
    package struct Turn: Hashable, Codable, Sendable {
        package var speaker: Speaker
        package var text: String

        package init(_ speaker: Speaker, _ text: String) {
            self.speaker = speaker
            self.text = text
        }
    }

    /// What came of an answer.
    package struct Reply: Hashable, Sendable {
        package var text: String
        /// Whether it ended by itself, and not at the limit or because it was stopped.
        package var isWhole: Bool
    }

    /// Of a turn so many characters are read, the last ones: more would take seconds, and are forgotten anyway.
    package static let readLimit = 2_000

    package let model: CharacterModel
    /// Decides what is drawn.
    package var seed: UInt64
    package private(set) var turns: [Turn] = []
    /// After each of the last turns, and before them, the beginning where those are all.
    private var memories: [Memory]
    /// Of so many of the last turns memories are kept, and so many are read again of a talk that is resumed.
    package static let turnLimit = 200
    /// Of nothing yet, and of nothing but that a reply begins.
    private let beginning, alone: Memory
    /// How often the reply at hand was drawn anew.
    private var retries = 0

    /// - Throws: `GraphError` where the model is one of plain text.
    package init(_ model: CharacterModel, seed: UInt64) throws(GraphError) {
        guard model.code.isOfTalks else {
            throw GraphError(
                fault: "the model is one of plain text; it does not talk; char-chat complete goes on with texts")
        }
        self.model = model
        self.seed = seed
        beginning = try model.read([model.code.talkBegins], after: nil)
        memories = [beginning]
        alone = try model.read([model.code.secondSpeaks], after: nil)
    }

    /// Lets the user say something; what is empty is not said.
    ///
    /// - Returns: whether only the end of it was read.
    @discardableResult
    package mutating func say(_ words: String) throws(GraphError) -> Bool {
        let text = Dialogue.turn(words)
        guard !text.isEmpty else { return false }
        try append(Turn(.user, text))
        return text.unicodeScalars.count > Self.readLimit
    }

    /// Answers what was said last.
    ///
    /// - Parameters:
    ///   - onCharacter: told of each character, as it is written or, of several candidates, at the end.
    ///   - shouldStop: asked while it is written; true ends the answer, which is kept as far as it is.
    package mutating func reply(
        _ sampling: Sampling, onCharacter: (Unicode.Scalar) -> Void = { _ in }, shouldStop: () -> Bool = { false }
    ) throws(GraphError) -> Reply {
        let draft = try ReplyWriter(model: model, sampling: sampling).reply(
            after: memories[memories.count - 1], alone: alone, seed: seed, number: turns.count << 16 | retries,
            onCharacter: onCharacter, shouldStop: shouldStop)
        let text = Dialogue.turn(draft.text)
        // What is remembered comes of the words and not of how they were written, so that a talk that is resumed goes on in the same way.
        try append(Turn(.bot, text))
        return Reply(text: text, isWhole: draft.end == .finished)
    }

    /// Takes the last answer back, for another one to the same words.
    ///
    /// - Returns: whether there was one.
    package mutating func takeReplyBack() -> Bool {
        guard turns.last?.speaker == .bot, memories.count > 1 else { return false }
        let count = retries + 1
        removeLast()
        retries = count
        return true
    }

    /// Takes the last words of the user back, and the answer to them.
    ///
    /// - Returns: whether there were some; those of long ago cannot be taken back.
    package mutating func undo() -> Bool {
        guard let last = turns.lastIndex(where: { $0.speaker == .user }), turns.count - last < memories.count else {
            return false
        }
        while turns.last?.speaker == .bot { removeLast() }
        removeLast()
        return true
    }

    /// Forgets all that was said.
    package mutating func reset() {
        turns = []
        memories = [beginning]
        retries = 0
    }

    /// Goes on with another talk in place of this one, its words brought into form as those that are said are.
    package mutating func resume(_ turns: [Turn]) throws(GraphError) {
        var other = self
        other.reset()
        let turns = turns.map { Turn($0.speaker, Dialogue.turn($0.text)) }
        for turn in turns.suffix(Self.turnLimit) { try other.append(turn) }
        other.turns = turns
        self = other
    }

    private mutating func append(_ turn: Turn) throws(GraphError) {
        let mark = turn.speaker == .user ? model.code.secondSpeaks : model.code.firstSpeaks
        let numbers = model.code.encode(turn.text).suffix(Self.readLimit)
        memories.append(try model.read(numbers + [mark], after: memories[memories.count - 1]))
        if memories.count > Self.turnLimit + 1 { memories.removeFirst() }
        turns.append(turn)
        // An answer that is taken back again is drawn anew once more.
        if turn.speaker == .user { retries = 0 }
    }

    private mutating func removeLast() {
        turns.removeLast()
        memories.removeLast()
        retries = 0
    }
}
