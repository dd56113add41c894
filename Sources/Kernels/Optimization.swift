internal import CKernels

/// A floating-point power by squaring: the same bits on every machine.
func power(_ base: Double, _ exponent: Int64) -> Double {
    var result = 1.0, square = base, rest = exponent
    while rest > 0 {
        if rest & 1 == 1 { result *= square }
        square *= square
        rest >>= 1
    }
    return result
}

/// The optimizers' updates, in place.
extension KernelSet {
    /// Stochastic gradient descent with momentum (PyTorch's `SGD`).
    ///
    /// - Parameters:
    ///   - velocity: as long as the weights; nil without momentum.
    ///   - rate: the learning rate, one float in memory.
    ///   - gradientScale: one float in memory; nil is 1.
    package func sgd(
        weights: Region, gradient: Region, velocity: Region?, rate: Region, gradientScale: Region?, momentum: Double,
        weightDecay: Double, isNesterov: Bool
    ) -> Job {
        precondition(gradient.floatCount == weights.floatCount)
        return cut("sgd_\(instructionSet)", weights.floatCount, grain: 32_768) { [self] workspace, first, last, _ in
            var settings = unsafe engram_sgd(
                learning_rate: Double(workspace.pointer(rate)[0]), momentum: momentum, weight_decay: weightDecay,
                gradient_scale: gradientScale.map { unsafe Double(workspace.pointer($0)[0]) } ?? 1, nesterov: isNesterov
            )
            unsafe table.pointee.sgd_f32(
                last - first, &settings, workspace.pointer(gradient) + first, workspace.pointer(weights) + first,
                velocity.map { unsafe workspace.pointer($0) + first })
        }
    }

    /// AdamW (Loshchilov, Hutter 2019).
    ///
    /// - Parameters:
    ///   - moments: first and second, as long as the weights.
    ///   - step: an i64 in memory, counted from 1.
    package func adamW(
        weights: Region, gradient: Region, moments: (first: Region, second: Region), rate: Region, step: Region,
        gradientScale: Region?, betas: (Double, Double), epsilon: Double, weightDecay: Double
    ) -> Job {
        precondition(gradient.floatCount == weights.floatCount)
        return cut("adamw_\(instructionSet)", weights.floatCount, grain: 32_768) { [self] workspace, first, last, _ in
            let step = unsafe workspace.pointer(step, as: Int64.self)[0]
            var settings = unsafe engram_adamw(
                learning_rate: Double(workspace.pointer(rate)[0]), beta1: betas.0, beta2: betas.1, epsilon: epsilon,
                weight_decay: weightDecay, bias_correction1: 1 - power(betas.0, step),
                bias_correction2: 1 - power(betas.1, step),
                gradient_scale: gradientScale.map { unsafe Double(workspace.pointer($0)[0]) } ?? 1)
            unsafe table.pointee.adamw_f32(
                last - first, &settings, workspace.pointer(gradient) + first, workspace.pointer(weights) + first,
                workspace.pointer(moments.first) + first, workspace.pointer(moments.second) + first)
        }
    }

    /// average = d·average + (1 − d)·weights with d = min(decay, (1 + step)/(10 + step)), so that the start is soon forgotten.
    package func movingAverage(weights: Region, average: Region, step: Region, decay: Double) -> Job {
        precondition(average.floatCount == weights.floatCount)
        return cut("moving_average_\(instructionSet)", weights.floatCount, grain: 65_536) {
            [self] workspace, first, last, _ in
            let step = unsafe Double(workspace.pointer(step, as: Int64.self)[0])
            unsafe table.pointee.moving_average_f32(
                last - first, min(decay, (1 + step) / (10 + step)), workspace.pointer(weights) + first,
                workspace.pointer(average) + first)
        }
    }
}
