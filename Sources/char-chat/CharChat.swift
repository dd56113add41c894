import ArgumentParser
import Chatbot
import Engine
import Terminal

/// The command that talks.
struct CharChat: ParsableCommand {
    static let name = "char-chat"

    static var configuration: CommandConfiguration {
        CommandConfiguration(
            commandName: name, abstract: "Talk with a network that writes character by character.",
            version: VersionText(
                of: name, instructionSet: (try? InstructionSet.preferred().rawValue) ?? "none", models: []
            ).text,
            subcommands: [Talk.self, Reply.self, Complete.self, Train.self, Evaluate.self], defaultSubcommand: Talk.self
        )
    }
}

@main enum Main {
    static func main() { CommandRunner.run(CharChat.self) }
}
