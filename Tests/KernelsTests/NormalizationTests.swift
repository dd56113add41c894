import Kernels
import Testing

/// Rows and channels, and what the normalisation ends with.
struct NormalizationCase: Sendable, CustomTestStringConvertible {
    let rows, channels: Int
    var hasRelu = false
    var hasResidual = false

    var testDescription: String {
        "\(rows) rows of \(channels)\(hasRelu ? ", relu" : "")\(hasResidual ? ", residual" : "")"
    }
    var count: Int { rows * channels }

    static let all =
        [1, 2, 15, 16, 17, 31, 32, 33, 100].flatMap { rows in
            [1, 3, 8, 16, 17].map { NormalizationCase(rows: rows, channels: $0) }
        }
        + [4, 5, 7, 9, 15, 24, 31, 32, 33, 131].map { NormalizationCase(rows: 50, channels: $0, hasRelu: true) }
        + [false, true].flatMap { relu in
            // Several tasks, and several partial sums.
            [(700, 33), (3_000, 48), (9_000, 31)].map {
                NormalizationCase(rows: $0.0, channels: $0.1, hasRelu: relu, hasResidual: true)
            }
        }
}

@Suite struct NormalizationTests {
    /// Of a normalised number of about 1: coefficients and result are rounded to float some times.
    private let rounding = 3e-6

    /// The mean and the sum of squared deviations of each channel.
    private func moments<Scalar: BinaryFloatingPoint>(_ x: [Scalar], _ channels: Int) -> (
        mean: [Scalar], squares: [Scalar]
    ) {
        let rows = x.count / channels
        let mean = (0..<channels).map { channel in
            (0..<rows).reduce(Scalar(0)) { $0 + x[$1 * channels + channel] } / Scalar(rows)
        }
        let squares = (0..<channels).map { channel in
            (0..<rows).reduce(Scalar(0)) {
                let deviation = x[$1 * channels + channel] - mean[channel]
                return $0 + deviation * deviation
            }
        }
        return (mean, squares)
    }

    @Test("a batch is normalised by its statistics", arguments: NormalizationCase.all)
    func forward(_ row: NormalizationCase) throws {
        let channels = row.channels, epsilon = 1e-3, momentum = 0.9
        // A mean far from 0 is where one-pass sums of squares fail.
        let x = samples(row.count, 1).enumerated().map { $1 + Float($0 % channels % 5) * 30 }
        let gamma = samples(channels, 2, in: 0.5...2), beta = samples(channels, 3), residual = samples(row.count, 4)
        let oldMean = samples(channels, 5), oldVariance = samples(channels, 6, in: 0.5...2)
        let (mean, squares) = moments(x.doubles, channels)
        let deviation = squares.map { 1 / ($0 / Double(row.rows) + epsilon).squareRoot() }
        let y = x.indices.map { index in
            let channel = index % channels
            var value =
                (Double(x[index]) - mean[channel]) * deviation[channel] * Double(gamma[channel]) + Double(beta[channel])
            if row.hasResidual { value += Double(residual[index]) }
            return row.hasRelu && value < 0 ? 0 : value
        }
        let newMean = zip(oldMean.doubles, mean).map { momentum * $0 + (1 - momentum) * $1 }
        let newVariance = zip(oldVariance.doubles, squares).map {
            momentum * $0 + (1 - momentum) * $1 / Double(max(row.rows - 1, 1))
        }
        // x·scale + shift cancels: its error is that of the two terms.
        let sizes = x.indices.map { 1 + abs(Double(x[$0]) * deviation[$0 % channels]) * 2 }

        for isInPlace in [false, true] {
            var memory = Memory()
            let input = memory.add(x, changes: isInPlace)
            let gammas = memory.add(gamma), betas = memory.add(beta), residuals = memory.add(residual)
            let running = (
                mean: memory.add(oldMean, changes: isInPlace), variance: memory.add(oldVariance, changes: isInPlace)
            )
            let partials = memory.room(bytes: KernelSet.normalizationPartBytes(rows: row.rows, channels: channels))
            let coefficients = memory.room(floats: 2 * channels)
            let output = isInPlace ? input : memory.room(floats: row.count)
            let fresh =
                isInPlace ? running : (mean: memory.room(floats: channels), variance: memory.room(floats: channels))
            let saved = (mean: memory.room(floats: channels), inverseDeviation: memory.room(floats: channels))
            try expect(
                row.testDescription + (isInPlace ? ", in place" : ""), memory,
                [
                    .floats("mean", saved.mean, mean, relative: 2e-7, absolute: 1e-6),
                    .floats("inverse deviation", saved.inverseDeviation, deviation, relative: 2e-6),
                    .floats("running mean", fresh.mean, newMean, relative: 2e-7, absolute: 1e-6),
                    .floats("running variance", fresh.variance, newVariance, relative: 2e-6, absolute: 1e-7),
                    .floats("y", output, y, relative: rounding, of: sizes),
                ]
            ) {
                $0.batchNormalization(
                    input, gamma: gammas, beta: betas, running: running, residual: row.hasResidual ? residuals : nil,
                    activation: row.hasRelu ? .relu : .identity, epsilon: epsilon, momentum: momentum,
                    partials: partials, coefficients: coefficients, to: output, newRunning: fresh, saved: saved)
            }
        }
    }

    @Test("the gradients are those of the definition", arguments: NormalizationCase.all)
    func backward(_ row: NormalizationCase) throws {
        let channels = row.channels, count = Double(row.rows)
        let x = samples(row.count, 1), y = samples(row.count, 2), dy = samples(row.count, 3)
        let gamma = samples(channels, 4, in: 0.5...2)
        let (mean, squares) = moments(x.doubles, channels)
        let deviation = squares.map { 1 / ($0 / count + 1e-2).squareRoot() }
        let floatMean = mean.map { Float($0) }, floatDeviation = deviation.map { Float($0) }
        let g = x.indices.map { row.hasRelu && y[$0] <= 0 ? 0 : Double(dy[$0]) }
        let normal = x.indices.map { (Double(x[$0]) - mean[$0 % channels]) * deviation[$0 % channels] }
        var beta = [Double](repeating: 0, count: channels), gammaGradient = beta
        var betaSize = beta, gammaSize = beta
        for index in x.indices {
            beta[index % channels] += g[index]
            betaSize[index % channels] += abs(g[index])
            gammaGradient[index % channels] += g[index] * normal[index]
            gammaSize[index % channels] += abs(g[index] * normal[index]) + abs(g[index])
        }
        let dx = x.indices.map { index in
            let channel = index % channels
            return Double(gamma[channel]) * deviation[channel]
                * (g[index] - beta[channel] / count - normal[index] * gammaGradient[channel] / count)
        }
        let sizes = x.indices.map { 4 * Double(gamma[$0 % channels]) * deviation[$0 % channels] }

        for place in ["apart", "on x", "on dy", "on y"] where row.hasRelu || place != "on y" {
            var memory = Memory()
            let input = memory.add(x, changes: place == "on x"), result = memory.add(y, changes: place == "on y")
            let gradient = memory.add(dy, changes: place == "on dy"), gammas = memory.add(gamma)
            let saved = (mean: memory.add(floatMean), inverseDeviation: memory.add(floatDeviation))
            let partials = memory.room(bytes: KernelSet.normalizationPartBytes(rows: row.rows, channels: channels))
            let apart = memory.room(floats: row.count)
            let output = place == "on x" ? input : place == "on dy" ? gradient : place == "on y" ? result : apart
            let dGamma = memory.room(floats: channels), dBeta = memory.room(floats: channels)
            let dResidual = row.hasResidual ? memory.room(floats: row.count) : nil
            let residualGradient = dResidual.map { Output.floats("residual's gradient", $0, g) }
            try expect(
                "\(row.testDescription), \(place)", memory,
                [
                    .floats("beta's gradient", dBeta, beta, relative: sums, of: betaSize),
                    .floats("gamma's gradient", dGamma, gammaGradient, relative: sums, of: gammaSize),
                    .floats("dx", output, dx, relative: rounding, of: sizes),
                ] + [residualGradient].compactMap(\.self)
            ) {
                $0.batchNormalizationBackward(
                    input, y: row.hasRelu ? result : nil, dy: gradient, gamma: gammas, saved: saved, partials: partials,
                    dx: output, dGamma: dGamma, dBeta: dBeta, dResidual: dResidual)
            }
        }
    }

    @Test("known statistics become a scale and a shift, and these are applied", arguments: NormalizationCase.all)
    func inference(_ row: NormalizationCase) throws {
        let channels = row.channels
        let x = samples(row.count, 1), residual = samples(row.count, 2), gamma = samples(channels, 3),
            beta = samples(channels, 4)
        let mean = samples(channels, 5), variance = samples(channels, 6, in: 0...2)
        let scale = zip(gamma, variance).map { Double($0) / (Double($1) + 1e-5).squareRoot() }
        let shift = (0..<channels).map { Double(beta[$0]) - Double(mean[$0]) * scale[$0] }
        let y = x.indices.map { index in
            var value =
                Double(x[index]) * Double(Float(scale[index % channels])) + Double(Float(shift[index % channels]))
            if row.hasResidual { value += Double(residual[index]) }
            return row.hasRelu && value < 0 ? 0 : value
        }
        let sizes = x.indices.map { 1 + abs(scale[$0 % channels]) + abs(shift[$0 % channels]) }
        for place in ["apart", "on x", "on the residual"] {
            var memory = Memory()
            let input = memory.add(x, changes: place == "on x")
            let residuals = memory.add(residual, changes: place == "on the residual")
            let gammas = memory.add(gamma), betas = memory.add(beta), means = memory.add(mean),
                variances = memory.add(variance)
            let scales = memory.room(floats: channels), shifts = memory.room(floats: channels)
            let apart = memory.room(floats: row.count)
            let output = place == "on x" ? input : place == "apart" ? apart : residuals
            try expect(
                "\(row.testDescription), \(place)", memory,
                [
                    .floats("scale", scales, scale), .floats("shift", shifts, shift),
                    .floats("y", output, y, relative: 2e-7, of: sizes),
                ]
            ) {
                [
                    $0.normalizationCoefficients(
                        gamma: gammas, beta: betas, mean: means, variance: variances, epsilon: 1e-5, scale: scales,
                        shift: shifts),
                    $0.scaleShiftChannels(
                        input, scale: scales, shift: shifts, residual: row.hasResidual ? residuals : nil,
                        activation: row.hasRelu ? .relu : .identity, to: output),
                ]
            }
        }
    }

    @Test("a bias's gradient is the sum over the rows", arguments: NormalizationCase.all)
    func channelSums(_ row: NormalizationCase) throws {
        let x = samples(row.count, 1)
        var values = [Double](repeating: 0, count: row.channels), sizes = values
        for index in x.indices {
            values[index % row.channels] += Double(x[index])
            sizes[index % row.channels] += Double(abs(x[index]))
        }
        var memory = Memory()
        let input = memory.add(x), y = memory.room(floats: row.channels)
        let partials = memory.room(bytes: KernelSet.normalizationPartBytes(rows: row.rows, channels: row.channels))
        // Float over 16 rows, these in double.
        try expect(row.testDescription, memory, [.floats("y", y, values, relative: 3e-7, of: sizes)]) {
            $0.channelSums(input, channels: row.channels, partials: partials, to: y)
        }
    }
}
