import Chatbot
import Engine
import Foundation
import Testing
import Text

@Suite struct TalkTests {
    private func conversation(seed: UInt64 = 1) throws -> Conversation {
        try Conversation(Talks.model(Talks.code), seed: seed)
    }

    private func sampling(_ change: (inout Sampling) -> Void = { _ in }) -> Sampling {
        var sampling = Sampling()
        (sampling.temperature, sampling.minP, sampling.maximumLength, sampling.candidates) = (1, 0, 60, 1)
        change(&sampling)
        return sampling
    }

    @Test("what was said decides the answer: step by step, resumed, or with another talk before that was forgotten")
    func memory() throws {
        let sampling = sampling()
        var first = try conversation()
        try first.say("Hello there, how are you today? I hope that all is well with you and your two fine cats.")
        let answer = try first.reply(sampling)
        try first.say("And now?")
        let second = try first.reply(sampling)
        var other = try conversation()
        try other.say("Something else.")
        _ = try other.reply(sampling)
        other.reset()
        #expect(other.turns.isEmpty)
        try other.say(first.turns[0].text)
        let again = try other.reply(sampling)
        #expect(again == answer)
        // From its words alone.
        var resumed = try conversation()
        try resumed.resume(Array(first.turns.prefix(3)))
        let third = try resumed.reply(sampling)
        #expect(third == second)
        #expect(first.turns.map(\.speaker) == [.user, .bot, .user, .bot])
        // A file that somebody else wrote may have line breaks within a turn, which would end it.
        var foreign = try conversation()
        try foreign.resume([.init(.user, " And\r\nnow?\u{7}")])
        #expect(foreign.turns.map(\.text) == ["And now?"])
    }

    @Test("the same seed gives the same answers, with one thread or two, and another seed another")
    func seeds() throws {
        func answers(_ seed: UInt64, _ candidates: Int, threads: Int) throws -> [String] {
            var conversation = try Conversation(Talks.model(Talks.code, threads: threads), seed: seed)
            return try ["Hello!", "Tea?", "A cat."].map { words in
                try conversation.say(words)
                return try conversation.reply(sampling { $0.candidates = candidates }).text
            }
        }
        for candidates in [1, 3] {
            let answers1 = try answers(1, candidates, threads: 1)
            #expect(try answers(1, candidates, threads: 2) == answers1)
            #expect(try answers(2, candidates, threads: 1) != answers1)
            #expect(answers1.allSatisfy { !$0.isEmpty && $0.unicodeScalars.count <= 60 })
        }
    }

    @Test("temperature 0 takes the likeliest character each time") func greedy() throws {
        let model = try Talks.model(Talks.code)
        var conversation = try Conversation(model, seed: 9)
        try conversation.say("Tea?")
        let text = try conversation.reply(
            sampling {
                $0.temperature = 0; $0.wordPenalty = 1
            }
        ).text
        var memory = try model.read(
            [model.code.talkBegins] + model.code.encode("Tea?") + [model.code.secondSpeaks], after: nil)
        var numbers: [Int64] = []
        for _ in 0..<min(10, text.unicodeScalars.count) {
            var logits = memory.logits
            logits[Vocabulary.escape] = -.infinity
            if !numbers.contains(where: { model.code.vocabulary.character(of: Int($0)).properties.isAlphabetic }) {
                logits[Vocabulary.lineBreak] = -.infinity
            }
            let best = Int64(logits.indices.max { logits[$0] < logits[$1] } ?? 0)
            numbers.append(best)
            memory = try model.read([best], after: memory)
        }
        #expect(Dialogue.turn(text).hasPrefix(Dialogue.turn(model.code.vocabulary.decode(numbers))))
    }

    @Test("what a model reads and never writes is in no answer", arguments: [1, 3]) func unwritten(candidates: Int)
        throws
    {
        let sampling = sampling {
            $0.temperature = 5
            $0.candidates = candidates
        }
        func letters(_ unwritten: String) throws -> Set<Unicode.Scalar> {
            var conversation = try Conversation(Talks.model(Talks.code, unwritten: unwritten), seed: 3)
            for _ in 0..<20 {
                try conversation.say("Hello!")
                _ = try conversation.reply(sampling)
            }
            return Set(conversation.turns.filter { $0.speaker == .bot }.flatMap(\.text.unicodeScalars))
        }
        #expect(try letters("").isSuperset(of: ["e", "t"]))
        #expect(try letters("et").isDisjoint(with: ["e", "t"]))
    }

    @Test("a talk may be long: of what was said long ago no memory is kept, and it cannot be taken back") func long()
        throws
    {
        var conversation = try conversation(), turns: [Conversation.Turn] = []
        for _ in 0..<Conversation.turnLimit { turns += [.init(.user, "Tea?"), .init(.bot, "Yes.")] }
        try conversation.resume(turns)
        #expect(conversation.turns == turns)
        var count = 0
        while conversation.undo() { count += 1 }
        #expect(count == Conversation.turnLimit / 2 && conversation.turns.count == Conversation.turnLimit)
        try conversation.say("Hello!")
        #expect(try !conversation.reply(sampling()).text.isEmpty)
        conversation.reset()
        #expect(conversation.turns.isEmpty && !conversation.undo())
    }

    @Test("an answer can be taken back, given anew, and be stopped") func changes() throws {
        var conversation = try conversation()
        let nothing = (conversation.takeReplyBack(), conversation.undo())
        #expect(nothing == (false, false))
        try conversation.say("Hello!")
        let first = try conversation.reply(sampling()).text
        let isBack = conversation.takeReplyBack()
        #expect(isBack)
        let second = try conversation.reply(sampling()).text
        #expect(first != second && conversation.turns.map(\.text) == ["Hello!", second])
        let isBackAgain = conversation.takeReplyBack()
        #expect(isBackAgain)
        let third = try conversation.reply(sampling()).text
        #expect(third != first && third != second)
        let isUndone = conversation.undo()
        #expect(isUndone && conversation.turns.isEmpty)
        try conversation.say("Hello!")
        let firstAgain = try conversation.reply(sampling()).text
        #expect(firstAgain == first)
        try conversation.say("Tea?")
        var count = 0
        let stopped = try conversation.reply(
            sampling { $0.wordPenalty = 1 }, onCharacter: { _ in count += 1 }, shouldStop: { count >= 3 })
        #expect(count <= 3 && !stopped.isWhole && conversation.turns.count == 4)
        // Several are stopped at once, and what is kept is what was told.
        let isUndoneAgain = conversation.undo()
        #expect(isUndoneAgain)
        try conversation.say("Tea?")
        var told = "", asked = 0
        let best = try conversation.reply(
            sampling { $0.candidates = 3 }, onCharacter: { told.unicodeScalars.append($0) },
            shouldStop: {
                asked += 1
                return asked == 2
            })
        #expect(asked == 2 && told.unicodeScalars.count <= 2 && best.text == Dialogue.turn(told))
        // Nothing that is empty is said.
        try conversation.say(" \n\u{1} ")
        #expect(conversation.turns.count == 4)
    }

    @Test("no answer has a piece of twenty characters thrice") func pieces() throws {
        // A network that would say the same for ever: at temperature 0 one that nobody trained does.
        for seed in 1...8 as ClosedRange<UInt64> {
            var conversation = try Conversation(Talks.model(Talks.code, seed: seed), seed: 1)
            try conversation.say("Hello!")
            let text = try conversation.reply(
                sampling { ($0.temperature, $0.wordPenalty, $0.maximumLength) = (0, 1, 400) }
            ).text
            let characters = Array(text.unicodeScalars)
            var pieces: [[Unicode.Scalar]: Int] = [:]
            for start in 0..<max(0, characters.count - 19) {
                pieces[Array(characters[start..<start + 20]), default: 0] += 1
            }
            #expect((pieces.values.max() ?? 0) < 3, "\(text)")
        }
    }

    @Test("a megabyte, control characters and unknown ones are read") func hostile() throws {
        var conversation = try conversation()
        for words in ["☃\u{0}\u{7}🙂 שלום", String(repeating: "word ", count: 200_000)] {
            let isLong = try conversation.say(words)
            #expect(isLong == (words.count > 2_000))
            _ = try conversation.reply(sampling())
        }
        #expect(conversation.turns[0].text == "☃🙂 שלום")
    }

    @Test("commands do what they say, and faults leave the talk as it was") func commands() throws {
        try Talks.withFolder { folder in
            var session = TalkSession(try conversation(), sampling())
            func take(_ line: String) -> (goesOn: Bool, text: String) {
                var text = ""
                let goesOn = session.take(line) { event in
                    switch event {
                    case .character(let character): text.unicodeScalars.append(character)
                    case .answered: text += "|"
                    case .message(let message), .notice(let message): text += "(\(message))"
                    case .fault(let fault): text += "!\(fault)"
                    }
                }
                return (goesOn, text)
            }
            #expect(take("") == (true, "") && session.conversation.turns.isEmpty)
            let answer = take("Hello!").text
            #expect(answer.hasSuffix("|") && answer.count > 1)
            let turns = session.conversation.turns, path = folder + "/talk.json"
            #expect(take("/save \(path)").text == "(2 turns in \(path))")
            #expect(take("/retry").text != answer)
            #expect(take("/undo").text == "(taken back)" && take("/undo").text == "!there is nothing to take back")
            #expect(take("/load \(path)").text == "(2 turns from \(path))")
            #expect(session.conversation.turns == turns)
            #expect(take("/temperature 0.5").goesOn && session.sampling.temperature == 0.5)
            #expect(take("/candidates 3").goesOn && session.sampling.candidates == 3)
            #expect(take("/seed 7").goesOn && session.conversation.seed == 7)
            #expect(take("/help").text.contains("/candidates N"))
            try "nonsense".write(toFile: folder + "/broken.json", atomically: true, encoding: .utf8)
            for (line, fault) in [
                ("/retr", "there is no command /retr; /help shows all"), ("/save", "/save needs the name of a file"),
                ("/temperature x", "/temperature needs a number from 0 to 10, not 'x'"),
                ("/temperature -1", "/temperature needs a number from 0 to 10, not '-1'"),
                ("/seed -1", "/seed needs a whole number from 0 to 18446744073709551615, not '-1'"),
                ("/candidates 0", "/candidates needs a number from 1 to 64, not '0'"),
                ("/reset now", "/reset takes nothing behind it"),
                ("/load \(folder)/broken.json", "\(folder)/broken.json: not a talk that /save has written"),
            ] {
                #expect(take(line) == (true, "!" + fault))
            }
            #expect(take("/load \(folder)/none.json").text.hasPrefix("!\(folder)/none.json: "))
            #expect(take("/save \(folder)/none/talk.json").text.hasPrefix("!\(folder)/none"))
            #expect(session.conversation.turns == turns)
            #expect(take("/quit").goesOn == false)
            // A talk with another model goes on from its words.
            var saved = try SavedTalk(contentsOf: path)
            saved.model = "another"
            try saved.write(to: path)
            #expect(take("/load \(path)").text.contains("held with the model 'another'"))
            #expect(take("/reset").text == "(a new talk)" && session.conversation.turns.isEmpty)
        }
    }

    @Test("a model of plain text completes and does not talk") func plain() throws {
        let model = try Talks.model(CharacterCode(Talks.code.vocabulary, isOfTalks: false))
        #expect(throws: GraphError.self) { try Conversation(model, seed: 1) }
        func complete(_ seed: UInt64) throws -> String {
            var text = ""
            try model.complete("A cat", length: 30, sampling: sampling(), seed: seed) {
                text.unicodeScalars.append($0)
                return true
            }
            return text
        }
        #expect(try complete(1) == complete(1) && complete(1) != complete(2))
        #expect(try complete(1).unicodeScalars.count == 30)
    }
}
