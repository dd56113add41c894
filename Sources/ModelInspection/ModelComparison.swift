public import Engine
internal import ModelFiles

/// How far two models, or two tensors, are from each other.
public enum ModelComparison {
    /// The difference of one output of both models, or of the tensors of two files.
    public struct Row: Sendable {
        /// The output; nil for files of tensors.
        public let output: String?
        /// What was found.
        public let difference: TensorDifference
    }

    /// Compares two `.npy` files, or two models on the same inputs.
    ///
    /// - Parameters:
    ///   - inputs: tensors for inputs; the others get random numbers.
    ///   - batch: the size of each input's first dimension, where that is symbolic.
    ///   - seed: of the random numbers.
    /// - Throws: `ModelFileError` where a file is at fault, `ComparisonError` where the two do not go together.
    public static func rows(
        _ left: String, _ right: String, inputs: [ModelRun.Input], batch: Int, seed: UInt64, options: Model.Options
    ) throws -> [Row] {
        guard left.hasSuffix(".npy") == right.hasSuffix(".npy") else {
            throw ComparisonError("\(left) and \(right): one is a tensor and the other a model")
        }
        if left.hasSuffix(".npy") {
            let tensors = (try Tensor(contentsOfNPY: left), try Tensor(contentsOfNPY: right))
            do { return [Row(output: nil, difference: try TensorDifference(tensors.0, tensors.1))] } catch {
                throw ComparisonError("\(left) and \(right): \(error)")
            }
        }
        let graph = try Graph(contentsOfONNX: left)
        let tensors = try self.tensors(for: graph, inputs, batch: batch, seed: seed)
        let first = try run(graph, left, tensors, options)
        let second = try run(Graph(contentsOfONNX: right), right, tensors, options)
        guard first.count == second.count else {
            throw ComparisonError("\(left) has \(first.count) outputs and \(right) \(second.count)")
        }
        // By name where the names are the same, else in their order.
        let byName = Dictionary(second.map { ($0.name, $0.tensor) }) { first, _ in first }
        let isNamed = first.allSatisfy { byName[$0.name] != nil }
        return try zip(first, second).map { output, other in
            let counterpart = isNamed ? byName[output.name] ?? other.tensor : other.tensor
            do { return Row(output: output.name, difference: try TensorDifference(output.tensor, counterpart)) } catch {
                throw ComparisonError("output \(output.name.quoted): \(error)")
            }
        }
    }

    private static func tensors(for graph: Graph, _ inputs: [ModelRun.Input], batch: Int, seed: UInt64) throws
        -> [String: Tensor]
    {
        var tensors = Dictionary(try ModelRun.tensors(of: inputs).map { ($0.name, $0.tensor) }) { first, _ in first }
        let types = try graph.inputTypes(batch: batch)
        for input in graph.inputs {
            let name = graph[input.value].name
            var random = RandomStream(seed: seed, name: name)
            if tensors[name] == nil, let type = types[name] { tensors[name] = random.tensor(of: type) }
        }
        return tensors
    }

    private static func run(_ graph: Graph, _ path: String, _ inputs: [String: Tensor], _ options: Model.Options) throws
        -> [(name: String, tensor: Tensor)]
    {
        do {
            let outputs = try Model(graph, options: options).run(inputs)
            return graph.outputs.compactMap { output in outputs[output.name].map { (output.name, $0) } }
        } catch { throw ModelFileError(path, error.description) }
    }
}
