/// The probabilities of classes from the logits of a network that was trained on smoothed labels.
///
/// Such a network learns q = (1 − ε)·p + ε/K of K classes (Szegedy et al. 2016, arXiv 1512.00567, section 7), so that
/// p = (q − ε/K)/(1 − ε), where that is not below 0. Without this each of K classes has ε/K too much, and a sum over
/// many of them, as `_unknown_` is, far more than a single one.
///
/// - Parameter labelSmoothing: ε, 0 to below 1.
/// - Returns: probabilities whose sum is 1.
package func probabilities(ofLogits logits: some Collection<Float>, labelSmoothing: Float) -> [Float] {
    let greatest = logits.max() ?? 0
    let powers = logits.map { exponential($0 - greatest) }
    let excess = labelSmoothing / Float(powers.count) * powers.reduce(0, +)
    let kept = powers.map { max($0 - excess, 0) }
    let sum = kept.reduce(0, +)
    return kept.map { $0 / sum }
}
