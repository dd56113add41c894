import ArgumentParser
import Engine
import FraudDetection
import Progress
import Tables
import Terminal

/// `fraud-score evaluate FILE…`
struct Evaluate: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Measure how well a model tells frauds.",
        discussion: """
            All rows are history for those behind them, in the order of the files; those from --from to before --to are \
            judged.

            Example:
              fraud-score evaluate --model runs/mine/model.onnx --from 2018-08-01 payments.csv.gz
            """)

    @OptionGroup var model: ModelOption

    @Option(help: ArgumentHelp("The first moment that is judged, such as 2018-08-01.", valueName: "time"))
    var from: TimeArgument?

    @Option(help: ArgumentHelp("The first moment behind those that are judged.", valueName: "time"))
    var to: TimeArgument?

    @Option(help: ArgumentHelp("Cards that are looked at a day.", valueName: "n"))
    var budget = 100

    @Option(help: ArgumentHelp("Write the precision-recall and the ROC curve as a picture, PNG.", valueName: "file"))
    var curves: String?

    @OptionGroup var common: CommonOptions

    @Argument(help: "Tables, CSV, packed with gzip or not, in the order of time.")
    var files: [String]

    func validate() throws {
        if budget < 1 { throw ValidationError("--budget is \(budget); it can be 1 or more") }
    }

    func run() throws {
        let model = try model.load(threads: common.threads)
        let rejects = RejectFile()
        let table = try FeatureTable(
            files, model.metadata.columns, model.metadata.history, progress: common.progress, onReject: rejects.take)
        let first = from?.microseconds ?? .min, end = to?.microseconds ?? .max
        let evaluation = try FraudEvaluation(
            of: model, on: table, in: from == nil && to == nil ? nil : first..<max(first, end), budget: budget)
        let results = Results(of: FraudScore.name, json: common.json)
        let figures = evaluation.figures
        if let curves { try figures.write(picture: curves, title: model.metadata.name) }
        let rows: [(name: String, key: String, value: Double?)] = [
            ("average precision", "average_precision", figures.averagePrecision),
            ("ROC AUC", "roc_auc", figures.rocAUC),
            ("card precision@\(budget)", "card_precision", evaluation.cardPrecision?.mean),
            ("recall at \(budget) a day", "recall_at_budget", evaluation.recallAtBudget),
            ("calibration error", "calibration_error", evaluation.calibrationError),
        ]
        func text(_ value: Double?) -> String { value.map { FigureText.fixed($0, decimals: 4) } ?? "–" }
        func json(_ value: Double?) -> JSONValue { value.map { .number($0) } ?? .null }
        let count = figures.frauds + figures.genuine
        let missing = rows.filter { $0.value == nil }.map(\.name)
        if let reason = evaluation.shortcoming, !missing.isEmpty {
            StandardError.shared.error(
                "\(reason): there can be no \(missing.joined(separator: ", "))", from: FraudScore.name)
        }
        var lines = [
            "\(FigureText.count(count)) rows, \(FigureText.count(figures.frauds)) of them frauds"
        ]
        lines += rows.map { "\($0.name)\t\(text($0.value))" }
        if !evaluation.weeks.isEmpty {
            lines += ["", "week of\trows\tfrauds\taverage precision\tROC AUC\tcard precision"]
            for week in evaluation.weeks {
                lines.append(
                    [
                        Timestamp.date(ofDay: week.monday),
                        FigureText.count(week.figures.frauds + week.figures.genuine),
                        FigureText.count(week.figures.frauds), text(week.figures.averagePrecision),
                        text(week.figures.rocAUC), text(week.cardPrecision),
                    ].joined(separator: "\t"))
            }
        }
        results.answer(
            lines.joined(separator: "\n"),
            json: .object(
                [.init("rows", .integer(count)), .init("frauds", .integer(figures.frauds))]
                    + rows.map { .init($0.key, json($0.value)) }
                    + [
                        .init(
                            "weeks",
                            .array(
                                evaluation.weeks.map {
                                    [
                                        "monday": .string(Timestamp.date(ofDay: $0.monday)),
                                        "rows": .integer($0.figures.frauds + $0.figures.genuine),
                                        "frauds": .integer($0.figures.frauds),
                                        "average_precision": json($0.figures.averagePrecision),
                                        "roc_auc": json($0.figures.rocAUC), "card_precision": json($0.cardPrecision),
                                    ]
                                }))
                    ]))
        try rejects.end()
    }
}

/// A time on the command line.
struct TimeArgument: ExpressibleByArgument {
    let microseconds: Int64

    init?(argument: String) {
        guard let time = try? Timestamp(Array(argument.utf8).span) else { return nil }
        microseconds = time.microseconds
    }
}
