import ArgumentParser
import Chatbot
import Engine

/// Which model is used.
struct ModelOption: ParsableArguments {
    @Option(
        help: ArgumentHelp("An ONNX file that char-chat train has made (default: the built-in one).", valueName: "file")
    )
    var model: String?

    /// - Parameter threads: 2 where none are asked for: a step is too small for more to gain by.
    func load(threads: Int?) throws -> CharacterModel {
        let options = Model.Options(threads: threads ?? min(2, Model.Options.processorCount))
        return try model.map { try CharacterModel(contentsOf: $0, options: options) } ?? .embedded(options: options)
    }
}
