import ArgumentParser
import Chatbot
import Terminal

/// `char-chat complete "text" --length N`
struct Complete: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Go on with a text, by a model of plain text.",
        discussion: """
            Example:
              char-chat complete "ROMEO:" --length 400 --model shakespeare.onnx
            """)

    @OptionGroup var model: ModelOption
    @OptionGroup var options: SamplingOptions
    @OptionGroup var common: CommonOptions

    @Option(help: ArgumentHelp("Characters to write.", valueName: "n"))
    var length = 400

    @Argument(help: "What stands before.")
    var text = ""

    func validate() throws {
        guard (1...10_000_000).contains(length) else {
            throw ValidationError("--length is \(length); it can be 1 to 10,000,000")
        }
    }

    func run() throws {
        Interruption.watch()
        var written = ""
        try model.load(threads: common.threads).complete(
            text, length: length, sampling: options.sampling, seed: options.seed
        ) { character in
            written.unicodeScalars.append(character)
            if !common.json { StandardOutput.write(String(character)) }
            return !Interruption.isRequested
        }
        StandardOutput.line(
            common.json
                ? JSONValue.object([.init("text", .string(text)), .init("completion", .string(written))]).text : "")
        if Interruption.isRequested { throw CancellationError() }
    }
}
