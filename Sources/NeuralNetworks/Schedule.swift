internal import Glibc

/// The learning rate by step.
public enum Schedule: Hashable, Sendable {
    /// Rises linearly over `warmUp` steps and stays.
    case constant(rate: Float, warmUp: Int = 0)
    /// Rises linearly over `warmUp` steps and falls to 0 as half a cosine until `steps` (Loshchilov, Hutter 2017, equation 5).
    case cosine(peak: Float, warmUp: Int = 0, steps: Int)

    /// The rate of a step, counted from 0.
    public func rate(at step: Int) -> Float {
        switch self {
        case .constant(let rate, let warmUp):
            return step < warmUp ? rate * Float(step + 1) / Float(warmUp) : rate
        case .cosine(let peak, let warmUp, let steps):
            if step < warmUp { return peak * Float(step + 1) / Float(warmUp) }
            guard step < steps else { return 0 }
            let progress = Double(step - warmUp) / Double(steps - warmUp)
            return Float(Double(peak) * 0.5 * (1 + cos(Double.pi * progress)))
        }
    }
}
