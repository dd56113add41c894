/// What training makes small.
public enum Loss: Hashable, Sendable {
    /// The cross-entropy of classes, for logits `[N, classes]` or `[N, T, classes]` and targets that are classes; a target of −1 is none, and counts for nothing.
    case softmaxCrossEntropy(labelSmoothing: Float)

    /// Without smoothing.
    public static var softmaxCrossEntropy: Loss { .softmaxCrossEntropy(labelSmoothing: 0) }

    /// Appends the loss as a scalar.
    func append(to graph: inout Graph, _ output: Graph.Value, _ targets: Graph.Value) throws(GraphError) -> Graph.Value
    {
        switch self {
        case .softmaxCrossEntropy(let smoothing):
            var rows = [output, targets]
            let shape = graph.type(of: output).shape
            if shape.rank == 3 {
                let flat = [[-1, shape[2]], [-1]].map { Tensor($0.map(Int64.init), shape: [$0.count]) }
                for index in 0..<2 {
                    rows[index] = try graph.append(
                        Operators.Reshape(), [rows[index], graph.addConstant(flat[index])], name: "loss.rows")[0]
                }
            }
            return try graph.append(Operators.SoftmaxCrossEntropy(smoothing: smoothing), rows, name: "loss")[0]
        }
    }
}
