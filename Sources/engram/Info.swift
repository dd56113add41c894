import ArgumentParser
import Engine
import ModelFiles
import ModelInspection
import Terminal

/// `engram info`.
struct Info: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Show inputs, outputs, operators, parameters and metadata.")

    @Flag(help: "Show the steps, the kernels chosen, and where results lie in memory.")
    var plan = false

    @Option(help: ArgumentHelp("The batch size of the plan.", valueName: "n"))
    var batch = 1

    @OptionGroup var common: CommonOptions

    @Argument(help: "ONNX files.")
    var models: [String]

    func validate() throws { try BatchSize.validate(batch) }

    func run() throws {
        let results = Results(of: "engram", json: common.json)
        for path in models {
            do {
                let graph = try Graph(contentsOfONNX: path)
                let summary = ModelSummary(of: graph)
                let steps = plan ? try PlanText.text(of: graph, batch: batch, threads: common.threads) : nil
                results.answer(text(path, summary, steps), json: json(path, summary, steps))
            } catch {
                results.failure(of: path, error)
            }
        }
        try results.end()
    }

    private func text(_ path: String, _ summary: ModelSummary, _ plan: String?) -> String {
        var lines = [path]
        lines += summary.inputs.map { "  input       \($0)" } + summary.outputs.map { "  output      \($0)" }
        lines.append("  operators   " + summary.operators.map { "\($0.name) \($0.count)" }.joined(separator: ", "))
        let types = summary.parameterTypes
        lines.append(
            "  parameters  \(FigureText.count(summary.parameters)) (\(FigureText.count(summary.parameterBytes)) bytes)"
                + (types.allSatisfy { $0.elementType == .f32 }
                    ? "" : types.map { ", \($0.elementType.rawValue) \(FigureText.count($0.count))" }.joined()))
        let sizes = summary.sizes.map { "\($0.symbol) \($0.size)" }.joined(separator: ", ")
        lines.append(
            "  multiply-adds  \(FigureText.count(summary.multiplyAdds))"
                + (summary.sizes.allSatisfy { $0.size == 1 } ? " with each free dimension at 1" : " with \(sizes)"))
        for (key, value) in summary.metadata {
            let shown = value.split(separator: "\n", omittingEmptySubsequences: false).joined(separator: "\n    ")
            lines.append("  \(key)  \(shown)")
        }
        if let plan { lines.append(plan) }
        return lines.joined(separator: "\n")
    }

    private func json(_ path: String, _ summary: ModelSummary, _ plan: String?) -> JSONValue {
        func ports(_ ports: [ModelSummary.Port]) -> JSONValue {
            .array(
                ports.map {
                    [
                        "name": .string($0.name), "type": .string($0.elementType.rawValue),
                        "dimensions": .array($0.dimensions.map { Int($0).map(JSONValue.integer) ?? .string($0) }),
                    ]
                })
        }
        var members: [JSONValue.Member] = [
            .init("file", .string(path)), .init("inputs", ports(summary.inputs)),
            .init("outputs", ports(summary.outputs)),
            .init("operators", .object(summary.operators.map { .init($0.name, .integer($0.count)) })),
            .init("parameters", .integer(summary.parameters)),
            .init(
                "parameter_types",
                .object(summary.parameterTypes.map { .init($0.elementType.rawValue, .integer($0.count)) })),
            .init("bytes", .integer(summary.parameterBytes)),
            .init("multiply_adds", .integer(summary.multiplyAdds)),
            .init("metadata", .object(summary.metadata.map { .init($0.key, .string($0.value)) })),
        ]
        if let plan { members.append(.init("plan", .array(plan.split(separator: "\n").map { .string(String($0)) }))) }
        return .object(members)
    }
}
