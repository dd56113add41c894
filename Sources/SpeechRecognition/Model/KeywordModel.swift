import Audio
package import Engine
import ModelFiles
import Pipelines

/// A network that tells keywords apart, and what it needs to know beside its weights.
///
/// Safe to share between threads.
package struct KeywordModel: Sendable {
    package let network: Model
    package let labels: KeywordLabels
    package let frontEnd: KeywordFrontEnd
    package let detection: DetectionParameters
    /// How far the labels that the network was trained on were smoothed.
    private let labelSmoothing: Float
    /// What `--version` calls it.
    package let name: String

    /// The model of an ONNX file.
    ///
    /// - Throws: ``SpeechError`` or `ModelFileError`, in a line that names the file and the fault: not a model, a model
    ///   of something else, metadata that contradict the network.
    package init(contentsOf path: String, options: Model.Options = .init()) throws {
        try self.init(Graph(contentsOfONNX: path), file: path, options: options)
    }

    /// The model that is part of the program.
    package static func embedded(options: Model.Options = .init()) throws -> KeywordModel {
        try KeywordModel(EmbeddedModel.keywords.graph(), file: EmbeddedModel.path, options: options)
    }

    /// Writes the model as an ONNX file, with other parameters of detection, which the recipe that is kept in it says too.
    ///
    /// - Throws: `RecipeError` where that recipe cannot be read.
    package func write(to path: String, detection: DetectionParameters) throws {
        var graph = network.graph
        var metadata = KeywordMetadata(labels: labels, frontEnd: frontEnd)
        (metadata.name, metadata.labelSmoothing, metadata.detection) = (name, labelSmoothing, detection)
        graph.metadata.merge(metadata.entries) { _, new in new }
        if let text = graph.metadata[KeywordMetadata.recipe] {
            graph.metadata[KeywordMetadata.recipe] = try Recipe<KeywordRecipe>(
                text, path: "the recipe in the model '\(name)'"
            ).saying(detection).text
        }
        try graph.write(toONNX: path)
    }

    /// A model of a graph with its metadata; errors call it `file`.
    package init(_ graph: Graph, file: String, options: Model.Options = .init()) throws {
        let metadata = try KeywordMetadata(graph.metadata, file: file)
        try metadata.check(against: graph, file: file)
        labels = metadata.labels
        frontEnd = metadata.frontEnd
        labelSmoothing = metadata.labelSmoothing
        detection = metadata.detection
        name = metadata.name
        do { network = try Model(graph, options: options) } catch {
            throw SpeechError(file, error.description)
        }
    }

    /// The probabilities of the labels for images side by side.
    ///
    /// - Parameter images: `frames × bands` values each, as the front end gives them.
    package func probabilities(of images: [Float]) throws -> [[Float]] {
        let size = frontEnd.frames * frontEnd.logMel.bands
        let count = images.count / size
        guard count > 0 else { return [] }
        let input = Tensor(
            images.map(frontEnd.scaled), shape: [count, 1, frontEnd.frames, frontEnd.logMel.bands])
        let graph = network.graph
        let outputs = try network.run([graph[graph.inputs[0].value].name: input])
        let logits = outputs[graph.outputs[0].name]?.floats ?? []
        let classes = labels.all.count
        return (0..<count).map { image in
            SpeechRecognition.probabilities(
                ofLogits: logits[image * classes..<(image + 1) * classes], labelSmoothing: labelSmoothing)
        }
    }
}

extension Recipe<KeywordRecipe> {
    /// The recipe with parameters of detection that were chosen after the training.
    fileprivate func saying(_ detection: DetectionParameters) throws -> Recipe {
        let own = content.detection
        return try overriding(
            "detection.threshold", with: own.threshold == detection.threshold ? nil : "\(detection.threshold)"
        )
        .overriding("detection.hop", with: own.hop == detection.hop ? nil : "\(detection.hop)")
        .overriding("detection.smoothing", with: own.smoothing == detection.smoothing ? nil : "\(detection.smoothing)")
    }
}
