import ArgumentParser
import Engine
import FraudDetection
import Progress
import Tables
import Terminal

/// `fraud-score score FILE --output OUT`
struct Score: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Score the transactions of a table.",
        discussion: """
            INPUT is a table with the recipe's columns, CSV, packed with gzip or not; - is standard input. What came before \
            it is given as --history, in the order of time, or is in a --state of watch, which is read and not changed. \
            Labels in the tables count from when they were known: after the recipe's delay, or --label-delay.

            OUT has the recipe's id column, SCORE, the probability of a fraud, ALERT, 1 or 0, and with --reasons the \
            features that moved the score up most. Rows that cannot be read go to OUT.rejects.csv with their line and the \
            reason, and the status is 1 then.

            Example:
              fraud-score score today.csv --history august.csv.gz --budget 100/day --output scores.csv
            """)

    @Argument(help: "A table of transactions; - for standard input.")
    var input: String

    @OptionGroup var model: ModelOption

    @Option(
        parsing: .upToNextOption, help: ArgumentHelp("Tables of the past, in the order of time.", valueName: "file"))
    var history: [String] = []

    @Option(help: ArgumentHelp("The state of a watch, which knows the past.", valueName: "file"))
    var state: String?

    @Option(help: ArgumentHelp("Where the scores go (default: standard output).", valueName: "file"))
    var output: String?

    @Option(
        name: .customLong("label-delay"),
        help: ArgumentHelp("Days after which a label is known, such as 7d (default: the recipe's).", valueName: "days"))
    var labelDelay: Days?

    @Flag(help: "Give reasons with each score.")
    var reasons = false

    @Flag(help: "End at the first row that cannot be read.")
    var strict = false

    @OptionGroup var alerts: AlertOptions
    @OptionGroup var common: CommonOptions

    func run() throws {
        var model = try model.load(threads: common.threads)
        if let labelDelay { model = model.with(labelDelay: labelDelay.count) }
        let scoring = try TableScoring(
            model, alerts: try alerts.rule(for: model), reasons: reasons ? ReasonWriter(model) : nil)
        let rejects = RejectFile(beside: output, isStrict: strict)
        if let state { try scoring.take(try StateFile(state, for: model)) }
        for path in history { try scoring.take(path, progress: common.progress, onReject: rejects.take) }
        let sink = try ScoreSink(output)
        let isJSON = common.json
        if !isJSON {
            let id = model.metadata.columns.id.isEmpty ? "line" : model.metadata.columns.id
            try sink.write(CSVText.line([id, "SCORE", "ALERT"] + (reasons ? ["REASONS"] : [])))
        }
        // What was scored before a fault of the file is kept.
        let scored = try scoring.score(input, progress: common.progress, onReject: rejects.take) { scores in
            var text = ""
            for score in scores {
                if isJSON {
                    text += score.json.text + "\n"
                } else {
                    text += CSVText.field(score.id)
                    text += ","
                    text += score.score.description
                    text += score.isAlert ? ",1" : ",0"
                    if let reasons = score.reasons {
                        text += "," + CSVText.field(reasons.map(\.text).joined(separator: "; "))
                    }
                    text += "\n"
                }
            }
            try sink.write(text)
        }
        try sink.finish()
        try rejects.end(scored.outcome)
        if let fault = scored.fault { throw fault }
    }
}

/// `7d`
struct Days: ExpressibleByArgument {
    let count: Double

    init?(argument: String) {
        let number = argument.hasSuffix("d") ? String(argument.dropLast()) : argument
        guard let count = Double(number), (0...3_660).contains(count) else { return nil }
        self.count = count
    }
}
