internal import Kernels

extension Operators {
    /// A step of stochastic gradient descent, in place: v ← momentum·v + g + decay·w, w ← w − rate·v (PyTorch's `SGD`).
    ///
    /// - Shapes: w any, g as w, v as w or left out, rate `[]`, gradient scale `[]` or left out → w and, with momentum, v.
    /// - Source: Sutskever et al. 2013; Nesterov's variant as PyTorch writes it.
    package struct SGDUpdate: Operator {
        package static let name = "SGDUpdate"
        package var momentum: Float
        package var weightDecay: Float
        package var isNesterov: Bool

        package init(momentum: Float, weightDecay: Float, isNesterov: Bool) {
            self.momentum = momentum
            self.weightDecay = weightDecay
            self.isNesterov = isNesterov
        }

        package func infer(_ inputs: Operands) throws(OperatorError) -> [TensorType] {
            try inputs.count(in: 5...5)
            let w = try inputs.required(0, "w")
            return inputs.optional(2) == nil ? [w] : [w, w]
        }

        package var placement: Placement { momentum == 0 ? .overwrites([0: 0]) : .overwrites([0: 0, 1: 2]) }

        package func schedule(_ step: inout Step) throws(GraphError) {
            step.append(
                step.kernels.sgd(
                    weights: step.output(), gradient: step.input(1), velocity: step.optionalInput(2),
                    rate: step.input(3),
                    gradientScale: step.optionalInput(4), momentum: Double(momentum), weightDecay: Double(weightDecay),
                    isNesterov: isNesterov))
        }
    }
}

extension Operators {
    /// A step of AdamW, in place.
    ///
    /// - Shapes: w any, g, m, v as w, rate `[]`, step i64 `[]` counted from 1, gradient scale `[]` or left out → w, m, v.
    /// - Source: Loshchilov, Hutter 2019, algorithm 2; the order of operations is PyTorch's.
    package struct AdamWUpdate: Operator {
        package static let name = "AdamWUpdate"
        package var beta1: Float
        package var beta2: Float
        package var epsilon: Float
        package var weightDecay: Float

        package init(beta1: Float, beta2: Float, epsilon: Float, weightDecay: Float) {
            self.beta1 = beta1
            self.beta2 = beta2
            self.epsilon = epsilon
            self.weightDecay = weightDecay
        }

        package func infer(_ inputs: Operands) throws(OperatorError) -> [TensorType] {
            try inputs.count(in: 7...7)
            let w = try inputs.required(0, "w")
            return [w, w, w]
        }

        package var placement: Placement { .overwrites([0: 0, 1: 2, 2: 3]) }

        package func schedule(_ step: inout Step) throws(GraphError) {
            step.append(
                step.kernels.adamW(
                    weights: step.output(), gradient: step.input(1), moments: (step.output(1), step.output(2)),
                    rate: step.input(4),
                    step: step.input(5), gradientScale: step.optionalInput(6), betas: (Double(beta1), Double(beta2)),
                    epsilon: Double(epsilon), weightDecay: Double(weightDecay)))
        }
    }
}

extension Operators {
    /// A step of a moving average, in place: a ← d·a + (1 − d)·w with d = min(decay, (1 + step)/(10 + step)).
    ///
    /// - Shapes: a any, w as a, step i64 `[]` → a.
    /// - Source: Polyak, Juditsky 1992; the warm-up is TensorFlow's `ExponentialMovingAverage`.
    package struct MovingAverageUpdate: Operator {
        package static let name = "MovingAverageUpdate"
        package var decay: Float

        package init(decay: Float) { self.decay = decay }

        package func infer(_ inputs: Operands) throws(OperatorError) -> [TensorType] { [try inputs.required(0, "a")] }
        package var placement: Placement { .overwrites([0: 0]) }

        package func schedule(_ step: inout Step) throws(GraphError) {
            step.append(
                step.kernels.movingAverage(
                    weights: step.input(1), average: step.output(), step: step.input(2), decay: Double(decay)))
        }
    }
}

extension Operators {
    /// The factor that keeps the norm of all gradients together below a limit, and that norm.
    ///
    /// - Shapes: any number of gradients → factor `[]`, norm `[]`.
    /// - Source: Pascanu, Mikolov, Bengio 2013, algorithm 1; the 1e-6 is PyTorch's `clip_grad_norm_`.
    package struct ClipScale: Operator {
        package static let name = "ClipScale"
        package var limit: Float

        package init(limit: Float) { self.limit = limit }

        package func infer(_ inputs: Operands) throws(OperatorError) -> [TensorType] {
            for index in inputs.types.indices { _ = try inputs.required(index, "gradient \(index)") }
            return [TensorType(.f32, []), TensorType(.f32, [])]
        }

        package func schedule(_ step: inout Step) throws(GraphError) {
            let gradients = step.inputs.indices.map(step.input)
            step.append(
                step.kernels.clipScale(
                    gradients, limit: Double(limit), partials: step.temporary(byteCount: max(gradients.count, 1) * 8),
                    to: step.output(), norm: step.output(1)))
        }
    }
}
