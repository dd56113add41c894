internal import Kernels

extension Operators {
    /// The mean over rows of −Σ q·log softmax(logits), with q = (1 − smoothing)·onehot(target) + smoothing/classes. A row whose target is no
    /// class counts for nothing; of no rows the loss is 0.
    ///
    /// - Shapes: logits `[N, classes]`, targets i64 `[N]` → loss `[]`.
    /// - Source: Szegedy et al. 2016, section 7 (label smoothing); PyTorch's `CrossEntropyLoss`.
    public struct SoftmaxCrossEntropy: Operator {
        public static let name = "SoftmaxCrossEntropy"
        /// The share of each target that all classes get alike.
        public var smoothing: Float

        public init(smoothing: Float = 0) { self.smoothing = smoothing }

        public func infer(_ inputs: Operands) throws(OperatorError) -> [TensorType] {
            try inputs.count(in: 2...2)
            guard smoothing >= 0, smoothing < 1 else {
                throw OperatorError("a smoothing of \(smoothing); it is at least 0 and below 1")
            }
            let logits = try inputs.required(0, "logits", rank: 2).shape
            guard try inputs.required(1, "targets", .i64).shape == [logits[0]] else {
                throw OperatorError(
                    "targets have shape \(inputs.types[1]?.shape ?? []) where the logits have \(logits)")
            }
            return [TensorType(.f32, [])]
        }

        public func differentiate(_ backward: Backward, in graph: inout Graph) throws(GraphError) -> [Graph.Value?] {
            let gradient = try graph.append(
                SoftmaxCrossEntropyGradient(smoothing: smoothing),
                [backward.input(0), backward.input(1), backward.gradient],
                name: backward.name("gradient"))[0]
            return [gradient, nil]
        }

        public func schedule(_ step: inout Step) throws(GraphError) {
            let logits = step.shape(0)
            step.append(
                step.kernels.softmaxCrossEntropy(
                    step.input(0), targets: step.input(1), classes: logits[1], smoothing: smoothing,
                    losses: step.temporary(byteCount: max(logits[0], 1) * 4), to: step.output()))
        }
    }
}

extension Operators {
    /// The gradient of `SoftmaxCrossEntropy`: dLoss/count·(softmax(logits) − q), 0 where the target is no class.
    ///
    /// - Shapes: logits `[N, classes]`, targets i64 `[N]`, dLoss `[]` → `[N, classes]`.
    struct SoftmaxCrossEntropyGradient: Operator {
        static let name = "SoftmaxCrossEntropyGradient"
        var smoothing: Float

        func infer(_ inputs: Operands) throws(OperatorError) -> [TensorType] { [try inputs.required(0, "logits")] }
        var placement: Placement { .mayOverwrite([0]) }

        func schedule(_ step: inout Step) throws(GraphError) {
            step.append(
                step.kernels.softmaxCrossEntropyBackward(
                    step.input(0), targets: step.input(1), dLoss: step.input(2), classes: step.shape(0)[1],
                    smoothing: smoothing, scale: step.temporary(byteCount: 4), to: step.output()))
        }
    }
}
