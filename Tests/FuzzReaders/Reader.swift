import Engine
import ModelFiles
import ModelInspection
import Pipelines
import SpeechRecognition
import Text

/// What reads files of strangers, by the end of their names.
enum Reader: String, CaseIterable {
    case onnx, safetensors, npy, yaml, jsonl

    /// Reads a file, and does with it what a user would; returns what it is.
    func read(_ path: String) throws -> String {
        switch self {
        case .onnx: try readModel(path)
        case .safetensors: "\(try Safetensors(contentsOf: path).tensors.count) tensors"
        case .npy: "\(try Tensor(contentsOfNPY: path))"
        case .jsonl: "\(try DialogueReader.dialogues(path: path).count) dialogues"
        case .yaml: try Recipe.read(path, as: KeywordRecipe.self).content.name
        }
    }

    private func readModel(_ path: String) throws -> String {
        let graph = try Graph(contentsOfONNX: path)
        let summary = ModelSummary(of: graph)
        // A model may well ask for more memory and time than a test has.
        let types = try graph.inputTypes(batch: 2)
        let bound = try graph.bound(to: types)
        guard bound.byteCount < 64 << 20, bound.multiplyAdds < 100_000_000 else { return "large" }
        let inputs = types.mapValues { Tensor(zeros: $0.shape, $0.elementType) }
        let outputs = try Model(graph, options: Model.Options(threads: 1)).run(inputs)
        return "\(summary.operators.count) operators, \(outputs.count) outputs"
    }
}

extension Graph {
    /// Bytes of all values together; `Int.max` where that is more than an `Int` has.
    fileprivate var byteCount: Int {
        var sum = 0
        for value in nodes.flatMap(\.outputs) + inputs.map(\.value) {
            let (next, overflow) = sum.addingReportingOverflow(type(of: value).byteCount)
            guard !overflow else { return .max }
            sum = next
        }
        return sum
    }
}
