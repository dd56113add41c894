extension Loss {
    /// What the targets of outputs `[N, …]` are: a class for each row of logits, or a number for each output.
    func targets(for outputs: Shape) -> TensorType {
        switch self {
        case .softmaxCrossEntropy, .largeMarginCosine:
            TensorType(.i64, Shape(outputs.prefix(1) + outputs.dropFirst().dropLast()))
        case .binaryCrossEntropy, .meanSquaredError: TensorType(.f32, outputs)
        }
    }
}

extension Batch {
    /// The targets as the loss takes them for outputs of a shape.
    ///
    /// - Throws: `GraphError` where they are no classes that the logits know, or −1 for one of several steps; where they are no numbers that
    ///   the loss takes.
    func targets(of loss: Loss, for outputs: Shape) throws(GraphError) -> Tensor {
        let examples = inputs.shape.first ?? 0
        let wanted = loss.targets(for: Shape([examples] + outputs.dropFirst()))
        switch loss {
        case .softmaxCrossEntropy, .largeMarginCosine: return try classes(wanted, count: outputs.last ?? 0)
        case .binaryCrossEntropy: return try numbers(wanted, "from 0 to 1") { (0...1).contains($0) }
        case .meanSquaredError: return try numbers(wanted, "that are finite", \.isFinite)
        }
    }

    private func classes(_ wanted: TensorType, count: Int) throws(GraphError) -> Tensor {
        guard targets.type == wanted, let classes = targets.integers else {
            throw misfit("classes, \(wanted)")
        }
        for target in classes where !(0..<count).contains(target) && !(target == -1 && wanted.shape.rank > 1) {
            throw GraphError(fault: "target \(target) where the network knows classes 0 to \(count - 1)")
        }
        return targets
    }

    /// Of one output an example the targets may lack the last dimension, and what is no f32 is made so.
    private func numbers(_ wanted: TensorType, _ range: String, _ isTaken: (Float) -> Bool) throws(GraphError) -> Tensor
    {
        let shape = wanted.shape, isColumn = shape.rank > 1 && shape.last == 1
        guard targets.shape == shape || (isColumn && targets.shape == Shape(shape.dropLast())) else {
            throw misfit("numbers, \(wanted)" + (isColumn ? " or \(TensorType(.f32, Shape(shape.dropLast())))" : ""))
        }
        let values = targets.floats
        if let value = values.first(where: { !isTaken($0) }) {
            throw GraphError(fault: "target \(value) where the loss takes numbers \(range)")
        }
        return targets.type == wanted ? targets : Tensor(values, shape: shape)
    }

    private func misfit(_ wanted: String) -> GraphError {
        GraphError(fault: "targets \(targets.type) for \(inputs.shape.first ?? 0) examples; they are \(wanted)")
    }
}
