import ModelFiles

/// Where a training starts: the weights of a finished model, as a run's recipe names them.
///
/// ```yaml
/// from: {model: "runs/first/model.onnx", weights: "8f5ad0c1b2e34f67"}
/// ```
package struct StartingPoint: Hashable, Sendable, Codable, CustomStringConvertible {
    /// The path of the model.
    package var model: String
    /// The weights' checksum.
    package var weights: String

    package init(model: String, weights: String) {
        self.model = model
        self.weights = weights
    }

    package var description: String { "\(model), weights \(weights)" }

    /// The line of a recipe.
    var line: String { "from: {model: \(model.inJSON), weights: \(weights.inJSON)}" }
}
