import ArgumentParser
import Engine
import SpeechRecognition

/// Which model is used.
struct ModelOption: ParsableArguments {
    @Option(
        help: ArgumentHelp(
            "An ONNX model made by keyword-transcribe train (default: the built-in one).", valueName: "file"))
    var model: String?

    func load(threads: Int?) throws -> KeywordModel {
        let options = Model.Options(threads: threads ?? Model.Options.processorCount)
        return try model.map { try KeywordModel(contentsOf: $0, options: options) } ?? .embedded(options: options)
    }
}
