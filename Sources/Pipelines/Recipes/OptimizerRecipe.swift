package import NeuralNetworks

/// How gradients change the weights, in a recipe.
///
/// ```yaml
/// optimizer: {name: sgd, momentum: 0.9, nesterov: true, weight_decay: 1e-4}
/// ```
package struct OptimizerRecipe: RecipePart {
    package enum Name: String, Codable, CaseIterable, Sendable { case sgd, adamw }

    /// `sgd` or `adamw`.
    package var name = Name.adamw
    /// Of the weights, not of biases and normalisations; 0.01 for `adamw`, 0 for `sgd`.
    package var weightDecay: Float?
    /// Of `sgd`; 0.9.
    package var momentum: Float?
    /// Of `sgd`; whether the momentum looks ahead; false.
    package var nesterov: Bool?
    /// Of `adamw`; 0.9.
    package var beta1: Float?
    /// Of `adamw`; 0.999.
    package var beta2: Float?
    /// Of `adamw`; 1e-8.
    package var epsilon: Float?

    package init() {}

    package init(_ name: Name, weightDecay: Float? = nil, momentum: Float? = nil) {
        self.name = name
        self.weightDecay = weightDecay
        self.momentum = momentum
    }

    package func validate() throws(RecipeFault) {
        try require("weight_decay", weightDecay, in: 0...1)
        try require("momentum", momentum, in: 0...0.9999)
        try require("beta1", beta1, in: 0...0.9999)
        try require("beta2", beta2, in: 0...0.99999)
        try require("epsilon", epsilon, in: 1e-12...1)
        let foreign: [(key: String, isGiven: Bool)] =
            switch name {
            case .sgd: [("beta1", beta1 != nil), ("beta2", beta2 != nil), ("epsilon", epsilon != nil)]
            case .adamw: [("momentum", momentum != nil), ("nesterov", nesterov != nil)]
            }
        if let (key, _) = foreign.first(where: \.isGiven) { throw RecipeFault(key, "'\(name)' has no '\(key)'") }
    }

    /// The optimizer.
    package var optimizer: Optimizer {
        switch name {
        case .sgd: .sgd(momentum: momentum ?? 0.9, isNesterov: nesterov ?? false, weightDecay: weightDecay ?? 0)
        case .adamw:
            .adamW(
                beta1: beta1 ?? 0.9, beta2: beta2 ?? 0.999, epsilon: epsilon ?? 1e-8, weightDecay: weightDecay ?? 1e-2)
        }
    }
}
