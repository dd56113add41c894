internal import Kernels

extension Operators {
    /// y = activation(bias + Σ f(x) of each feature's own f), where each f is linear between knots, and level before the first one and behind the last:
    /// what a pass writes for numbers that are encoded piece by piece and a product behind them.
    ///
    /// - Shapes: x `[N, features]`; ends, i32 `[features]`, where the knots of each end, knots `[K]` in rising order, scales `[K]`, 1 over the
    ///   way to the next knot; values `[K, 2, units]`, f at the knot and what is added up to the next one; bias `[units]` → y `[N, units]`.
    package struct PiecewiseLinear: Operator {
        package static let name = "PiecewiseLinear"
        /// Identity or ReLU.
        package var activation = FusedActivation.identity

        package init(activation: FusedActivation = .identity) { self.activation = activation }

        package func infer(_ inputs: Operands) throws(OperatorError) -> [TensorType] {
            try inputs.count(in: 6...6)
            let x = try inputs.required(0, "x", rank: 2).shape,
                ends = try inputs.required(1, "ends", .i32, rank: 1).shape
            let knots = try inputs.required(2, "knots", rank: 1).shape
            let scales = try inputs.required(3, "scales", rank: 1).shape
            let values = try inputs.required(4, "values", rank: 3).shape
            let bias = try inputs.required(5, "bias", rank: 1).shape
            guard ends[0] == x[1], scales == knots, values == [knots[0], 2, bias[0]] else {
                throw OperatorError("x \(x), ends \(ends), knots \(knots), values \(values), bias \(bias) do not fit")
            }
            return [TensorType(.f32, [x[0], bias[0]])]
        }

        package func keepsRowsApart(_ inputs: [TensorType?]) -> Bool { true }

        package func multiplyAdds(_ inputs: [TensorType?], _ outputs: [TensorType]) -> Int {
            guard let x = inputs.first??.shape, let y = outputs.first?.shape, x.rank == 2, y.rank == 2 else { return 0 }
            return .clampedProduct(x.elementCount, y[1])
        }

        package func schedule(_ step: inout Step) throws(GraphError) {
            step.append(
                step.kernels.piecewiseLinear(
                    step.input(0), features: step.inputType(0).shape[1], units: step.outputShape()[1],
                    ends: step.input(1),
                    knots: step.input(2), scales: step.input(3), values: step.input(4), bias: step.input(5),
                    isRectified: activation == .relu, to: step.output()))
        }
    }
}
