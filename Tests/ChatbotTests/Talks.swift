import Chatbot
import Engine
import Foundation
import NeuralNetworks
import Pipelines
import Progress
import Text

/// Small talks and networks for tests.
enum Talks {
    static let dialogues = [
        Dialogue(turns: ["Hello!", "Hi, how are you?", "Fine."]), Dialogue(turns: ["Tea?", "Yes."]),
        Dialogue(turns: ["What is it?", "A cat.", "Oh!", "It sleeps."]),
    ]

    static var code: CharacterCode {
        var counts = CharacterCounts()
        for dialogue in dialogues { counts.add(dialogue.rendered) }
        return CharacterCode(Vocabulary(of: counts, coverage: 1), isOfTalks: true)
    }

    /// A model with the weights that it began with.
    static func model(
        _ code: CharacterCode, seed: UInt64 = 1, threads: Int = 1, unwritten: String = ""
    ) throws -> CharacterModel {
        var network = CharacterNetwork()
        (network.embedding, network.units) = (6, 10)
        let training = try Training(
            network.layers(inputs: code.inputs, outputs: code.outputs), input: [4], of: .i64,
            loss: .softmaxCrossEntropy, optimizer: .adamW(), schedule: .constant(rate: 0.1), seed: seed,
            options: .init(streams: 2, threads: threads))
        return try CharacterModel(training.model(), code: code, unwritten: unwritten)
    }

    /// Runs with a new folder, which is gone afterwards.
    static func withFolder<Result>(_ body: (String) throws -> Result) throws -> Result {
        let folder = FileManager.default.temporaryDirectory.path + "/chatbot-\(UUID().uuidString)"
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(atPath: folder) }
        return try body(folder)
    }
}
