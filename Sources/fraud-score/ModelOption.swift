import ArgumentParser
import Engine
import FraudDetection

/// Which model is used.
struct ModelOption: ParsableArguments {
    @Option(help: ArgumentHelp("An ONNX file that fraud-score train has made.", valueName: "file"))
    var model: String

    func load(threads: Int?) throws -> FraudModel {
        try FraudModel(
            contentsOf: model, options: Model.Options(threads: threads ?? Model.Options.processorCount))
    }
}
