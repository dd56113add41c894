import ArgumentParser
import Engine
import FraudDetection
import ModelFiles
import Terminal

/// The command that scores transactions.
struct FraudScore: ParsableCommand {
    static let name = "fraud-score"

    static var configuration: CommandConfiguration {
        CommandConfiguration(
            commandName: name, abstract: "Score transactions for fraud.",
            discussion: """
                The built-in model knows payments with card, terminal, amount and time, in the columns of the Fraud \
                Detection Handbook; other tables need a model of their own, by a recipe that names their columns.

                Examples:
                  fraud-score score today.csv --history august.csv.gz --budget 100/day --output scores.csv
                  fraud-score watch - --state state.sqlite --reasons
                  fraud-score train my-recipe.yaml --data payments.csv.gz --output runs/mine
                """,
            version: version,
            subcommands: [
                Score.self, WatchCommand.self, Evaluate.self, Features.self, Train.self, CrossValidate.self,
                WriteModel<Self>.self,
            ])
    }

    /// The model is looked into only where its name is asked for.
    private static var version: String {
        let models = CommandLine.arguments.contains("--version") ? [EmbeddedModel.fraud.name] : []
        let instructionSet = (try? InstructionSet.preferred().rawValue) ?? "none"
        return VersionText(of: name, instructionSet: instructionSet, models: models).text
    }
}

extension FraudScore: ModelCarrying {
    static func writeModel(to path: String) throws { try EmbeddedModel.fraud.write(to: path) }
}

@main enum Main {
    static func main() { CommandRunner.run(FraudScore.self) }
}
