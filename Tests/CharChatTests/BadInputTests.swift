import Chatbot
import CommandRuns
import Engine
import Foundation
import ModelFiles
import Testing
import Text

/// What a user may give by mistake: each is told in a line, and the talk goes on.
@Suite struct BadInputTests {
    private let place: Place
    /// A talker that says letters and never comes to an end by itself, not too fast.
    private static let endless = [
        "--model", "endless.onnx", "--max-length", "10000", "--temperature", "1", "--candidates", "1",
    ]

    init() throws {
        place = try Place(running: "char-chat")
        var counts = CharacterCounts()
        counts.add("abcdefghijklmnopqrstuvwxyz ")
        let code = CharacterCode(Vocabulary(of: counts, coverage: 1), isOfTalks: true)
        let width = 1_024
        var graph = Graph()
        let numbers = graph.addInput("numbers", .i64, dimensions: ["batch", "steps"])
        let table = graph.addConstant(Tensor(zeros: [code.inputs, width]))
        let square = graph.addConstant(Tensor(zeros: [width, width]))
        let last = graph.addConstant(Tensor(zeros: [width, code.outputs]))
        var bias = [Float](repeating: 0, count: code.outputs)
        bias[0] = -100
        var value = try graph.append(Operators.Gather(axis: 0), [table, numbers])[0]
        for _ in 0..<16 { value = try graph.append(Operators.MatMul(), [value, square])[0] }
        value = try graph.append(Operators.MatMul(), [value, last])[0]
        value = try graph.append(
            Operators.Add(), [value, graph.addConstant(Tensor(bias, shape: [code.outputs]))])[0]
        graph.addOutput("logits", value)
        graph.metadata = [
            "engram.task": "characters", "engram.name": "endless", "engram.vocabulary": code.vocabulary.metadata,
            "engram.text": "talks",
        ]
        try graph.write(toONNX: place.path + "/endless.onnx")
    }

    private func talk(
        _ input: some Sequence<UInt8>, _ options: String..., shell: String = Child.plain
    ) throws -> Child.Result {
        try Child(
            place, Self.endless + ["--max-length", "20"] + options, input: Array(input), shell: shell
        ).result()
    }

    @Test(
        "whatever bytes a line has, it gets one line, which a terminal can show",
        arguments: [
            Array("\u{1B}[31mred\u{1B}[0m \u{7}\u{8}".utf8), [0xC3, 0x28, 0xFF, 0xFE, 0x80], [0x61, 0x00, 0x62],
            Array("🙂 👩‍👩‍👧‍👦 🏳️‍🌈".utf8), Array("שלום עולם مرحبا \u{202E}abc".utf8), Array("e\u{301}\u{FEFF}\u{200B}".utf8),
            Array(repeating: 0x41, count: 1 << 20),
        ])
    func bytes(line: [UInt8]) throws {
        let result = try talk(line + [10] + Array("again\n".utf8))
        #expect(result.status == 0 && result.lines.count == 2)
        #expect(!result.output.unicodeScalars.contains { $0.value < 32 && $0 != "\n" || $0.value == 127 })
        #expect(line.count > 2_000 ? result.errors.contains("only the last 2000 characters") : result.errors.isEmpty)
    }

    @Test("a disk that is full while a talk is saved leaves the talk and the file before as they are") func fullDisk()
        throws
    {
        let long = String(repeating: "many words ", count: 150)
        #expect(try talk("one\n/save talk.json\n".utf8).status == 0)
        let before = try place.bytes("talk.json")
        let result = try talk(
            "\(long)\n\(long)\n\(long)\n/save talk.json\nmore\n".utf8,
            shell: Child.full(kilobytes: 1))
        #expect(result.status == 0 && result.lines.count == 4, "the talk goes on")
        #expect(
            result.errors.contains("talk.json: cannot be written, larger than files may be here"), "\(result.errors)")
        #expect(try place.bytes("talk.json") == before)
    }

    @Test("a talk of another model goes on with a word of it; what is none is refused") func savedTalks() throws {
        try place.write(
            #"{"model":"another","seed":3,"turns":[{"speaker":"user","text":"hi"},{"speaker":"bot","text":"hello"}]}"#,
            to: "other.json")
        try place.write(#"{"turns":3}"#, to: "none.json")
        let result = try talk("/load other.json\n/load none.json\n/load missing.json\nword\n/save mine.json\n".utf8)
        #expect(result.status == 0)
        #expect(
            result.lines.first
                == "2 turns from other.json; it was held with the model 'another', this is 'endless'")
        let errors = result.errors.split(separator: "\n")
        #expect(errors.count == 2 && errors[0] == "char-chat: none.json: not a talk that /save has written")
        #expect(errors[1].contains("missing.json: no such file"))
        #expect(
            try SavedTalk(contentsOf: place.path + "/mine.json").turns.map(\.text).prefix(3) == ["hi", "hello", "word"])
    }

    @Test("a saved talk's model and a file's name do not steer the terminal") func names() throws {
        try place.write(#"{"model":"\u001b[2J","seed":3,"turns":[]}"#, to: "other.json")
        let result = try talk("/load other.json\n/save \u{1B}[31m.json\n".utf8)
        #expect(result.status == 0 && result.lines.count == 2 && result.errors.isEmpty)
        #expect(!result.output.unicodeScalars.contains { $0.value < 32 && $0 != "\n" })
    }

    @Test("a model that is damaged or of something else is named in a line") func models() throws {
        let whole = try place.bytes("endless.onnx")
        try place.write(whole.prefix(whole.count / 2), to: "cut.onnx")
        try place.write(Array("GIF89a".utf8), to: "picture.onnx")
        var foreign = try Graph(contentsOfONNX: place.path + "/endless.onnx")
        foreign.metadata["engram.task"] = "keywords"
        try foreign.write(toONNX: place.path + "/keywords.onnx")
        foreign.metadata = ["engram.task": "characters", "engram.vocabulary": "", "engram.text": "talks"]
        try foreign.write(toONNX: place.path + "/lying.onnx")
        for (file, words) in [
            ("cut.onnx", "cut.onnx: "), ("picture.onnx", "picture.onnx: "),
            ("keywords.onnx", "keywords.onnx: a model for 'keywords', not for 'characters'"),
            ("lying.onnx", "lying.onnx: "), (".", "is a directory"),
        ] {
            let result = try place.run("reply", "hello", "--model", file)
            #expect(result.status == 1 && result.output.isEmpty)
            #expect(
                result.errors.contains(words) && result.errors.split(separator: "\n").count == 1, "\(result.errors)")
        }
    }

    @Test("a broken line of a text is named and counted, and the rest is learned") func brokenLines() throws {
        let talk = #"{"turns":["ping","pong","ping","pong"]}"# + "\n"
        try place.write(
            Array(String(repeating: talk, count: 60).utf8) + [0xFF, 10]
                + Array((#"{"turns":["alone"]}"# + "\n" + talk).utf8),
            to: "talks.jsonl")
        try place.write(
            """
            name: small
            coverage: 1
            network: {embedding: 4, units: 8, layers: 1}
            steps: 8
            validation: {every: 10, first: 3}
            training: {epochs: 1, batch_size: 2, schedule: {name: constant, peak: 1e-2}}

            """, to: "small.yaml")
        let result = try place.run("train", "small.yaml", "--data", "talks.jsonl", "--output", "run")
        #expect(result.status == 0, "\(result.errors)")
        #expect(result.errors.contains("talks.jsonl:61: "))
        #expect(result.errors.contains("talks.jsonl:62: "))
        #expect(result.errors.contains("talks.jsonl: 2 of its lines are left out"))
    }

    @Test("Ctrl-C ends an answer and not the talk") func stoppedAnswer() throws {
        let session = try TerminalSession(
            place.program, Self.endless.map { $0.hasSuffix(".onnx") ? place.path + "/" + $0 : $0 },
            environment: ["HOME": place.path, "NO_COLOR": "1"])
        try session.expect("you>")
        try session.type("hello\r")
        try session.expect("bot> ")
        try session.type("\u{3}")
        let answer = try session.expect("you>")
        #expect(answer.count < 10_000)
        try session.type("/save \(place.path)/stopped.json\r")
        try session.expect("2 turns in")
        try session.expect("you>")
        try session.type("\u{4}")
        #expect(try session.status() == 0)
        let saved = try SavedTalk(contentsOf: place.path + "/stopped.json")
        #expect(saved.turns.count == 2 && (1..<10_000).contains(saved.turns[1].text.count))
    }
}
