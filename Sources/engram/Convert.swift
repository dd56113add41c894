import ArgumentParser
import Engine
import ModelInspection
import Terminal

/// `engram convert`.
struct Convert: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Write a model with its weights kept in fewer bits.",
        discussion: """
            Weights are the matrices of LSTM, GRU, Gemm and MatMul, the kernels of \
            convolutions, and the tables of Gather; biases and the like stay f32. Halves \
            (f16, bf16) are multiplied as the floats that they are. Integers (i8) have a \
            scale for each output; LSTM, GRU, Gemm and MatMul multiply them in integers, \
            with their input's rows rounded by a scale each. f32 makes floats of all of \
            them again. The file is plain ONNX: Cast or DequantizeLinear stands behind \
            each weight. A line a kind: how many tensors and numbers, and their names; at \
            last the files' sizes.

            Examples:
              engram convert chat.onnx chat-int8.onnx --weights int8
              engram compare chat.onnx chat-int8.onnx
            """)

    @Option(help: ArgumentHelp("f16, bf16, int8 or f32.", valueName: "kind"))
    var weights: WeightKind

    @OptionGroup var common: CommonOptions

    @Argument(help: "An ONNX file.")
    var model: String

    @Argument(help: "The ONNX file to write.")
    var output: String

    func run() throws {
        let conversion = try ModelConversion.convert(model, to: output, weights: weights.elementType)
        let results = Results(of: "engram", json: common.json)
        var lines = conversion.kinds.map { kind in
            "\(kind.elementType.rawValue)\t\(kind.tensors.count) tensors, \(FigureText.count(kind.numbers)) numbers\t"
                + kind.tensors.joined(separator: ", ")
        }
        let sizes = conversion.byteCounts
        lines.append(
            "\(output)\t\(text(sizes.after)) bytes, \(model) has \(text(sizes.before))")
        results.answer(
            lines.joined(separator: "\n"),
            json: [
                "file": .string(output), "bytes": json(sizes.after), "bytes_before": json(sizes.before),
                "weights": .object(
                    conversion.kinds.map { kind in
                        .init(kind.elementType.rawValue, .array(kind.tensors.map { .string($0) }))
                    }),
            ])
        try results.end()
    }

    private func text(_ count: Int?) -> String { count.map { FigureText.count($0) } ?? "an unknown number of" }
    private func json(_ count: Int?) -> JSONValue { count.map { .integer($0) } ?? .null }
}

/// What `--weights` may be.
enum WeightKind: String, ExpressibleByArgument, CaseIterable {
    case f16, bf16, int8, f32

    var elementType: ElementType {
        switch self {
        case .f16: .f16
        case .bf16: .bf16
        case .int8: .i8
        case .f32: .f32
        }
    }
}
