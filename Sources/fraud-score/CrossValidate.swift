import ArgumentParser
import Engine
import FraudDetection
import Pipelines
import Progress
import Terminal

/// `fraud-score cross-validate RECIPE --data FILE`
struct CrossValidate: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "cross-validate",
        abstract: "Judge a recipe on a table without times, part by part.",
        discussion: """
            The rows are dealt out in folds, each with as many frauds; each fold judges once what was learned from the others.

            Example:
              fraud-score cross-validate pipelines/credit-default.yaml --data credit-default.csv.gz
            """)

    @Argument(help: "A recipe, YAML.")
    var recipe: String

    @Option(
        parsing: .upToNextOption,
        help: ArgumentHelp("Tables, CSV, packed with gzip or not.", valueName: "file"))
    var data: [String]

    @Option(help: ArgumentHelp("Parts.", valueName: "n"))
    var folds = 5

    @Option(help: ArgumentHelp("Where random numbers start, instead of the recipe's.", valueName: "n"))
    var seed: UInt64?

    @OptionGroup var common: CommonOptions

    func validate() throws {
        if !(2...100).contains(folds) { throw ValidationError("--folds is \(folds); it can be 2 to 100") }
    }

    func run() throws {
        Interruption.watch()
        let recipe = try Recipe.read(recipe, as: FraudRecipe.self)
            .overriding("training.seed", with: seed.map(String.init)).content
        let rejects = RejectFile(), results = Results(of: FraudScore.name, json: common.json)
        let validation = try CrossValidation(
            recipe, data: data, folds: folds, threads: common.threads ?? Model.Options.processorCount,
            progress: common.progress, onReject: rejects.take, shouldStop: { Interruption.isRequested })
        func text(_ value: Double?) -> String { value.map { FigureText.fixed($0, decimals: 4) } ?? "–" }
        func json(_ value: Double?) -> JSONValue { value.map { .number($0) } ?? .null }
        for (number, fold) in validation.folds.enumerated() {
            let figures = fold.figures
            results.answer(
                "fold \(number + 1)\t\(fold.rows) rows\tROC AUC \(text(figures.rocAUC))\taverage precision \(text(figures.averagePrecision))",
                json: [
                    "fold": .integer(number + 1), "rows": .integer(fold.rows), "roc_auc": json(figures.rocAUC),
                    "average_precision": json(figures.averagePrecision),
                ])
        }
        let area = validation.mean(\.rocAUC), precision = validation.mean(\.averagePrecision)
        results.answer(
            "mean\tROC AUC \(text(area?.mean)) ± \(text(area?.error))\taverage precision \(text(precision?.mean)) ± \(text(precision?.error))",
            json: [
                "mean_roc_auc": json(area?.mean), "standard_error_roc_auc": json(area?.error),
                "mean_average_precision": json(precision?.mean),
                "standard_error_average_precision": json(precision?.error),
            ])
        try rejects.end()
    }
}
