import ArgumentParser
import Engine
import FraudDetection
import Progress
import Streams
import Terminal

/// `fraud-score watch -`
struct WatchCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "watch",
        abstract: "Score transactions as they come, JSON Lines in, JSON Lines out.",
        discussion: """
            A line of standard input is a transaction, an object with the recipe's columns, and is answered at once by \
            {"id","score","alert"}; or a label that came late, {"id","label"}, which has no answer. A line that is neither \
            is told on standard error and passed over.

            With --state, answers are kept with what they rest on, whatever happens to the program: an id that is sent again \
            gets the answer that it got.

            Example:
              fraud-score watch - --model runs/mine/model.onnx --state state.sqlite --history payments.csv.gz
            """)

    @Argument(help: "- for standard input.")
    var input: String = "-"

    @OptionGroup var model: ModelOption

    @Option(help: ArgumentHelp("An SQLite file that keeps the state; made where it is missing.", valueName: "file"))
    var state: String?

    @Option(
        parsing: .upToNextOption,
        help: ArgumentHelp("Tables of the past; read when the state is new, and part of it then.", valueName: "file"))
    var history: [String] = []

    @Flag(help: "Wait after each commit until it is on the disk, so that a power cut loses nothing either.")
    var durable = false

    @Flag(help: "Give reasons with each answer.")
    var reasons = false

    @OptionGroup var alerts: AlertOptions
    @OptionGroup var common: CommonOptions

    func validate() throws {
        if input != "-" { throw ValidationError("'\(input)': watch reads standard input, -") }
    }

    func run() throws {
        Interruption.watch()
        // A row is too little to share.
        let model = try model.load(threads: common.threads ?? 1)
        let rule = try alerts.rule(for: model)
        let state = try StateFile(state ?? StateFile.inMemory, for: model, isDurable: durable)
        let rejects = RejectFile()
        if state.isNew { try state.take(history, of: model, progress: common.progress, onReject: rejects.take) }
        var watch = try Watch(
            model, state: state, alerts: rule, reasons: reasons ? ReasonWriter(model) : nil,
            encode: { $0.json.text })
        let lines = LiveLines(patience: .microseconds(100))
        let outcome = try watch.run(
            lines, answer: StandardOutput.line,
            fault: { line, text in
                StandardError.shared.error("\(lines.name):\(line): \(text)", from: FraudScore.name)
            }, shouldStop: { Interruption.isRequested })
        try rejects.end(others: outcome.faults)
        if Interruption.isRequested { throw CancellationError() }
    }
}
