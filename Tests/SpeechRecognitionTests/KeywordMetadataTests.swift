import Audio
import Engine
import Foundation
import ModelFiles
import Pipelines
import SpeechRecognition
import Testing
import ToneModel

@Suite struct KeywordMetadataTests {
    @Test func `A model written and read is the same`() throws {
        let scratch = try Scratch()
        let path = try scratch.file("model.onnx")
        let model = try ToneModel.model()
        var detection = model.detection
        (detection.threshold, detection.hop, detection.smoothing) = (0.45, 4, 5)
        try model.write(to: path, detection: detection)
        let read = try KeywordModel(contentsOf: path)
        #expect(read.labels == model.labels && read.name == "tones")
        #expect(read.detection.threshold == 0.45 && read.detection.hop == 4 && read.detection.smoothing == 5)
        #expect(read.frontEnd.logMel == model.frontEnd.logMel && read.frontEnd.frames == 98)
        #expect(read.frontEnd.mean == 75 && read.frontEnd.scale == 50)
        let image = (0..<98 * 40).map { Float($0 % 256) }
        #expect(try read.probabilities(of: image + image) == model.probabilities(of: image + image))
        let again = try scratch.file("again.onnx")
        try model.write(to: again, detection: detection)
        #expect(try Data(contentsOf: URL(filePath: path)) == Data(contentsOf: URL(filePath: again)))
    }

    @Test func `Parameters of detection that were chosen later stand in the model's recipe too`() throws {
        let scratch = try Scratch()
        let path = try scratch.file("model.onnx")
        var graph = try ToneModel.graph()
        graph.metadata["engram.recipe"] = "name: tones\ndetection: {threshold: 0.7, hop: 16, smoothing: 2}\n"
        let model = try KeywordModel(graph, file: "m.onnx")
        var detection = model.detection
        (detection.threshold, detection.hop, detection.smoothing) = (0.75, 16, 3)
        try model.write(to: path, detection: detection)
        let written = try Graph(contentsOfONNX: path).metadata
        #expect(
            written["engram.recipe"]
                == "name: tones\ndetection: {threshold: 0.7, hop: 16, smoothing: 2}\noverrides:\n  detection.threshold: 0.75\n  detection.smoothing: 3\n"
        )
        #expect(written["engram.detection"] == #"{"hop":16,"smoothing":3,"threshold":0.75}"#)
    }

    @Test func `The shipped model's recipe says what its detection is`() throws {
        let scratch = try Scratch()
        let path = try scratch.file("model.onnx")
        try EmbeddedModel.keywords.write(to: path)
        let text = try #require(try Graph(contentsOfONNX: path).metadata["engram.recipe"])
        #expect(try Recipe<KeywordRecipe>(text, path: "recipe").content.detection == KeywordModel.embedded().detection)
    }

    /// What is changed in a good model's metadata, and the error.
    struct Lie: CustomTestStringConvertible {
        var key: String
        var value: String?
        var error: String
        var testDescription: String { "\(key) \(value ?? "missing")" }
    }

    @Test(arguments: [
        Lie(
            key: "task", value: nil,
            error:
                "not a keyword model: there is no engram.task among its metadata; such models are made by keyword-transcribe train"
        ),
        Lie(key: "task", value: "faces", error: "engram.task: a model for 'faces', not for 'keywords'"),
        Lie(key: "labels", value: nil, error: "there is no engram.labels among its metadata"),
        Lie(key: "labels", value: "[1]", error: "engram.labels: damaged: '[1]'"),
        Lie(
            key: "labels", value: #"["a","a","_silence_"]"#,
            error: "engram.labels: 3 labels that do not name _silence_ and words once each"),
        Lie(
            key: "labels", value: #"["yes","_silence_"]"#,
            error: "engram.labels: 2 labels where the network's output is [1, 36]"),
        Lie(key: "frontEnd", value: "{", error: "engram.frontEnd: damaged: '{'"),
        Lie(key: "labelSmoothing", value: "x", error: "engram.labelSmoothing: damaged: 'x'"),
        Lie(key: "labelSmoothing", value: "1", error: "engram.labelSmoothing: 1.0 where 0 to below 1 can be"),
        Lie(key: "detection", value: "{}", error: "engram.detection: damaged: '{}'"),
    ])
    func `Metadata that lie are refused`(lie: Lie) throws {
        var graph = try ToneModel.graph()
        graph.metadata["engram." + lie.key] = lie.value
        #expect(fault { _ = try KeywordModel(graph, file: "m.onnx") } == "m.onnx: " + lie.error)
    }

    /// A text in a good model's front end, what stands there instead, and the error.
    @Test(arguments: [
        (#""frames":98"#, #""frames":99"#, "images of 99 × 40 where the network takes f32[batch, 1, 98, 40]"),
        (#""frames":98"#, #""frames":0"#, "'frames' is 0; accepted are 1 to 1000"),
        (#""frames":98"#, #""frames":9223372036854775807"#, "'frames' is 9223372036854775807; accepted are 1 to 1000"),
        (#""bands":40"#, #""bands":20"#, "images of 98 × 20 where the network takes f32[batch, 1, 98, 40]"),
        (#""hop":160"#, #""hop":0"#, "'log_mel' is hop 0; accepted is 1 to 480"),
        (#""scale":50"#, #""scale":0"#, "'scale' is 0.0; accepted are 0.001 to 1000000.0"),
        (
            #""highestValue":255"#, #""highestValue":256"#,
            "values 0.0 to 256.0, rounding 'nearest'; images are bytes: 0 to at most 255, rounded to the nearest"
        ),
    ])
    func `A front end that cannot be is refused`(good: String, bad: String, error: String) throws {
        var graph = try ToneModel.graph()
        let text = try #require(graph.metadata["engram.frontEnd"])
        try #require(text.contains(good), "\(text)")
        graph.metadata["engram.frontEnd"] = text.replacing(good, with: bad)
        #expect(fault { _ = try KeywordModel(graph, file: "m.onnx") } == "m.onnx: engram.frontEnd: " + error)
    }

    @Test func `Detection that cannot be is refused`() throws {
        var graph = try ToneModel.graph()
        let text = try #require(graph.metadata["engram.detection"])
        graph.metadata["engram.detection"] = text.replacing(#""smoothing":2"#, with: #""smoothing":0"#)
        #expect(
            fault { _ = try KeywordModel(graph, file: "m.onnx") }
                == "m.onnx: engram.detection: 'smoothing' is 0; accepted are 1 to 20")
    }

    @Test func `Smoothing of the labels in training is undone, and stays with a model that is written anew`() throws {
        let scratch = try Scratch()
        let path = try scratch.file("model.onnx")
        var graph = try ToneModel.graph()
        let image = (0..<98 * 40).map { Float($0 % 256) }
        graph.metadata["engram.labelSmoothing"] = "0"
        let plain = try #require(try KeywordModel(graph, file: "m.onnx").probabilities(of: image).first)
        graph.metadata["engram.labelSmoothing"] = "0.002"
        let model = try KeywordModel(graph, file: "m.onnx")
        let answer = try #require(try model.probabilities(of: image).first)
        let kept = plain.map { max($0 - 0.002 / 36, 0) }
        for (probability, wanted) in zip(answer, kept) { #expect(abs(probability - wanted / kept.reduce(0, +)) < 1e-6) }
        #expect(answer != plain)
        try model.write(to: path, detection: model.detection)
        #expect(try KeywordModel(contentsOf: path).probabilities(of: image).first == answer)
    }

    @Test func `A graph that is no classifier of images is refused`() throws {
        var graph = try ToneModel.graph()
        graph.addOutput("again", graph.outputs[0].value)
        #expect(
            fault { _ = try KeywordModel(graph, file: "m.onnx") }
                == "m.onnx: 1 inputs and 2 outputs where a keyword model has one each")
    }
}
