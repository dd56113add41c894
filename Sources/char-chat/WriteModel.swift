import ArgumentParser
import Chatbot
import ModelFiles
import Terminal

/// `char-chat model --output FILE`
struct WriteModel: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "model", abstract: "Write the built-in model as an ONNX file.",
        discussion: """
            Example:
              char-chat model --output chat.onnx
            """)

    @Option(help: ArgumentHelp("The file to write.", valueName: "file"))
    var output: String

    func run() throws { try EmbeddedModel.chat.write(to: output) }
}
