import ArgumentParser
import Engine
import Terminal

/// The command that scores transactions.
struct FraudScore: ParsableCommand {
    static let name = "fraud-score"

    static var configuration: CommandConfiguration {
        CommandConfiguration(
            commandName: name, abstract: "Score transactions for fraud.",
            discussion: """
                Examples:
                  fraud-score train pipelines/fraud.yaml --data payments.csv.gz --output runs/mine
                  fraud-score evaluate --model runs/mine/model.onnx --from 2018-08-01 payments.csv.gz
                """,
            version: version,
            subcommands: [Train.self, Evaluate.self, Features.self, Score.self, WatchCommand.self, CrossValidate.self])
    }

    private static var version: String {
        let instructionSet = (try? InstructionSet.preferred().rawValue) ?? "none"
        return VersionText(of: name, instructionSet: instructionSet, models: []).text
    }
}

@main enum Main {
    static func main() { CommandRunner.run(FraudScore.self) }
}
