internal import Engine
internal import ModelFiles
package import Progress
package import Text

/// Talks with lines that people wrote, and what goes wrong in them.
package struct Rehearsal: Sendable {
    /// The lines and the answers, in turn.
    package private(set) var talks: [Dialogue] = []
    /// Answers, and those among them that are empty, that have a piece of 20 characters three times, and that the limit cut.
    package private(set) var answers = 0
    package private(set) var empty = 0
    package private(set) var repeating = 0
    package private(set) var cut = 0
    /// Answers that were given in the same talk before.
    package private(set) var again = 0
    /// Characters of all answers.
    package private(set) var characters = 0
    private var words: [WordPairs] = [WordPairs(), WordPairs()]

    /// The share of pairs of words that differ, among the first 20,000 words of the answers.
    ///
    /// Source: Li, Galley, Brockett, Gao, Dolan 2016, "A Diversity-Promoting Objective Function for Neural Conversation Models", section 5: distinct-2.
    package var distinct2: Double { words[1].share }
    /// The same of the lines that were answered.
    package var distinct2OfLines: Double { words[0].share }

    private static let piece = 20

    /// Lets a network answer.
    ///
    /// - Parameters:
    ///   - lines: talks, of which the lines of whoever began are said in turn, in an order that the seed decides; where a talk is over before the
    ///     network had its turns, it goes on with the next one's.
    ///   - talks: how many at most, each with a seed of its own; they end where nothing is left to say.
    ///   - turns: answers in each.
    package init(
        of model: CharacterModel, with lines: [Dialogue], talks: Int, turns: Int, sampling: Sampling, seed: UInt64,
        progress: @escaping ProgressHandler = { _ in }, shouldStop: () -> Bool = { false }
    ) throws {
        var prompter = Prompter(lines, seed: seed)
        var task = TaskProgress("talking", unit: "talks", total: talks)
        for talk in 0..<talks where !shouldStop() {
            var conversation = try Conversation(model, seed: seed &+ UInt64(talk))
            prompter.beginTalk()
            while conversation.turns.count < 2 * turns, let line = prompter.next() {
                try conversation.say(line)
                let reply = try conversation.reply(sampling)
                count(reply, in: conversation)
                words[0].add(line)
                words[1].add(reply.text)
            }
            guard !conversation.turns.isEmpty else { break }
            self.talks.append(Dialogue(turns: conversation.turns.map(\.text)))
            task.completed += 1
            progress(.advanced(task))
        }
        progress(.finished(task))
    }

    /// Writes the talks as lines of JSON, as ``DialogueReader`` reads them.
    package func write(to path: String) throws {
        let text = talks.map { talk in
            "{\"turns\":[" + talk.turns.map(\.inJSON).joined(separator: ",") + "]}\n"
        }.joined()
        try AtomicFile.write(Array(text.utf8), to: path)
    }

    private mutating func count(_ reply: Conversation.Reply, in conversation: Conversation) {
        let scalars = Array(reply.text.unicodeScalars)
        answers += 1
        characters += scalars.count
        if scalars.isEmpty { empty += 1 }
        if !reply.isWhole { cut += 1 }
        if conversation.turns.dropLast().contains(where: { $0.speaker == .bot && $0.text == reply.text }) { again += 1 }
        var pieces: [ArraySlice<Unicode.Scalar>: Int] = [:]
        for start in 0..<max(0, scalars.count - Self.piece + 1) {
            pieces[scalars[start..<start + Self.piece], default: 0] += 1
        }
        if pieces.values.contains(where: { $0 >= 3 }) { repeating += 1 }
    }
}

/// Lines of talks, one after the other.
private struct Prompter {
    private var rest: ArraySlice<Dialogue>
    private var lines: ArraySlice<String> = []

    init(_ dialogues: [Dialogue], seed: UInt64) {
        var random = RandomStream(seed: seed, name: "lines", number: 0)
        var shuffled = dialogues
        for last in stride(from: shuffled.count - 1, to: 0, by: -1) {
            shuffled.swapAt(last, random.integer(in: 0...last))
        }
        rest = shuffled[...]
    }

    /// What is left of the last talk's lines is not said.
    mutating func beginTalk() { lines = [] }

    mutating func next() -> String? {
        while lines.isEmpty, let dialogue = rest.popFirst() {
            lines = dialogue.turns.enumerated().filter { $0.offset % 2 == 0 }.map(\.element)[...]
        }
        return lines.popFirst()
    }
}

/// Pairs of words that stand side by side, of a text's first words.
private struct WordPairs {
    private var left = 20_000
    private var count = 0
    private var distinct: Set<[String]> = []

    var share: Double { Double(distinct.count) / Double(max(count, 1)) }

    mutating func add(_ text: String) {
        let words = text.lowercased().split(separator: " ").prefix(left).map(String.init)
        left -= words.count
        for (first, second) in zip(words, words.dropFirst()) {
            distinct.insert([first, second])
            count += 1
        }
    }
}
