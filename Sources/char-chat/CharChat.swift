import ArgumentParser
import Chatbot
import Engine
import ModelFiles
import Terminal

/// The command that talks.
struct CharChat: ParsableCommand {
    static let name = "char-chat"

    static var configuration: CommandConfiguration {
        CommandConfiguration(
            commandName: name, abstract: "Talk with a network that writes character by character.",
            usage: """
                char-chat [<options>]
                char-chat <subcommand>
                """,
            discussion: """
                Examples:
                  char-chat                             talk; /help shows what can be typed
                  char-chat reply "Do you like tea?"    answer once
                  char-chat train RECIPE --data FILE    learn from one's own chats

                `char-chat talk --help` shows the options of talks.
                """,
            version: version,
            subcommands: [
                Talk.self, Reply.self, Complete.self, Train.self, Evaluate.self, Recall.self, Rehearse.self,
                WriteModel<Self>.self,
            ], defaultSubcommand: Talk.self)
    }

    /// The model is looked into only where its name is asked for.
    private static var version: String {
        let models = CommandLine.arguments.contains("--version") ? [EmbeddedModel.chat.name] : []
        let instructionSet = (try? InstructionSet.preferred().rawValue) ?? "none"
        return VersionText(of: name, instructionSet: instructionSet, models: models).text
    }
}

extension CharChat: ModelCarrying {
    static func writeModel(to path: String) throws { try EmbeddedModel.chat.write(to: path) }
}

@main enum Main {
    static func main() { CommandRunner.run(CharChat.self) }
}
