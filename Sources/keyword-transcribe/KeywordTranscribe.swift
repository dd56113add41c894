import ArgumentParser
import Engine
import ModelFiles
import SpeechRecognition
import Terminal

/// The command that hears keywords.
struct KeywordTranscribe: ParsableCommand {
    static let name = "keyword-transcribe"

    static var configuration: CommandConfiguration {
        CommandConfiguration(
            commandName: name, abstract: "Hear keywords in recordings and live sound.",
            usage: """
                keyword-transcribe [<options>] FILE|DIR|- ...
                keyword-transcribe <subcommand>
                """,
            discussion: """
                Examples:
                  keyword-transcribe talk.wav                              which of the ten commands, and when
                  keyword-transcribe --words one,two,three --json talk.wav
                  arecord -q -f S16_LE -r 16000 -c 1 | keyword-transcribe -
                  keyword-transcribe classify clips                        one label a clip

                `keyword-transcribe transcribe --help` shows the options of transcription.
                """,
            version: version,
            subcommands: [Transcribe.self, Classify.self, Evaluate.self, Train.self, WriteModel<Self>.self, Tune.self],
            defaultSubcommand: Transcribe.self)
    }

    /// The model is looked into only where its name is asked for.
    private static var version: String {
        let models = CommandLine.arguments.contains("--version") ? [EmbeddedModel.keywords.name] : []
        let instructionSet = (try? InstructionSet.preferred().rawValue) ?? "none"
        return VersionText(of: name, instructionSet: instructionSet, models: models).text
    }
}

extension KeywordTranscribe: ModelCarrying {
    static func writeModel(to path: String) throws { try EmbeddedModel.keywords.write(to: path) }
}

@main enum Main {
    static func main() { CommandRunner.run(KeywordTranscribe.self) }
}
