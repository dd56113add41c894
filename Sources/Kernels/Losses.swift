internal import CKernels

extension KernelSet {
    /// loss (one float) = the mean of the binary cross-entropies of logits z and targets t in 0...1, with p = sigmoid(z):
    /// −(w·t·(1 − p)^f·log p + (1 − t)·p^f·log(1 − p)).
    ///
    /// - Parameters:
    ///   - positiveWeight: w.
    ///   - focusing: f, 0 for the plain loss.
    ///   - losses: a float for each logit, to work in.
    package func binaryCrossEntropy(
        _ logits: Region, targets: Region, positiveWeight: Float, focusing: Float, losses: Region, to loss: Region
    ) -> [Job] {
        precondition(logits.floatCount == targets.floatCount && losses.floatCount == logits.floatCount)
        let count = logits.floatCount
        let each = cut("binary_cross_entropy_\(instructionSet)", count, cost: 8) { [self] workspace, first, last, _ in
            unsafe table.pointee.binary_cross_entropy_f32(
                last - first, workspace.pointer(logits) + first, workspace.pointer(targets) + first, positiveWeight,
                focusing, workspace.pointer(losses) + first)
        }
        return [each, reduce(.mean, losses, outer: 1, reduced: count, inner: 1, to: loss)]
    }

    /// dLogits = dLoss/count · dloss/dz.
    package func binaryCrossEntropyBackward(
        _ logits: Region, targets: Region, dLoss: Region, positiveWeight: Float, focusing: Float, to dLogits: Region
    ) -> Job {
        let count = logits.floatCount
        return cut("binary_cross_entropy_backward_\(instructionSet)", count, cost: 8) {
            [self] workspace, first, last, _ in
            let scale = unsafe workspace.pointer(dLoss)[0] / Float(count)
            unsafe table.pointee.binary_cross_entropy_backward_f32(
                last - first, workspace.pointer(logits) + first, workspace.pointer(targets) + first, positiveWeight,
                focusing, scale, workspace.pointer(dLogits) + first)
        }
    }
}
