import ArgumentParser
import Engine
import Terminal

/// The command that looks into models, runs and times them.
struct Engram: ParsableCommand {
    static var configuration: CommandConfiguration {
        CommandConfiguration(
            commandName: "engram", abstract: "Look into a model and time it.",
            discussion: """
                Examples:
                  engram info model.onnx              what it is
                  engram info --plan model.onnx       the steps it runs in
                  engram bench model.onnx --batch 16  how fast it runs here
                """,
            version: VersionText(of: "engram", instructionSet: (try? InstructionSet.preferred().rawValue) ?? "none")
                .text,
            subcommands: [Info.self, Bench.self, BenchmarkChart.self])
    }
}

@main enum Main {
    static func main() { CommandRunner.run(Engram.self) }
}
