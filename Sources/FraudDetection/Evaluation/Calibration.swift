internal import Glibc

/// Scores made probabilities: σ(slope · logit + offset), fitted to what came of them.
///
/// - Source: Platt 1999, "Probabilistic Outputs for Support Vector Machines and Comparisons to Regularized Likelihood Methods"; fitted by Newton's
///   method as Lin, Lin and Weng 2007 have it, without the prior, since there are many.
package struct Calibration: Hashable, Sendable, Codable {
    package var slope = 1.0
    package var offset = 0.0

    package init() {}

    /// The probability of a logit.
    package func probability(ofLogit logit: Float) -> Float {
        Float(1 / (1 + exp(-(slope * Double(logit) + offset))))
    }

    /// Fits slope and offset by maximum likelihood; leaves logits as they are where there is one class only.
    package init(logits: [Float], isFraud: [Bool]) {
        let frauds = isFraud.count { $0 }
        guard frauds > 0, frauds < isFraud.count else { return }
        var loss = Self.loss(slope, offset, logits, isFraud)
        for _ in 0..<100 {
            var gradient = (0.0, 0.0), curvature = (1e-9, 0.0, 1e-9)
            for (logit, truth) in zip(logits, isFraud) {
                let logit = Double(logit), p = 1 / (1 + exp(-(slope * logit + offset)))
                let error = p - (truth ? 1 : 0), weight = p * (1 - p)
                gradient.0 += error * logit
                gradient.1 += error
                curvature.0 += weight * logit * logit
                curvature.1 += weight * logit
                curvature.2 += weight
            }
            let determinant = curvature.0 * curvature.2 - curvature.1 * curvature.1
            let step = (
                (curvature.2 * gradient.0 - curvature.1 * gradient.1) / determinant,
                (curvature.0 * gradient.1 - curvature.1 * gradient.0) / determinant
            )
            // A step that is too long is halved.
            var scale = 1.0, next = loss
            repeat {
                next = Self.loss(slope - scale * step.0, offset - scale * step.1, logits, isFraud)
                if next < loss { break }
                scale /= 2
            } while scale > 1e-10
            guard next < loss else { return }
            slope -= scale * step.0
            offset -= scale * step.1
            let isDone = loss - next < 1e-12 * loss
            loss = next
            if isDone { return }
        }
    }

    /// The negative log likelihood.
    private static func loss(_ slope: Double, _ offset: Double, _ logits: [Float], _ isFraud: [Bool]) -> Double {
        var sum = 0.0
        for (logit, truth) in zip(logits, isFraud) {
            let z = slope * Double(logit) + offset
            sum += max(z, 0) - (truth ? z : 0) + log1p(exp(-abs(z)))
        }
        return sum
    }

    /// The expected calibration error: the mean difference of probability and share of frauds, in bins of as many scores each.
    ///
    /// - Source: Nixon et al. 2019, "Measuring Calibration in Deep Learning", with bins of equal size.
    package static func error(probabilities: [Float], isFraud: [Bool], bins: Int = 20) -> Double? {
        guard !probabilities.isEmpty else { return nil }
        let order = probabilities.indices.sorted { probabilities[$0] < probabilities[$1] }
        var sum = 0.0
        for bin in 0..<bins {
            let part = order[order.count * bin / bins..<order.count * (bin + 1) / bins]
            let expected = part.reduce(0.0) { $0 + Double(probabilities[$1]) }
            let found = part.reduce(0.0) { $0 + (isFraud[$1] ? 1 : 0) }
            sum += abs(expected - found)
        }
        return sum / Double(order.count)
    }
}
