import ArgumentParser
import Engine
import ModelInspection
import Terminal

/// `engram run`.
struct Run: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Run a model on tensors from files.",
        discussion: """
            Each output becomes DIR/NAME.npy; what could be part of a path in its name \
            (/, : and the like) is _ there. A line an output: its name, its file, its \
            type and shape, with tabs between.

            Example, with the names that `engram info digits.onnx` shows:
              engram run digits.onnx --input input=image.npy --output-dir results
              python3 -c 'import numpy; print(numpy.load("results/output.npy"))'
            """)

    @Option(help: ArgumentHelp("An input's name and its NumPy file; once for each input.", valueName: "name=x.npy"))
    var input: [String] = []

    @Option(
        help: ArgumentHelp(
            "The folder for the outputs; it is made, and files of the same names replaced.", valueName: "dir"))
    var outputDir: String

    @OptionGroup var common: CommonOptions

    @Argument(help: "An ONNX file.")
    var model: String

    func validate() throws { _ = try InputOption.inputs(input) }

    func run() throws {
        let outputs = try ModelRun.run(
            model, inputs: InputOption.inputs(input), outputFolder: outputDir,
            options: Model.Options(threads: common.threads ?? Model.Options.processorCount))
        let results = Results(of: "engram", json: common.json)
        for output in outputs {
            results.answer(
                "\(output.name)\t\(output.file)\t\(output.type)",
                json: [
                    "output": .string(output.name), "file": .string(output.file),
                    "type": .string(output.type.elementType.rawValue),
                    "shape": .array(output.type.shape.map { .integer($0) }),
                ])
        }
        try results.end()
    }
}
