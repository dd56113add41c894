import ArgumentParser
import Engine
import FraudDetection

/// Which model is used.
struct ModelOption: ParsableArguments {
    @Option(
        help: ArgumentHelp(
            "An ONNX file that fraud-score train has made (default: the built-in one).", valueName: "file"))
    var model: String?

    func load(threads: Int?) throws -> FraudModel {
        let options = Model.Options(threads: threads ?? Model.Options.processorCount)
        return try model.map { try FraudModel(contentsOf: $0, options: options) } ?? .embedded(options: options)
    }
}
