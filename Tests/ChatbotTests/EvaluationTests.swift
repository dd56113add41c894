import Chatbot
import Engine
import Foundation
import Testing
import Text

@Suite struct EvaluationTests {
    @Test("bits a character are those of one character after the other, by the definition", arguments: [false, true])
    func definition(isOfIntegers: Bool) throws {
        let code = Talks.code
        var model = try Talks.model(code)
        if isOfIntegers {
            let graph = try model.model.graph.keepingWeights(as: .i8)
            model = try CharacterModel(Model(graph, options: .init(threads: 1)), code: code)
        }
        var texts = Talks.dialogues.map(code.encode)
        // Longer than what is read at a time, and a character that is not known.
        texts.append(Array(repeating: texts[0], count: 7).flatMap { $0 })
        texts.append(code.encode("cat ☃ cat"))
        var expected = 0.0
        for text in texts {
            var state = model.emptyState(rows: 1), before = code.beginning
            for number in text {
                let logits = try model.run(Tensor([before], shape: [1, 1]), &state).map(Double.init)
                let target = Int(code.output(number))
                expected += log(logits.reduce(0) { $0 + exp($1) }) - logits[target]
                if target == Vocabulary.escape { expected += log(Double(1_114_112 - 2_048 - code.outputs + 1)) }
                before = number
            }
        }
        let evaluation = try CharacterEvaluation(of: model, on: texts)
        #expect(evaluation.characters == texts.reduce(0) { $0 + $1.count })
        #expect(abs(evaluation.nats - expected) < (isOfIntegers ? 1e-6 : 1e-4) * expected)
        #expect(abs(evaluation.bitsPerCharacter - evaluation.natsPerCharacter / log(2)) < 1e-12)
    }

    @Test("a network that does not give logits for each number is refused") func foreign() throws {
        let code = Talks.code
        var graph = Graph()
        let numbers = graph.addInput("numbers", .i64, dimensions: ["batch", "steps"])
        let table = graph.addConstant(Tensor(zeros: [code.inputs, code.outputs]))
        let each = try graph.append(Operators.Gather(axis: 0), [table, numbers])[0]
        graph.addOutput(
            "logits", try graph.append(Operators.ReduceSum(axes: [1], keepsDimensions: false), [each])[0])
        let model = try CharacterModel(Model(graph, options: .init(threads: 1)), code: code)
        #expect(throws: GraphError.self) { try CharacterEvaluation(of: model, on: [code.encode("A cat.")]) }
    }

    @Test("a file of talks is judged line by line, a plain text whole or in windows, and neither for the other")
    func files() throws {
        try Talks.withFolder { folder in
            let talks = folder + "/talks.jsonl", plain = folder + "/plain.txt"
            let lines = Talks.dialogues.map {
                "{\"turns\":[" + $0.turns.map { "\"\($0)\"" }.joined(separator: ",") + "]}\n"
            }
            try lines.joined().write(toFile: talks, atomically: true, encoding: .utf8)
            try "A cat. It sleeps.\nOh!\n".write(toFile: plain, atomically: true, encoding: .utf8)
            let code = Talks.code, model = try Talks.model(code)
            let all = try CharacterEvaluation(of: model, onFile: talks, window: nil, lines: nil)
            #expect(all == (try CharacterEvaluation(of: model, on: Talks.dialogues.map(code.encode))))
            let some = try CharacterEvaluation(of: model, onFile: talks, window: nil, lines: (2, 1))
            #expect(some.characters == Talks.dialogues[1].characterCount)
            let plainCode = CharacterCode(code.vocabulary, isOfTalks: false)
            let reader = try Talks.model(plainCode)
            let whole = try CharacterEvaluation(of: reader, onFile: plain, window: nil, lines: nil)
            let windows = try CharacterEvaluation(of: reader, onFile: plain, window: 8, lines: nil)
            #expect(whole.characters == 22 && windows.characters == 22 && whole.nats != windows.nats)
            for (model, file, fault) in [
                (model, plain, "plain text, not dialogues"),
                (reader, talks, "talks, where the model is one of plain text"),
            ] {
                do {
                    _ = try CharacterEvaluation(of: model, onFile: file, window: nil, lines: nil)
                    Issue.record("\(file) was judged")
                } catch { #expect("\(error)".hasPrefix("\(file): \(fault)")) }
            }
        }
    }
}
