/// What training makes small.
public enum Loss: Hashable, Sendable {
    /// The cross-entropy of classes, for logits `[N, classes]` and targets that are classes.
    case softmaxCrossEntropy(labelSmoothing: Float)

    /// Without smoothing.
    public static var softmaxCrossEntropy: Loss { .softmaxCrossEntropy(labelSmoothing: 0) }

    /// Appends the loss as a scalar.
    func append(to graph: inout Graph, _ output: Graph.Value, _ targets: Graph.Value) throws(GraphError) -> Graph.Value
    {
        switch self {
        case .softmaxCrossEntropy(let smoothing):
            try graph.append(Operators.SoftmaxCrossEntropy(smoothing: smoothing), [output, targets], name: "loss")[0]
        }
    }
}
