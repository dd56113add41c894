import Chatbot
import CommandRuns
import Engine
import Foundation
import ModelFiles
import NeuralNetworks
import Testing
import Text

/// The command as a user runs it, with a small network that nobody trained.
@Suite struct CharChatTests {
    private let place: Place

    init() throws {
        place = try Place(running: "char-chat")
        var counts = CharacterCounts()
        counts.add("Hello, how are you? I like tea, and a cat.")
        for isOfTalks in [true, false] {
            let code = CharacterCode(Vocabulary(of: counts, coverage: 1), isOfTalks: isOfTalks)
            var network = CharacterNetwork()
            (network.embedding, network.units) = (6, 10)
            let training = try Training(
                network.layers(inputs: code.inputs, outputs: code.outputs), input: [4], of: .i64,
                loss: .softmaxCrossEntropy, optimizer: .adamW(), schedule: .constant(rate: 0.1),
                options: .init(streams: 1, threads: 1))
            try training.graph(
                metadata: [
                    "engram.task": "characters", "engram.name": "small", "engram.vocabulary": code.vocabulary.metadata,
                    "engram.text": isOfTalks ? "talks" : "plain",
                ]
            ).write(toONNX: place.path + (isOfTalks ? "/talks.onnx" : "/plain.onnx"))
        }
    }

    private static let short = ["--model", "talks.onnx", "--max-length", "40"]

    @Test("a line in, an answer out; what is empty is passed over, commands work, and nothing else is written")
    func pipe() throws {
        let result = try Child(
            place, Self.short, input: Array("Hello!\n\nTea?\n/nothing\n/save talk.json\n/quit\nNo more.\n".utf8)
        ).result()
        #expect(result.status == 0)
        #expect(result.lines.count == 3 && result.lines[2] == "4 turns in talk.json")
        #expect(!result.output.unicodeScalars.contains { $0.value < 32 && $0 != "\n" })
        #expect(result.errors == "char-chat: there is no command /nothing; /help shows all\n")
        let saved = try SavedTalk(contentsOf: place.path + "/talk.json")
        #expect(saved.turns.map(\.text) == ["Hello!", result.lines[0], "Tea?", result.lines[1]])
        let json = try Child(
            place, Self.short + ["--json"], input: Array("Hello!\n/save talk.json\n".utf8)
        ).result()
        let answer = try JSONDecoder().decode([String: String].self, from: Data(json.output.utf8))
        #expect(answer == ["reply": result.lines[0]] && json.errors == "2 turns in talk.json\n")
        // The same again, in bytes that are no text too.
        let again = try Child(
            place, Self.short + ["--threads", "2"], input: Array("Hello!\n".utf8) + [0xFF, 0xFE, 10]
        ).result()
        #expect(again.lines.first == result.lines[0] && again.lines.count == 2 && again.status == 0)
    }

    @Test("an answer in a pipe comes before the next line is there") func flushed() throws {
        let child = try Child(place, Self.short, input: nil)
        for count in 1...2 {
            try child.feed(Array("Hello!\n".utf8))
            #expect(try child.waits(for: \.output) { $0.count { $0 == "\n" } == count })
        }
        try child.endInput()
        #expect(try child.result().status == 0)
    }

    @Test("a talk is kept in UTF-8 whatever the locale") func locale() throws {
        let said = "Où est le café? 🙂"
        let result = try Child(
            place, Self.short, input: Array("\(said)\n/save talk.json\n".utf8), shell: "export LC_ALL=C; " + Child.plain
        ).result()
        #expect(result.status == 0)
        #expect(try SavedTalk(contentsOf: place.path + "/talk.json").turns.first?.text == said)
        #expect(try String(decoding: place.bytes("talk.json"), as: UTF8.self).contains(said))
    }

    @Test("an answer once, as text or JSON, decided by the seed") func reply() throws {
        func reply(_ options: String...) throws -> String {
            let result = try Child(place, ["reply", "Hello!"] + Self.short + options).result()
            #expect(result.status == 0 && result.errors == "")
            return result.output
        }
        let first = try reply()
        #expect(try reply() == first && reply("--threads", "2") == first && reply("--seed", "2") != first)
        #expect(try reply("--temperature", "0") == reply("--temperature", "0", "--seed", "5"))
        struct Answer: Decodable {
            var reply: String
            var seed, candidates: Int
            var characters_per_second: Double
        }
        let json = try JSONDecoder().decode(
            Answer.self, from: Data(reply("--json", "--seed", "3", "--candidates", "2").utf8))
        #expect(json.seed == 3 && json.candidates == 2 && json.characters_per_second > 0 && !json.reply.isEmpty)
    }

    @Test("a text is gone on with, and texts are judged") func plain() throws {
        let completion = try place.run("complete", "A cat", "--length", "30", "--model", "plain.onnx")
        #expect(completion.status == 0 && completion.output.unicodeScalars.count == 31)
        try place.write("Hello, how are you?\n", to: "text.txt")
        let judged = try place.run("evaluate", "text.txt", "--json", "--model", "plain.onnx")
        #expect(judged.status == 0 && judged.output.contains("\"characters\":20,"))
        let piped = try place.run(
            "evaluate", "-", "--json", "--model", "plain.onnx", input: Array("Hello, how are you?\n".utf8))
        #expect(piped.output == judged.output.replacing("text.txt", with: "-"))
        let talk = #"{"turns":["Hello, how are you?","I like tea."]}"# + "\n"
        let talks = try place.run("evaluate", "-", "--json", "--model", "talks.onnx", input: Array(talk.utf8))
        #expect(talks.status == 0 && talks.output.contains("\"characters\":33,"))
        let wrong = try place.run("evaluate", "text.txt", "--model", "talks.onnx")
        #expect(wrong.status == 1 && wrong.errors.contains("text.txt: plain text, not dialogues"))
        // One that fails does not keep the others from being judged.
        let both = try place.run("evaluate", "none.txt", "text.txt", "--json", "--model", "plain.onnx")
        #expect(both.status == 1 && both.errors.contains("none.txt: no such file"))
        #expect(both.lines.count == 2 && both.lines[0] == #"{"file":"none.txt","error":"no such file"}"#)
        #expect(both.lines.last.map { $0 + "\n" } == judged.output)
    }

    @Test("answers that are known by heart are counted, of prompts that have one") func recall() throws {
        let greedy = try place.run(
            "reply", "Hello!", "--model", "talks.onnx", "--temperature", "0", "--max-length", "2000"
        ).output.dropLast()
        let pairs = [
            ["Hello!", String(greedy)], ["How?", "a"], ["How?", "b"], ["A cat", "not this"], ["Tea?", "held out"],
        ]
        try place.write(pairs.map { #"{"turns":["\#($0[0])","\#($0[1])"]}"# + "\n" }.joined(), to: "pairs.jsonl")
        let result = try place.run("recall", "pairs.jsonl", "--model", "talks.onnx", "--held-out", "5,4")
        #expect(result.status == 0 && result.lines.count == 2)
        #expect(result.lines.first == "pairs.jsonl\tas written\t1 of 2\t50.00 %")
        #expect(result.lines[1].hasPrefix("pairs.jsonl\ttyped carelessly\t") && result.lines[1].contains(" of 2\t"))
    }

    @Test("talks are held with people's lines, written down, and what goes wrong in them is counted")
    func rehearse() throws {
        let talk = #"{"turns":["Hello, how are you?","I like tea.","a cat"]}"# + "\n"
        try place.write(String(repeating: talk, count: 20), to: "lines.jsonl")
        let arguments = [
            "rehearse", "lines.jsonl", "--model", "talks.onnx", "--talks", "3", "--turns", "4", "--max-length", "9",
            "--temperature", "5", "--output", "held.jsonl", "--json",
        ]
        let result = try Child(place, arguments).result()
        #expect(result.status == 0, "\(result.errors)")
        let figures = try #require(
            try JSONSerialization.jsonObject(with: Data(result.output.utf8)) as? [String: Double])
        let held = try DialogueReader.dialogues(path: place.path + "/held.jsonl")
        #expect(held.count == 3 && held.allSatisfy { $0.turns.count == 8 && $0.turns[6] == "a cat" })
        let answers = held.flatMap { talk in talk.turns.indices.filter { $0 % 2 == 1 }.map { talk.turns[$0] } }
        #expect(figures["answers"] == 12 && figures["empty"] == 0)
        #expect(figures["characters"] == Double(answers.reduce(0) { $0 + $1.unicodeScalars.count }))
        // Of "hello, how are you?" and "a cat" four pairs, in six talks of two lines.
        #expect(figures["distinct_2_of_lines"] == 4.0 / 24)
        #expect(try Child(place, arguments).result().output == result.output)
        // Forty lines are five talks of eight.
        let all = try place.run(
            "rehearse", "lines.jsonl", "--model", "talks.onnx", "--talks", "9", "--turns", "8", "--max-length", "3")
        #expect(all.lines.first?.hasPrefix("5 talks, 40 answers ") == true, "\(all.output)")
    }

    @Test("the smoke recipe learns the sample data in seconds, and says how it speaks by now") func smoke() throws {
        let data = Place.project + "/sample-data/dialogues.jsonl"
        let run = try place.run(
            "train", Place.project + "/pipelines/chat-smoke.yaml", "--data", data, "--output", "smoke", "--json",
            "--threads", "1")
        #expect(run.status == 0, "\(run.errors)")
        #expect(run.errors.contains("sample: Isn't the weather lovely today? → "))
        #expect(run.errors.contains(" characters in "))
        // Of 2 to the power of 5.6 characters, in four talks that it did not learn.
        let judged = try place.run("evaluate", data, "--line-modulo", "12,7", "--json", "--model", "smoke/model.onnx")
        struct Judgement: Decodable { var bits_per_character: Double }
        let bits = try JSONDecoder().decode(Judgement.self, from: Data(judged.output.utf8)).bits_per_character
        #expect(bits < 2.8, "\(bits)")
    }

    @Test("without a model the built-in one answers, and it can be written") func builtIn() throws {
        #expect(try !place.run("reply", "Hello!").output.isEmpty)
        #expect(try place.run("model", "--output", "chat.onnx").status == 0)
        #expect(try place.run("reply", "Hello!", "--model", "chat.onnx").output == place.run("reply", "Hello!").output)
        #expect(try place.run("--version").output.contains(", model chat"))
        #expect(try place.bytes("chat.onnx").count <= 8_000_000)
    }

    @Test("faults are one line") func faults() throws {
        try place.write("nothing", to: "broken.onnx")
        for (arguments, status, words) in [
            (["--model", "none.onnx"], 1, "none.onnx: no such file"), (["--model", "broken.onnx"], 1, "broken.onnx: "),
            (["--model", "plain.onnx"], 1, "the model is one of plain text"),
            (["--model", "talks.onnx", "--top-p", "2"], 64, "top-p is 2.0; it can be 0.0 to 1.0"),
            (["reply", " ", "--model", "talks.onnx"], 64, "nothing is said"),
            (["evaluate", "text.txt", "--window", "0"], 64, "--window is 0; it can be 1 or more"),
        ] as [([String], Int32, String)] {
            let result = try Child(place, arguments).result()
            #expect(result.status == status && result.errors.contains(words), "\(arguments): \(result.errors)")
            #expect(result.output == "")
        }
    }

    @Test("on a terminal it prompts, answers, completes commands, and Ctrl-C leaves the talk as it is")
    func terminal() throws {
        let session = try TerminalSession(
            place.program, ["--model", place.path + "/talks.onnx", "--max-length", "40"],
            environment: ["HOME": place.path, "NO_COLOR": "1"])
        try session.expect("small listens")
        try session.expect("you>")
        try session.type("Hello!\r")
        try session.expect("bot> ")
        try session.expect("you>")
        try session.type("not this")
        try session.type("\u{3}")
        try session.expect("you>")
        try session.type("/und\t\r")
        try session.expect("taken back")
        try session.expect("you>")
        try session.type("\u{4}")
        #expect(try session.status() == 0)
        let history = try String(decoding: place.bytes(".local/state/engram/char-chat-history"), as: UTF8.self)
        #expect(history.contains("Hello!"))
    }
}
