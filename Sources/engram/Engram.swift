import ArgumentParser
import Engine
import Terminal

/// The command that looks into models, runs and times them.
struct Engram: ParsableCommand {
    static var configuration: CommandConfiguration {
        CommandConfiguration(
            commandName: "engram", abstract: "Look into a model, run it and time it.",
            discussion: """
                Examples:
                  engram info model.onnx                                          what it is
                  engram info --plan model.onnx                                   the steps it runs in
                  engram run model.onnx --input input=x.npy --output-dir results  what it says of x
                  engram compare model.onnx other.onnx                            how far two are from each other
                  engram convert model.onnx small.onnx --weights int8             keep its weights in 8 bits
                  engram bench model.onnx --batch 16                              how fast it runs here
                """,
            version: VersionText(of: "engram", instructionSet: (try? InstructionSet.preferred().rawValue) ?? "none")
                .text,
            subcommands: [Info.self, Run.self, Compare.self, Convert.self, Bench.self, Test.self, BenchmarkChart.self])
    }
}

@main enum Main {
    static func main() { CommandRunner.run(Engram.self) }
}
