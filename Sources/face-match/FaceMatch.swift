import ArgumentParser
import Engine
import Terminal

/// The command that finds, compares and names faces.
struct FaceMatch: ParsableCommand {
    static let name = "face-match"

    static var configuration: CommandConfiguration {
        CommandConfiguration(
            commandName: name, abstract: "Find faces in photos, compare them, and name them.",
            discussion: """
                Photos are JPEG, PNG, WebP, HEIC, PGM or PPM, whatever their names end with.

                Examples:
                  face-match detect party.jpg --json
                  face-match verify passport.jpg door.jpg
                """,
            version: VersionText(
                of: name, instructionSet: (try? InstructionSet.preferred().rawValue) ?? "none", models: []
            ).text,
            subcommands: [
                Detect.self, Verify.self, Identify.self, Index.self, Cluster.self, GalleryCommand.self, Embed.self,
                Evaluate.self, Train.self, Install.self,
            ])
    }
}

@main enum Main {
    static func main() { CommandRunner.run(FaceMatch.self) }
}
