import ArgumentParser
import Engine
import ModelInspection
import Terminal

/// `engram compare`.
struct Compare: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Show the largest difference of two models or two tensors.",
        discussion: """
            Two models get the same random numbers, unless --input names a file; their \
            outputs are compared by name, or in their order where the names differ. A \
            line an output: the largest absolute and the largest relative difference, \
            |a - b| / max(|a|, |b|), where each is, and both numbers there.

            Examples:
              engram compare digits.onnx digits-optimised.onnx --batch 16
              engram compare results/output.npy expected.npy
            """)

    @Option(
        help: ArgumentHelp("An input's name and its NumPy file, instead of random numbers.", valueName: "name=x.npy"))
    var input: [String] = []

    @Option(help: ArgumentHelp("The size of the batch.", valueName: "n"))
    var batch = 1

    @OptionGroup var seed: SeedOption
    @OptionGroup var common: CommonOptions

    @Argument(help: "An ONNX file, or a tensor (.npy).")
    var first: String

    @Argument(help: "Another one.")
    var second: String

    func validate() throws {
        try BatchSize.validate(batch)
        _ = try InputOption.inputs(input)
    }

    func run() throws {
        let rows = try ModelComparison.rows(
            first, second, inputs: InputOption.inputs(input), batch: batch, seed: seed.seed,
            options: Model.Options(threads: common.threads ?? Model.Options.processorCount))
        let results = Results(of: "engram", json: common.json)
        for row in rows {
            results.answer(
                ((row.output.map { [$0] } ?? []) + text(row.difference)).joined(separator: "\t"),
                json: .object(
                    (row.output.map { [.init("output", .string($0))] } ?? []) + [
                        .init("absolute", json(row.difference.absolute)),
                        .init("relative", json(row.difference.relative)),
                    ]))
        }
        try results.end()
    }

    private func text(_ difference: TensorDifference) -> [String] {
        guard let absolute = difference.absolute, let relative = difference.relative else { return ["the same"] }
        return [("absolute", absolute), ("relative", relative)].map { kind, largest in
            let place = largest.index.map(String.init).joined(separator: ", ")
            return "\(kind) \(FigureText.significant(largest.difference)) at [\(place)]: "
                + "\(largest.values.0) and \(largest.values.1)"
        }
    }

    private func json(_ largest: TensorDifference.Largest?) -> JSONValue {
        guard let largest else { return ["difference": 0] }
        return [
            "difference": .number(largest.difference), "index": .array(largest.index.map { .integer($0) }),
            "values": [.number(largest.values.0), .number(largest.values.1)],
        ]
    }
}
