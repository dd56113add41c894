import ArgumentParser
import Engine
import ModelInspection
import Terminal

/// `engram test`.
struct Test: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Run tests in the form of ONNX's own.",
        discussion: """
            A test is a folder with model.onnx and test_data_set_0/input_0.pb, …, \
            output_0.pb, …; DIR is one, or a folder of them. Floats may differ by \
            1e-7 + 1e-3·|expected|, everything else by nothing. A line for each test that \
            does not pass: its name, failed or unsupported, and why, with tabs between; \
            with --json one for each that does, too. The exit status is 1 if one failed; \
            what is not supported is no failure.

            Where an operator takes a shape, axes or the like from an input, the model is \
            built with the inputs of the test: they are constants then. How many tests were \
            run so stands on standard error, and with --json which inputs ("constants").

            Example, with the node tests of the onnx package, which tools/node-tests \
            makes:
              engram test $(tools/node-tests)
            """)

    @OptionGroup var common: CommonOptions

    @Argument(help: ArgumentHelp("Folders of tests.", valueName: "dir"))
    var folders: [String]

    func run() throws {
        let results = Results(of: "engram", json: common.json)
        let options = Model.Options(threads: common.threads ?? Model.Options.processorCount)
        var passed = 0, failed = 0, unsupported = 0, withConstants = 0
        for folder in folders {
            do {
                for test in try BackendTest.tests(in: folder) {
                    let report = test.run(options: options), constants = report.constants
                    if !constants.isEmpty { withConstants += 1 }
                    func answer(_ outcome: String, _ fault: String) {
                        results.answer(
                            "\(test.name)\t\(outcome)\t\(fault)", json: json(test, outcome, fault, constants))
                    }
                    switch report.outcome {
                    case .passed:
                        passed += 1
                        if common.json { results.answer("", json: json(test, "passed", nil, constants)) }
                    case .failed(let fault):
                        failed += 1
                        answer("failed", fault)
                    case .unsupported(let fault):
                        unsupported += 1
                        answer("unsupported", fault)
                    }
                }
            } catch {
                results.failure(of: folder, error)
            }
        }
        if withConstants > 0 {
            StandardError.shared.line(
                "engram: inputs were constants in \(withConstants) of \(passed + failed + unsupported) tests (see --help)"
            )
        }
        results.answer(
            "\(passed) passed, \(failed) failed, \(unsupported) unsupported",
            json: ["passed": .integer(passed), "failed": .integer(failed), "unsupported": .integer(unsupported)])
        try results.end()
        if failed > 0 { throw ExitCode.failure }
    }

    private func json(_ test: BackendTest, _ outcome: String, _ fault: String?, _ constants: [String]) -> JSONValue {
        [
            "test": .string(test.name), "folder": .string(test.folder), "outcome": .string(outcome),
            "fault": fault.map { .string($0) } ?? .null, "constants": .array(constants.map { .string($0) }),
        ]
    }
}
