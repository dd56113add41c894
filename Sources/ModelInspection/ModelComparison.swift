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
        let model = try Self.model(graph, left, options)
        let tensors = try self.tensors(for: model, left, inputs, batch: batch, seed: seed)
        let first = try run(model, left, tensors)
        let second = try run(Self.model(Graph(contentsOfONNX: right), right, options), right, tensors)
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

    private static func model(_ graph: Graph, _ path: String, _ options: Model.Options) throws -> Model {
        do { return try Model(graph, options: options) } catch { throw ModelFileError(path, error.description) }
    }

    private static func tensors(
        for model: Model, _ path: String, _ inputs: [ModelRun.Input], batch: Int, seed: UInt64
    ) throws -> [String: Tensor] {
        var tensors: [String: Tensor] = [:]
        for (name, tensor) in try ModelRun.tensors(of: inputs) { tensors[name] = tensor }
        let types = try model.graph.inputTypes(batch: batch).merging(tensors.mapValues(\.type)) { $1 }
        // A model may well ask for more than memory can hold: that is known before its inputs are made.
        do { _ = try model.plan(for: types) } catch { throw ModelFileError(path, error.description) }
        for (name, type) in types where tensors[name] == nil {
            var random = RandomStream(seed: seed, name: name)
            tensors[name] = random.tensor(of: type)
        }
        return tensors
    }

    private static func run(_ model: Model, _ path: String, _ inputs: [String: Tensor]) throws
        -> [(name: String, tensor: Tensor)]
    {
        do {
            let outputs = try model.run(inputs)
            return model.graph.outputs.compactMap { output in outputs[output.name].map { (output.name, $0) } }
        } catch { throw ModelFileError(path, error.description) }
    }
}
