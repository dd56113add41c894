import ArgumentParser
import Chatbot
import Engine

/// Which model is used.
struct ModelOption: ParsableArguments {
    @Option(help: ArgumentHelp("An ONNX file that char-chat train has made.", valueName: "file"))
    var model: String

    func model(threads: Int?) throws -> CharacterModel {
        // A step is too small for more threads than one to gain by.
        try CharacterModel(contentsOf: model, options: Model.Options(threads: threads ?? 1))
    }
}
