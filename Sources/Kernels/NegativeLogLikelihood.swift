/// Losses of the classes that are meant, of logarithms of probabilities [outer][classes][inner] and targets [outer][inner].
extension KernelSet {
    /// losses [outer][inner] = −weights[target]·x at the target, and shares [outer][inner] = weights[target]; both 0 where the target is no
    /// class or is `ignored`.
    ///
    /// - Parameters:
    ///   - areWide: whether the targets are i64, and else i32.
    ///   - weights: a float for each class; 1 for all where left out.
    package func negativeLogLikelihood(
        _ x: Region, targets: Region, areWide: Bool, weights: Region?, ignored: Int?, outer: Int, classes: Int,
        inner: Int, losses: Region, shares: Region?
    ) -> Job {
        cut("negative_log_likelihood", outer * inner, cost: 8) { workspace, first, last, _ in
            let x = unsafe workspace.pointer(x), losses = unsafe workspace.pointer(losses)
            let weights = unsafe weights.map { unsafe workspace.pointer($0) }
            let shares = unsafe shares.map { unsafe workspace.pointer($0) }
            for place in first..<last {
                let target =
                    areWide
                    ? unsafe Int(workspace.pointer(targets, as: Int64.self)[place])
                    : unsafe Int(workspace.pointer(targets, as: Int32.self)[place])
                guard (0..<classes).contains(target), target != ignored else {
                    unsafe losses[place] = 0
                    unsafe shares?[place] = 0
                    continue
                }
                let weight = unsafe weights?[target] ?? 1
                unsafe losses[place] = -weight * x[(place / inner * classes + target) * inner + place % inner]
                unsafe shares?[place] = weight
            }
        }
    }
}
