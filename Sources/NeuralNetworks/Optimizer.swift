/// How gradients change the weights. Weight decay leaves out what has one dimension: biases and normalisations.
public enum Optimizer: Hashable, Sendable {
    /// Stochastic gradient descent (PyTorch's `SGD`; Nesterov's variant Sutskever et al. 2013).
    case sgd(momentum: Float = 0.9, isNesterov: Bool = false, weightDecay: Float = 0)
    /// Adam with decoupled weight decay (Loshchilov, Hutter 2019).
    case adamW(beta1: Float = 0.9, beta2: Float = 0.999, epsilon: Float = 1e-8, weightDecay: Float = 1e-2)

    /// Appends the update of a weight.
    ///
    /// - Returns: the new weight; its moments are states of the graph with updates of their own.
    package func append(
        to graph: inout Graph, weight: (name: String, value: Graph.Value), gradient: Graph.Value, rate: Graph.Value,
        step: Graph.Value, scale: Graph.Value?
    ) throws(GraphError) -> Graph.Value {
        let shape = graph.type(of: weight.value).shape
        func moment(_ what: String) -> Graph.Value {
            graph.addState(Tensor(zeros: shape), name: "\(weight.name).\(what)")
        }
        switch self {
        case .sgd(let momentum, let isNesterov, let decay):
            let velocity = momentum == 0 ? nil : moment("momentum")
            let operation = Operators.SGDUpdate(
                momentum: momentum, weightDecay: shape.rank > 1 ? decay : 0, isNesterov: isNesterov)
            let made = try graph.append(
                operation, [weight.value, gradient, velocity, rate, scale], name: "\(weight.name).sgd")
            if let velocity { graph.addUpdate(of: velocity, to: made[1]) }
            graph.addUpdate(of: weight.value, to: made[0])
            return made[0]
        case .adamW(let beta1, let beta2, let epsilon, let decay):
            let first = moment("first_moment"), second = moment("second_moment")
            let operation = Operators.AdamWUpdate(
                beta1: beta1, beta2: beta2, epsilon: epsilon, weightDecay: shape.rank > 1 ? decay : 0)
            let made = try graph.append(
                operation, [weight.value, gradient, first, second, rate, step, scale], name: "\(weight.name).adamw")
            graph.addUpdate(of: first, to: made[1])
            graph.addUpdate(of: second, to: made[2])
            graph.addUpdate(of: weight.value, to: made[0])
            return made[0]
        }
    }
}
