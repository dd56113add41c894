import ArgumentParser
import Engine
import ModelFiles
import ModelInspection
import Terminal

/// `engram bench`.
struct Bench: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Time a model on random numbers.",
        discussion: "Calls it over and over and shows the shortest and the median time of a call.")

    @Option(help: ArgumentHelp("The size of the batch.", valueName: "n"))
    var batch = 1

    @Option(help: ArgumentHelp("How long to call it.", valueName: "s"))
    var seconds = 3.0

    @Flag(help: "Time a training step: mean of squares of the first output, gradients, stochastic gradient descent.")
    var train = false

    @Flag(help: .hidden)
    var roundsFromStdin = false

    @OptionGroup var common: CommonOptions

    @Argument(help: "An ONNX file.")
    var model: String

    func validate() throws {
        try BatchSize.validate(batch)
        guard seconds > 0, seconds <= 3600 else {
            throw ValidationError("--seconds is \(seconds); it must be above 0 and at most 3600")
        }
    }

    func run() throws {
        let options = Model.Options(threads: common.threads ?? Model.Options.processorCount)
        let benchmark = try ModelBenchmark(
            Graph(contentsOfONNX: model), batch: batch, options: options, isTraining: train)
        let instructionSet = try InstructionSet.preferred().rawValue
        guard roundsFromStdin else {
            let round = benchmark.round(seconds: seconds)
            StandardOutput.line(common.json ? json(round, options).text : text(round, options, benchmark))
            return
        }
        StandardOutput.line((["version": .string("\(VersionText.release) \(instructionSet)")] as JSONValue).text)
        while let line = readLine() {
            guard let seconds = Double(line), seconds > 0, seconds <= 3600 else {
                throw ValidationError("'\(line)' is no number of seconds above 0 and at most 3600")
            }
            StandardOutput.line(json(benchmark.round(seconds: seconds), options).text)
        }
    }

    private func json(_ round: ModelBenchmark.Round, _ options: Model.Options) -> JSONValue {
        [
            "name": .string(model), "batch": .integer(batch), "threads": .integer(options.threads),
            "runs": .integer(round.runs),
            "minimum_us": .number(round.minimumMicroseconds), "median_us": .number(round.medianMicroseconds),
        ]
    }

    private func text(_ round: ModelBenchmark.Round, _ options: Model.Options, _ benchmark: ModelBenchmark) -> String {
        let rate = Double(benchmark.multiplyAdds) * (train ? 3 : 1) / round.minimumMicroseconds / 1e3
        return """
            \(model)\(train ? ", training step" : ""), batch \(batch), \(options.threads) thread\(options.threads == 1 ? "" : "s")
              minimum        \(FigureText.fixed(round.minimumMicroseconds, decimals: 1)) µs
              median         \(FigureText.fixed(round.medianMicroseconds, decimals: 1)) µs of \(FigureText.count(round.runs)) calls
              multiply-adds  \(FigureText.fixed(rate, decimals: 1)) billion a second
              memory         \(FigureText.count(benchmark.byteCount)) bytes beside the weights
            """
    }
}
