package import Engine
internal import ModelFiles
internal import Streams

/// A network that scores transactions, and what it needs to know beside its weights.
///
/// Safe to share between threads.
package struct FraudModel: Sendable {
    package let network: Model
    package private(set) var metadata: FraudMetadata

    /// The model of an ONNX file.
    ///
    /// - Throws: `InputError` or `ModelFileError`, in a line that names the file and the fault: not a model, a model of something else, metadata
    ///   that contradict the network.
    package init(contentsOf path: String, options: Model.Options = .init()) throws {
        try self.init(Graph(contentsOfONNX: path), file: path, options: options)
    }

    /// The model that is part of the program.
    package static func embedded(options: Model.Options = .init()) throws -> FraudModel {
        try FraudModel(EmbeddedModel.fraud.graph(), file: EmbeddedModel.path, options: options)
    }

    /// A model of a graph with its metadata; errors call it `file`.
    package init(_ graph: Graph, file: String, options: Model.Options = .init()) throws {
        metadata = try FraudMetadata(graph.metadata, file: file)
        try metadata.check(against: graph, file: file)
        do { network = try Model(graph, options: options) } catch { throw InputError(file, error.description) }
    }

    /// The model where labels are known after so many days.
    package func with(labelDelay: Double) -> FraudModel {
        var model = self
        model.metadata.history.labelDelay = labelDelay
        return model
    }

    /// The probabilities of a fraud, of rows.
    ///
    /// - Parameter inputs: the network's inputs, row behind row, as the encoder gives them.
    package func scores(of inputs: [Float]) throws -> [Float] {
        try logits(of: inputs).map(metadata.calibration.probability)
    }

    /// The logits of rows.
    ///
    /// - Parameter inputs: the network's inputs, row behind row, as the encoder gives them.
    package func logits(of inputs: [Float]) throws -> [Float] {
        let count = inputs.count / metadata.encoder.width, graph = network.graph
        guard count > 0 else { return [] }
        let outputs = try network.run([
            graph[graph.inputs[0].value].name: Tensor(inputs, shape: [count, metadata.encoder.width])
        ])
        return outputs[graph.outputs[0].name]?.floats ?? []
    }
}
