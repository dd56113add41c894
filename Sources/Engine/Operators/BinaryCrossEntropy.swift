internal import Kernels

extension Operators {
    /// The mean of −(w·t·(1 − p)^f·log p + (1 − t)·p^f·log(1 − p)) with p = sigmoid(logit).
    ///
    /// - Shapes: logits any, targets as logits, in 0...1 → loss `[]`.
    /// - Source: PyTorch `binary_cross_entropy_with_logits`; Lin et al. 2017, arXiv 1708.02002, equation 4 (focal loss).
    public struct BinaryCrossEntropy: Operator {
        public static let name = "BinaryCrossEntropy"
        /// w: how much a positive example counts.
        public var positiveWeight: Float
        /// f: how much less those count that are right already; 0 for none.
        public var focusing: Float

        public init(positiveWeight: Float = 1, focusing: Float = 0) {
            self.positiveWeight = positiveWeight
            self.focusing = focusing
        }

        public func infer(_ inputs: Operands) throws(OperatorError) -> [TensorType] {
            try inputs.count(in: 2...2)
            for (name, value) in [("positive weight", positiveWeight), ("focusing", focusing)] {
                guard value >= 0, value.isFinite else {
                    throw OperatorError("a \(name) of \(value); it is at least 0 and finite")
                }
            }
            let logits = try inputs.required(0, "logits"), targets = try inputs.required(1, "targets")
            guard logits == targets else { throw OperatorError("logits \(logits) and targets \(targets)") }
            return [TensorType(.f32, [])]
        }

        public func differentiate(_ backward: Backward, in graph: inout Graph) throws(GraphError) -> [Graph.Value?] {
            let inputs = [backward.input(0), backward.input(1), backward.gradient]
            let gradient = BinaryCrossEntropyGradient(positiveWeight: positiveWeight, focusing: focusing)
            return [try graph.append(gradient, inputs, name: backward.name("gradient"))[0], nil]
        }

        public func schedule(_ step: inout Step) throws(GraphError) {
            let losses = step.temporary(byteCount: step.input(0).byteCount)
            step.append(
                step.kernels.binaryCrossEntropy(
                    step.input(0), targets: step.input(1), positiveWeight: positiveWeight, focusing: focusing,
                    losses: losses, to: step.output()))
        }
    }
}

extension Operators {
    /// The gradient of `BinaryCrossEntropy` with respect to the logits.
    ///
    /// - Shapes: logits, targets, dLoss `[]` → as logits.
    struct BinaryCrossEntropyGradient: Operator {
        static let name = "BinaryCrossEntropyGradient"
        var positiveWeight: Float
        var focusing: Float

        func infer(_ inputs: Operands) throws(OperatorError) -> [TensorType] { [try inputs.required(0, "logits")] }
        var placement: Placement { .mayOverwrite([0]) }

        func schedule(_ step: inout Step) throws(GraphError) {
            step.append(
                step.kernels.binaryCrossEntropyBackward(
                    step.input(0), targets: step.input(1), dLoss: step.input(2), positiveWeight: positiveWeight,
                    focusing: focusing, to: step.output()))
        }
    }
}
