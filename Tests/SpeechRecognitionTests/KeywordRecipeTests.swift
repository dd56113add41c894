import Audio
import Foundation
import NeuralNetworks
import Pipelines
import SpeechRecognition
import Testing

@Suite struct KeywordRecipeTests {
    private static let pipelines = URL(filePath: #filePath).deletingLastPathComponent().appending(
        path: "../../pipelines"
    ).standardized.path

    @Test(arguments: ["keywords.yaml", "keywords-smoke.yaml"])
    func `A recipe of the project can be read and makes a network`(name: String) throws {
        let recipe = try Recipe.read(Self.pipelines + "/" + name, as: KeywordRecipe.self).content
        let training = try recipe.training.training(
            recipe.network.layers(classes: 36), input: [1, recipe.frontEnd.frames, recipe.frontEnd.logMel.bands],
            examples: 100, threads: 1)
        #expect(try training.graph().outputs.count == 1)
    }

    /// A line of a recipe and the error.
    @Test(arguments: [
        ("nane: x", "r.yaml:1: unknown key 'nane'; did you mean 'name'?"),
        ("front_end: {frames: 0}", "r.yaml:1: 'frames' is 0; accepted are 1 to 1000"),
        ("front_end: {log_mel: {hop: 0}}", "r.yaml:1: 'log_mel' is hop 0; accepted is 1 to 480"),
        ("network: {blocks: [{channels: 0}]}", "r.yaml:1: 'channels' is 0; accepted are 1 to 4096"),
        (
            "network: {stem: many}",
            "r.yaml:1: 'stem' is 'many'; accepted is a whole number from -9223372036854775808 to 9223372036854775807"
        ),
        (
            "augmentation: {noise_decibels: [1]}",
            "r.yaml:1: 'noise_decibels' is [1.0]; accepted are two numbers, the lesser first"
        ),
        ("augmentation: {noise: 2}", "r.yaml:1: 'noise' is 2.0; accepted are 0.0 to 1.0"),
        ("detection: {threshold: 1.5}", "r.yaml:1: 'threshold' is 1.5; accepted are 0.0 to 1.0"),
    ])
    func `A recipe that cannot be is refused with its line`(text: String, error: String) {
        #expect(fault { _ = try Recipe<KeywordRecipe>(text, path: "r.yaml") } == error)
    }
}
