internal import Kernels

extension Operators {
    /// −w[t]·x at each target t, where x are logarithms of probabilities; their sum; or their mean, Σ −w[t]·x / Σ w[t].
    ///
    /// A target that is no class, or is the ignored one, counts for nothing; the mean of nothing is NaN.
    ///
    /// - Shapes: x `[N, classes, …]`, targets i32 or i64 `[N, …]`, weights `[classes]` or left out (1) → `[N, …]`, or `[]` of a sum or mean.
    /// - Source: ONNX NegativeLogLikelihoodLoss, opset 13; PyTorch's `NLLLoss`.
    public struct NegativeLogLikelihoodLoss: Operator {
        /// How the losses are joined.
        public enum Reduction: String, Hashable, Sendable, CaseIterable {
            case none, mean, sum
        }

        public static let name = "NegativeLogLikelihoodLoss"
        /// How the losses are joined.
        public var reduction: Reduction
        /// A target that counts for nothing.
        public var ignored: Int?

        public init(reduction: Reduction = .mean, ignored: Int? = nil) {
            self.reduction = reduction
            self.ignored = ignored
        }

        public func infer(_ inputs: Operands) throws(OperatorError) -> [TensorType] {
            try inputs.count(in: 2...3)
            let x = try inputs.required(0, "x").shape, targets = try inputs.required(1, "targets", nil)
            guard x.rank >= 2 else { throw OperatorError("x has shape \(x); 2 dimensions or more are needed") }
            guard targets.elementType == .i64 || targets.elementType == .i32 else {
                throw OperatorError("targets has elements \(targets.elementType.rawValue); i32 and i64 are supported")
            }
            let each = Shape([x[0]] + x.dropFirst(2))
            guard targets.shape == each else {
                throw OperatorError("targets have shape \(targets.shape) where x has \(x)")
            }
            if inputs.optional(2) != nil {
                let weights = try inputs.required(2, "weights").shape
                guard weights == [x[1]] else {
                    throw OperatorError("weights have shape \(weights) where x has \(x)")
                }
            }
            return [TensorType(.f32, reduction == .none ? each : [])]
        }

        public func schedule(_ step: inout Step) throws(GraphError) {
            let x = step.shape(0), count = step.shape(1).elementCount
            let losses = reduction == .none ? step.output() : step.temporary(byteCount: count * 4)
            let shares = reduction == .mean ? step.temporary(byteCount: count * 4) : nil
            step.append(
                step.kernels.negativeLogLikelihood(
                    step.input(0), targets: step.input(1), areWide: step.inputType(1).elementType == .i64,
                    weights: step.optionalInput(2), ignored: ignored, outer: x[0], classes: x[1],
                    inner: x.dropFirst(2).reduce(1, *), losses: losses, shares: shares))
            guard reduction != .none else { return }
            step.append(
                step.kernels.reduce(.sum, losses, outer: 1, reduced: count, inner: 1, to: step.output()))
            guard let shares else { return }
            let total = step.temporary(byteCount: 4)
            step.append(step.kernels.reduce(.sum, shares, outer: 1, reduced: count, inner: 1, to: total))
            step.append(step.kernels.arithmetic(.divide, step.output(), total, to: step.output()))
        }
    }
}
