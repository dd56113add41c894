import ArgumentParser
import ModelFiles
import SpeechRecognition
import Terminal

/// `keyword-transcribe model --output FILE`
struct WriteModel: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "model", abstract: "Write the built-in model as an ONNX file.",
        discussion: """
            Example:
              keyword-transcribe model --output keywords.onnx
            """)

    @Option(help: ArgumentHelp("The file to write.", valueName: "file"))
    var output: String

    func run() throws { try EmbeddedModel.keywords.write(to: output) }
}
