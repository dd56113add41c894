package import ArgumentParser

/// A command with a model inside.
package protocol ModelCarrying: ParsableCommand {
    /// What users type.
    static var name: String { get }

    /// Writes the model as an ONNX file.
    static func writeModel(to path: String) throws
}

/// `COMMAND model --output FILE`: the subcommand of all that have a model inside.
package struct WriteModel<Command: ModelCarrying>: ParsableCommand {
    package static var configuration: CommandConfiguration {
        CommandConfiguration(
            commandName: "model", abstract: "Write the built-in model as an ONNX file.",
            discussion: """
                Example:
                  \(Command.name) model --output model.onnx
                """)
    }

    @Option(help: ArgumentHelp("The file to write.", valueName: "file"))
    package var output: String

    package init() {}

    package func run() throws { try Command.writeModel(to: output) }
}
