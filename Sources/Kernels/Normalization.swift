internal import CKernels

/// Batch normalisation in training, over [rows][channels].
extension KernelSet {
    /// Rows of a partial sum: by shape alone.
    private static func rowParts(rows: Int, channels: Int) -> Int {
        max(1, min(64, rows * channels / 65_536))
    }

    /// Bytes of partial sums that the jobs below need.
    package static func normalizationPartBytes(rows: Int, channels: Int) -> Int {
        rowParts(rows: rows, channels: channels) * channels * 2 * MemoryLayout<Double>.size
    }

    /// Statistics, running statistics, and y = activation(γ·(x − mean)/√(variance + ε) + β + residual).
    ///
    /// - Parameters:
    ///   - running: mean and variance as they were; `newRunning` may be the same regions. The variance that enters is unbiased.
    ///   - saved: mean and inverse deviation of this batch, for the backward pass.
    ///   - coefficients: two times `channels` floats to work in.
    ///   - momentum: the old running statistics' share (ONNX; PyTorch's is 1 minus this).
    package func batchNormalization(
        _ x: Region, gamma: Region, beta: Region, running: (mean: Region, variance: Region), residual: Region?,
        activation: FusedActivation, epsilon: Double, momentum: Double, partials: Region, coefficients: Region,
        to y: Region,
        newRunning: (mean: Region, variance: Region), saved: (mean: Region, inverseDeviation: Region)
    ) -> [Job] {
        let channels = gamma.floatCount
        let rows = x.floatCount / max(channels, 1)
        let parts = Self.rowParts(rows: rows, channels: channels)
        let moments = Job("channel_moments_\(instructionSet)", count: parts) { [self] workspace, part, _ in
            let first = rows * part / parts, last = rows * (part + 1) / parts
            unsafe table.pointee.channel_moments_f32(
                last - first, channels, workspace.pointer(x) + first * channels,
                workspace.pointer(partials, as: Double.self) + part * 2 * channels)
        }
        let join = Job("batch_normalization_coefficients_\(instructionSet)") { [self] workspace, _, _ in
            let sums = unsafe workspace.pointer(partials, as: Double.self)
            for part in 1..<max(parts, 1) where part < parts {
                let first = rows * part / parts, last = rows * (part + 1) / parts
                unsafe table.pointee.merge_moments_f64(channels, first, sums, last - first, sums + part * 2 * channels)
            }
            let coefficient = unsafe workspace.pointer(coefficients)
            unsafe table.pointee.batch_normalization_coefficients_f32(
                channels, rows, sums, epsilon, workspace.pointer(gamma), workspace.pointer(beta),
                workspace.pointer(saved.mean), workspace.pointer(saved.inverseDeviation), coefficient,
                coefficient + channels)
            let mean = unsafe workspace.pointer(running.mean), variance = unsafe workspace.pointer(running.variance)
            let newMean = unsafe workspace.pointer(newRunning.mean)
            let newVariance = unsafe workspace.pointer(newRunning.variance)
            for channel in 0..<channels {
                let batchVariance = unsafe sums[channels + channel] / Double(max(rows - 1, 1))
                unsafe newMean[channel] = Float(momentum * Double(mean[channel]) + (1 - momentum) * sums[channel])
                unsafe newVariance[channel] = Float(
                    momentum * Double(variance[channel]) + (1 - momentum) * batchVariance)
            }
        }
        let coefficientBytes = channels * 4
        let apply = scaleShiftChannels(
            x, scale: coefficients.part(offset: 0, byteCount: coefficientBytes),
            shift: coefficients.part(offset: coefficientBytes, byteCount: coefficientBytes), residual: residual,
            activation: activation, to: y)
        return [moments, join, apply]
    }

    /// scale = γ/√(variance + ε), shift = β − mean·scale, in double and rounded once.
    package func normalizationCoefficients(
        gamma: Region, beta: Region, mean: Region, variance: Region, epsilon: Double, scale: Region, shift: Region
    ) -> Job {
        Job("batch_normalization_coefficients") { workspace, _, _ in
            let gamma = unsafe workspace.pointer(gamma), beta = unsafe workspace.pointer(beta)
            let mean = unsafe workspace.pointer(mean), variance = unsafe workspace.pointer(variance)
            let scales = unsafe workspace.pointer(scale), shifts = unsafe workspace.pointer(shift)
            for channel in 0..<scale.floatCount {
                let factor = unsafe Double(gamma[channel]) / (Double(variance[channel]) + epsilon).squareRoot()
                unsafe scales[channel] = Float(factor)
                unsafe shifts[channel] = Float(Double(beta[channel]) - Double(mean[channel]) * factor)
            }
        }
    }

    /// y = activation(x·scale[c] + shift[c] + residual); y may be x or the residual.
    package func scaleShiftChannels(
        _ x: Region, scale: Region, shift: Region, residual: Region? = nil, activation: FusedActivation = .identity,
        to y: Region
    ) -> Job {
        let channels = scale.floatCount
        let isRelu = activation == .relu
        return cut(
            "scale_shift_channels_\(instructionSet)", x.floatCount / max(channels, 1), cost: channels, grain: 32_768
        ) {
            [self] workspace, first, last, _ in
            let offset = first * channels
            unsafe table.pointee.scale_shift_channels_f32(
                last - first, channels, workspace.pointer(x) + offset, workspace.pointer(scale),
                workspace.pointer(shift),
                residual.map { unsafe UnsafePointer(workspace.pointer($0) + offset) }, isRelu,
                workspace.pointer(y) + offset)
        }
    }

    /// The gradients of `batchNormalization`: dx, and where asked for those of γ, β, and the residual.
    ///
    /// - Parameter y: the forward result where a ReLU was fused, else nil.
    package func batchNormalizationBackward(
        _ x: Region, y: Region?, dy: Region, gamma: Region, saved: (mean: Region, inverseDeviation: Region),
        partials: Region, dx: Region, dGamma: Region, dBeta: Region, dResidual: Region?
    ) -> [Job] {
        let channels = gamma.floatCount
        let rows = x.floatCount / max(channels, 1)
        let parts = Self.rowParts(rows: rows, channels: channels)
        let sum = Job("batch_normalization_backward_sums_\(instructionSet)", count: parts) {
            [self] workspace, part, _ in
            let first = rows * part / parts, last = rows * (part + 1) / parts
            let offset = first * channels
            unsafe table.pointee.batch_normalization_backward_sums_f32(
                last - first, channels, workspace.pointer(x) + offset,
                y.map { unsafe UnsafePointer(workspace.pointer($0) + offset) }, workspace.pointer(dy) + offset,
                workspace.pointer(saved.mean), workspace.pointer(saved.inverseDeviation),
                workspace.pointer(partials, as: Double.self) + part * 2 * channels)
        }
        let join = Job("merge_sums") { [self] workspace, _, _ in
            let sums = unsafe workspace.pointer(partials, as: Double.self)
            for part in 1..<max(parts, 1) where part < parts {
                unsafe table.pointee.merge_sums_f64(2 * channels, sums, sums + part * 2 * channels)
            }
            let beta = unsafe workspace.pointer(dBeta), gamma = unsafe workspace.pointer(dGamma)
            for channel in 0..<channels {
                unsafe beta[channel] = Float(sums[channel])
                unsafe gamma[channel] = Float(sums[channels + channel])
            }
        }
        let apply = cut("batch_normalization_backward_\(instructionSet)", rows, cost: channels, grain: 32_768) {
            [self] workspace, first, last, _ in
            let offset = first * channels
            unsafe table.pointee.batch_normalization_backward_f32(
                last - first, channels, workspace.pointer(x) + offset,
                y.map { unsafe UnsafePointer(workspace.pointer($0) + offset) }, workspace.pointer(dy) + offset,
                workspace.pointer(saved.mean), workspace.pointer(saved.inverseDeviation), workspace.pointer(gamma),
                rows,
                workspace.pointer(partials, as: Double.self), workspace.pointer(dx) + offset,
                dResidual.map { unsafe workspace.pointer($0) + offset })
        }
        return [sum, join, apply]
    }

    /// y[c] = Σ over rows of x[r][c]: the gradient of a bias.
    package func channelSums(_ x: Region, channels: Int, partials: Region, to y: Region) -> [Job] {
        let rows = x.floatCount / max(channels, 1)
        let parts = Self.rowParts(rows: rows, channels: channels)
        let sum = Job("channel_sums_\(instructionSet)", count: parts) { [self] workspace, part, _ in
            let first = rows * part / parts, last = rows * (part + 1) / parts
            unsafe table.pointee.channel_sums_f32(
                last - first, channels, workspace.pointer(x) + first * channels, nil,
                workspace.pointer(partials, as: Double.self) + part * 2 * channels)
        }
        let join = Job("merge_sums") { workspace, _, _ in
            let sums = unsafe workspace.pointer(partials, as: Double.self)
            let y = unsafe workspace.pointer(y)
            for channel in 0..<channels {
                var total = 0.0
                for part in 0..<parts { unsafe total += sums[part * 2 * channels + channel] }
                unsafe y[channel] = Float(total)
            }
        }
        return [sum, join]
    }
}
