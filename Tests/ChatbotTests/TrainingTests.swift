import Chatbot
import Engine
import Foundation
import ModelFiles
import Pipelines
import Progress
import Streams
import Synchronization
import Testing
import Text

@Suite struct TrainingTests {
    private static let recipe = """
        name: small
        coverage: 1
        unwritten: "[]"
        network: {embedding: 8, units: 24}
        steps: 12
        validation: {every: 10, first: 3}
        training:
          epochs: 3
          batch_size: 4
          schedule: {name: constant, peak: 1e-2}
          precision: bf16

        """

    private func write(_ text: String, _ path: String) throws {
        try text.write(toFile: path, atomically: true, encoding: .utf8)
    }

    private func talks(_ count: Int) -> String {
        (0..<count).map { #"{"turns":["ping \#($0 % 7)","pong \#($0 % 7)","ping","pong"]}"# + "\n" }.joined()
    }

    @Test("talks are learned, the model says what it is, and goes on learning") func talks() throws {
        try Talks.withFolder { folder in
            try write(Self.recipe, folder + "/small.yaml")
            try write(talks(200) + "no talk\n", folder + "/talks.jsonl")
            func train(_ output: String, from start: String? = nil) throws -> [Double] {
                let messages = Mutex<[String]>([])
                let training = try ChatTraining(
                    recipe: folder + "/small.yaml", data: folder + "/talks.jsonl", from: start, threads: 1)
                let (run, outcome) = try training.run(
                    output: folder + "/" + output, existing: .refuse,
                    progress: { event in
                        if case .message(let text) = event { messages.withLock { $0.append(text) } }
                    })
                let told = messages.withLock { $0 }
                #expect(told.contains { $0.contains("talks.jsonl:201") }, "\(told)")
                #expect(FileManager.default.fileExists(atPath: run.modelPath))
                return outcome.epochs.map { epoch in
                    epoch.validation.first { $0.name == "bits" }?.value ?? .nan
                }
            }
            let bits = try train("a")
            #expect(bits.count == 3 && bits[2] < bits[0] && bits[2] < 2, "\(bits)")
            let further = try train("b", from: folder + "/a/model.onnx")
            // As models are shipped.
            try Graph(contentsOfONNX: folder + "/a/model.onnx").keepingWeights(as: .i8).write(
                toONNX: folder + "/narrow.onnx")
            let narrow = try train("c", from: folder + "/narrow.onnx")
            #expect(narrow[0] < bits[1], "\(narrow) after \(bits)")
            #expect(further[0] < bits[1], "\(further) after \(bits)")
            let model = try CharacterModel(contentsOf: folder + "/a/model.onnx", options: .init(threads: 1))
            #expect(model.code.isOfTalks && model.code.vocabulary.number(of: "p") > 1)
            let evaluation = try CharacterEvaluation(
                of: model, onFile: folder + "/talks.jsonl", window: nil, lines: (10, 3))
            #expect(abs(evaluation.bitsPerCharacter - bits[2]) < 1e-5)
            let graph = try Graph(contentsOfONNX: folder + "/a/model.onnx")
            #expect(graph.metadata["engram.unwritten"] == "[]")
            #expect(graph.metadata["engram.task"] == "characters" && graph.metadata["engram.recipe"] == Self.recipe)
        }
    }

    /// Trains on 200 talks, stopped after so many steps.
    @discardableResult
    private func train(
        in folder: String, _ output: String, _ existing: Run.Existing, stopAfter limit: Int? = nil
    ) throws -> Data {
        let training = try ChatTraining(recipe: folder + "/small.yaml", data: folder + "/talks.jsonl", threads: 1)
        let taken = Mutex(0)
        let (run, _) = try training.run(
            output: folder + "/" + output, existing: existing,
            shouldStop: {
                taken.withLock { taken in
                    taken += 1
                    return taken == limit
                }
            })
        return try Data(contentsOf: URL(fileURLWithPath: run.modelPath))
    }

    @Test("a training that was stopped within an epoch ends with the same bits", arguments: [1, 7], ["lstm", "gru"])
    func stopped(steps: Int, cell: String) throws {
        try Talks.withFolder { folder in
            try write(Self.recipe.replacing("network: {", with: "network: {cell: \(cell), "), folder + "/small.yaml")
            try write(talks(200), folder + "/talks.jsonl")
            #expect(throws: CancellationError.self) {
                try train(in: folder, "stopped", .refuse, stopAfter: steps)
            }
            #expect(
                try train(in: folder, "stopped", .resume) == train(in: folder, "unbroken", .refuse))
        }
    }

    @Test("a training does not go on where the texts have other characters by now") func otherCharacters() throws {
        try Talks.withFolder { folder in
            try write(Self.recipe, folder + "/small.yaml")
            try write(talks(200), folder + "/talks.jsonl")
            #expect(throws: CancellationError.self) { try train(in: folder, "run", .refuse, stopAfter: 3) }
            try write(talks(200).replacing("pong", with: "pung"), folder + "/talks.jsonl")
            let error = #expect(throws: RunError.self) { try train(in: folder, "run", .resume) }
            #expect(error?.description.contains("trained on other labels or characters") == true)
        }
    }

    @Test("a plain text is learned by shares") func plain() throws {
        try Talks.withFolder { folder in
            try write(Self.recipe + "shares: {training: [0, 0.5], validation: [0.5, 0.6]}\n", folder + "/small.yaml")
            try write(String(repeating: "the cat sat on the mat.\n", count: 100), folder + "/text.txt")
            let training = try ChatTraining(
                recipe: folder + "/small.yaml", data: folder + "/text.txt", threads: 1)
            let (run, outcome) = try training.run(output: folder + "/run", existing: .refuse)
            #expect(outcome.kept.validation.contains { $0.name == "nats" && $0.value < 2 })
            #expect(try !CharacterModel(contentsOf: run.modelPath).code.isOfTalks)
            // Such a network has no numbers for who speaks.
            try write(talks(200), folder + "/talks.jsonl")
            let further = try ChatTraining(
                recipe: folder + "/small.yaml", data: folder + "/talks.jsonl", from: run.modelPath, threads: 1)
            let error = #expect(throws: InputError.self) {
                try further.run(output: folder + "/further", existing: .refuse)
            }
            #expect(error?.fault == "talks, where the network to go on with is one of plain text")
        }
    }

    @Test("where talks are too few to hold one back, the last epoch is kept and nothing is judged") func few() throws {
        try Talks.withFolder { folder in
            try write(Self.recipe + "  keep: best\n", folder + "/small.yaml")
            let turns = Array(repeating: #""ping","pong""#, count: 40).joined(separator: ",")
            try write("{\"turns\":[\(turns)]}\n", folder + "/talks.jsonl")
            let (_, outcome) = try ChatTraining(
                recipe: folder + "/small.yaml", data: folder + "/talks.jsonl", threads: 1
            ).run(output: folder + "/run", existing: .refuse)
            #expect(outcome.kept.epoch == 3 && outcome.kept.validation.isEmpty)
        }
    }

    @Test("a network that learned from careless words too knows their characters") func careless() throws {
        try Talks.withFolder { folder in
            try write(
                Self.recipe + "sets: [{file: talks.jsonl, careless: 0.5}]\n", folder + "/small.yaml")
            let talk = #"{"turns":["WHAT IS IT?","A CAT!","...","OH."]}"# + "\n"
            try write(String(repeating: talk, count: 200), folder + "/talks.jsonl")
            let (run, _) = try ChatTraining(recipe: folder + "/small.yaml", data: folder, threads: 1).run(
                output: folder + "/run", existing: .refuse)
            let code = try CharacterModel(contentsOf: run.modelPath).code
            #expect(code.vocabulary.number(of: "w") > 1 && code.vocabulary.number(of: "c") == 1)
        }
    }

    @Test("what cannot be trained is told before a folder is made") func faults() throws {
        try Talks.withFolder { folder in
            try write(Self.recipe, folder + "/small.yaml")
            try write(Self.recipe + "sets: [{file: missing.jsonl}]\n", folder + "/sets.yaml")
            try write(Self.recipe + "shares: {training: [0.5, 0.2]}\n", folder + "/shares.yaml")
            try FileManager.default.createDirectory(atPath: folder + "/data", withIntermediateDirectories: true)
            func fault(_ recipe: String, _ data: String) -> String {
                do {
                    _ = try ChatTraining(recipe: folder + "/" + recipe, data: folder + "/" + data, threads: 1).run(
                        output: folder + "/run", existing: .refuse)
                    return "nothing"
                } catch { return "\(error)".replacingOccurrences(of: folder + "/", with: "") }
            }
            #expect(fault("small.yaml", "nowhere") == "nowhere: no such file or folder")
            #expect(fault("small.yaml", "data").hasPrefix("data: no texts in the folder"))
            #expect(fault("sets.yaml", "data").hasPrefix("data/missing.jsonl: "))
            #expect(fault("shares.yaml", "data").contains("[0.5, 0.2]"))
            try write(talks(20), folder + "/data/a.jsonl")
            try write("Only words.\nAnd more of them.\n", folder + "/data/b.txt")
            #expect(fault("small.yaml", "data").hasPrefix("data/b.txt: plain text among talks"))
            #expect(!FileManager.default.fileExists(atPath: folder + "/run"))
        }
    }

    @Test("a model of something else is refused") func foreign() throws {
        try Talks.withFolder { folder in
            var graph = Graph()
            let x = graph.addInput("x", dimensions: ["batch", 3])
            graph.addOutput("y", try graph.append(Operators.Relu(), [x])[0])
            let path = folder + "/other.onnx"
            for (metadata, words) in [
                ([:], "not a model of characters"), (["engram.task": "keywords"], "a model for 'keywords'"),
                (["engram.task": "characters"], "no engram.vocabulary"),
                (["engram.task": "characters", "engram.vocabulary": "abc"], "engram.text"),
                (
                    ["engram.task": "characters", "engram.vocabulary": "abc", "engram.text": "talks"],
                    "the network does not read numbers"
                ),
            ] as [([String: String], String)] {
                graph.metadata = metadata
                try graph.write(toONNX: path)
                do {
                    _ = try CharacterModel(contentsOf: path)
                    Issue.record("\(words) was not told")
                } catch { #expect("\(error)".contains(words) && "\(error)".hasPrefix(path)) }
            }
        }
    }
}
