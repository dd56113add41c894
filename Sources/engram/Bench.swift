import ArgumentParser
import Engine
import ModelFiles
import ModelInspection
import Terminal

/// `engram bench`.
struct Bench: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Time a model on random numbers, or on given ones.",
        discussion: """
            Calls it over and over and shows the shortest and the median time of a call; \
            the multiply-adds a second of the shortest, and what share that is of what \
            this machine reaches with so many threads when it does nothing else, which is \
            measured first; how long the file took to become a plan; and the most memory that \
            the process had. Fast algorithms \
            need fewer multiply-adds than are counted: the share may be above 100 %.

            Examples:
              engram bench digits.onnx --batch 16 --threads 1
              engram bench digits.onnx --batch 64 --train
            """)

    @Option(help: ArgumentHelp("The size of the batch.", valueName: "n"))
    var batch = 1

    @Option(
        help: ArgumentHelp(
            "An input's name and its NumPy file, which has the size of the batch too.", valueName: "name=x.npy"))
    var input: [String] = []

    @Option(help: ArgumentHelp("How long to call it.", valueName: "s"))
    var seconds = 3.0

    @Flag(
        help:
            "Time a training step: mean of squares of the first output of floats, gradients, stochastic gradient descent."
    )
    var train = false

    @Flag(
        help:
            "Let a training step round the factors of matrix products to bf16, where the processor multiplies them faster."
    )
    var bf16 = false

    @Option(help: ArgumentHelp("Keep the weights as f16, bf16, int8 or f32 (see `engram convert`).", valueName: "kind"))
    var weights: WeightKind?

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
        _ = try InputOption.inputs(input)
        if weights != nil, train { throw ValidationError("--weights does not go with --train") }
        if bf16, !train { throw ValidationError("--bf16 goes with --train") }
    }

    func run() throws {
        let options = Model.Options(
            threads: common.threads ?? Model.Options.processorCount, weights: weights?.elementType)
        let before = ModelBenchmark.residentMemory, instructionSet = try InstructionSet.preferred().rawValue
        let benchmark = try ModelBenchmark(
            contentsOf: model, batch: batch, inputs: InputOption.inputs(input), options: options, isTraining: train,
            precision: bf16 ? .bf16 : .f32)
        let loading = benchmark.loading.microseconds
        guard roundsFromStdin else {
            let peak = try ModelBenchmark.machinePeak(options: options)
            let round = benchmark.round(seconds: seconds)
            let rate = Double(benchmark.multiplyAdds) / round.minimumMicroseconds * 1e6
            StandardOutput.line(
                common.json
                    ? JSONValue.object(
                        members(round, options, benchmark) + [
                            .init("load_us", .number(loading)),
                            .init("multiply_adds_per_second", .number(rate)), .init("peak_share", .number(rate / peak)),
                            .init("peak_memory", ModelBenchmark.peakMemory.map { .integer($0) } ?? .null),
                        ]
                    ).text : text(round, options, benchmark, loading: loading, rate: rate, peak: peak))
            return
        }
        let grown = before.flatMap { before in ModelBenchmark.peakMemory.map { max(0, $0 - before) } }
        StandardOutput.line(
            JSONValue.object([
                .init("version", .string("\(VersionText.release) \(instructionSet)")),
                .init("load_us", .number(loading)), .init("memory", grown.map { .integer($0) } ?? .null),
            ]).text)
        while let line = readLine() {
            guard let seconds = Double(line), seconds > 0, seconds <= 3600 else {
                throw ValidationError("'\(line)' is no number of seconds above 0 and at most 3600")
            }
            StandardOutput.line(JSONValue.object(members(benchmark.round(seconds: seconds), options, benchmark)).text)
        }
    }

    private func members(
        _ round: ModelBenchmark.Round, _ options: Model.Options, _ benchmark: ModelBenchmark
    ) -> [JSONValue.Member] {
        [
            .init("name", .string(model)), .init("batch", .integer(benchmark.batch)),
            .init("threads", .integer(options.threads)),
            .init("runs", .integer(round.runs)), .init("minimum_us", .number(round.minimumMicroseconds)),
            .init("median_us", .number(round.medianMicroseconds)),
        ]
    }

    private func text(
        _ round: ModelBenchmark.Round, _ options: Model.Options, _ benchmark: ModelBenchmark, loading: Double,
        rate: Double, peak: Double
    ) -> String {
        """
        \(model)\(train ? ", training step" : ""), batch \(benchmark.batch), \(options.threads) thread\(options.threads == 1 ? "" : "s")
          minimum        \(FigureText.fixed(round.minimumMicroseconds, decimals: 1)) µs
          median         \(FigureText.fixed(round.medianMicroseconds, decimals: 1)) µs of \(FigureText.count(round.runs)) calls
          multiply-adds  \(FigureText.fixed(rate / 1e9, decimals: 1)) billion a second, \(FigureText.fixed(rate / peak * 100, decimals: 0)) % of the \(FigureText.fixed(peak / 1e9, decimals: 1)) that this machine reaches\(rate > peak ? "; fast algorithms need fewer" : "")
          loading        \(FigureText.fixed(loading / 1e3, decimals: 1)) ms, from the file to a plan
          memory         \(FigureText.count(benchmark.byteCount)) bytes beside the weights, \(ModelBenchmark.peakMemory.map { FigureText.count($0) } ?? "?") at the peak of the whole process
        """
    }
}
