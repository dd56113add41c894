/// What training makes small.
public enum Loss: Hashable, Sendable {
    /// The cross-entropy of classes, for logits `[N, classes]` or `[N, T, classes]` and targets that are classes; a target of −1 is none, and counts for nothing.
    case softmaxCrossEntropy(labelSmoothing: Float)
    /// The cross-entropy of answers yes or no, for logits `[N, …]` and targets in 0...1 of the same shape: the mean of
    /// −(w·t·(1 − p)^f·log p + (1 − t)·p^f·log(1 − p)) with p = sigmoid(logit).
    ///
    /// `positiveWeight` is w, how much a yes counts; negatives a positive where they are rare. `focusing` is f, how much less those count that
    /// are right already (Lin et al. 2017, "focal loss").
    case binaryCrossEntropy(positiveWeight: Float = 1, focusing: Float = 0)
    /// The cross-entropy of classes, for cosines `[N, classes]` and targets that are classes, where the cosine of the own class counts as so
    /// much smaller: of the logits scale·(cosine − margin·onehot(target)). A class keeps so much more distance from the others.
    ///
    /// - Source: Wang et al. 2018, "CosFace", arXiv 1801.09414, equation 4.
    case largeMarginCosine(scale: Float = 30, margin: Float = 0.35)
    /// The mean of (output − target)², for outputs `[N, …]` and targets of the same shape.
    case meanSquaredError

    /// Without smoothing.
    public static var softmaxCrossEntropy: Loss { .softmaxCrossEntropy(labelSmoothing: 0) }
    /// Without weight and focus.
    public static var binaryCrossEntropy: Loss { .binaryCrossEntropy(positiveWeight: 1, focusing: 0) }

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
        case .largeMarginCosine(let scale, let margin):
            let classes = graph.type(of: output).shape[1]
            let places = graph.addConstant(Tensor((0..<classes).map(Int64.init), shape: [1, classes]))
            let columns = graph.addConstant(Tensor([-1, 1] as [Int64], shape: [2]))
            let column = try graph.append(Operators.Reshape(), [targets, columns], name: "loss.targets")[0]
            let isOwn = try graph.append(Operators.Equal(), [column, places], name: "loss.is_own")[0]
            let own = try graph.append(Operators.Cast(to: .f32), [isOwn], name: "loss.own")[0]
            let factors = [scale, scale * margin].map { graph.addConstant(Tensor($0)) }
            let scaled = try graph.append(Operators.Mul(), [output, factors[0]], name: "loss.scaled")[0]
            let margins = try graph.append(Operators.Mul(), [own, factors[1]], name: "loss.margins")[0]
            let logits = try graph.append(Operators.Sub(), [scaled, margins], name: "loss.logits")[0]
            return try graph.append(Operators.SoftmaxCrossEntropy(smoothing: 0), [logits, targets], name: "loss")[0]
        case .binaryCrossEntropy(let weight, let focusing):
            let operation = Operators.BinaryCrossEntropy(positiveWeight: weight, focusing: focusing)
            return try graph.append(operation, [output, targets], name: "loss")[0]
        case .meanSquaredError:
            let errors = try graph.append(Operators.Sub(), [output, targets], name: "loss.errors")
            return try graph.append(Operators.MeanSquares(), errors, name: "loss")[0]
        }
    }
}
