internal import Kernels

extension Operators {
    /// projection(depthwise(expansion(x))) + residual: three convolutions in one step, what a pass writes where the images between
    /// them would leave the caches.
    ///
    /// - Shapes: x `[N, H, W, C]`; weight and bias of each convolution as `Conv` has them, biases or left out; residual as y or left out →
    ///   y `[N, oH, oW, M]`.
    /// - Source: Sandler, Howard, Zhu, Zhmoginov, Chen 2018, "MobileNetV2: inverted residuals and linear bottlenecks", figure 4.
    package struct InvertedResidual: Operator {
        package static let name = "InvertedResidual"
        /// Of one group.
        package var expansion: Conv
        package var depthwise: Conv
        /// 1×1.
        package var projection: Conv

        package init(expansion: Conv, depthwise: Conv, projection: Conv) {
            self.expansion = expansion
            self.depthwise = depthwise
            self.projection = projection
        }

        private static func operands(_ all: [TensorType?], _ x: TensorType?, weights place: Int, residual: Int? = nil)
            -> Operands
        {
            let all = Operands(types: all)
            return Operands(types: [x, all.optional(place), all.optional(place + 1), residual.flatMap(all.optional)])
        }

        /// The types between the convolutions, and the output's.
        private func types(_ inputs: [TensorType?]) throws(OperatorError) -> [TensorType] {
            let expanded = try expansion.infer(Self.operands(inputs, inputs.first ?? nil, weights: 1))[0]
            let filtered = try depthwise.infer(Self.operands(inputs, expanded, weights: 3))[0]
            return [
                expanded, filtered,
                try projection.infer(Self.operands(inputs, filtered, weights: 5, residual: 7))[0],
            ]
        }

        package func infer(_ inputs: Operands) throws(OperatorError) -> [TensorType] {
            try inputs.count(in: 6...8)
            let types = try types(inputs.types)
            let weight = try inputs.required(5, "the projection's weight", rank: 4).shape
            guard expansion.groups == 1, projection.groups == 1, depthwise.groups == types[0].shape[3],
                types[0].shape[3] == types[1].shape[3], weight[2] == 1, weight[3] == 1,
                types[1].shape.dropLast() == types[2].shape.dropLast()
            else { throw OperatorError("\(types[0]), \(types[1]) and \(types[2]) are no inverted residual") }
            return [types[2]]
        }

        package func keepsRowsApart(_ inputs: [TensorType?]) -> Bool { true }
        package func packs(_ operand: Int) -> Bool { [1, 3, 5].contains(operand) }
        package func weightAxis(_ operand: Int) -> Int? { [1, 3, 5].contains(operand) ? 0 : nil }

        package func multiplyAdds(_ inputs: [TensorType?], _ outputs: [TensorType]) -> Int {
            guard let types = try? types(inputs) else { return 0 }
            return zip([expansion, depthwise, projection], types).enumerated().reduce(0) { sum, convolution in
                let weight = Self.operands(inputs, nil, weights: 1 + 2 * convolution.offset).types
                let (next, overflow) = sum.addingReportingOverflow(
                    convolution.element.0.multiplyAdds(weight, [convolution.element.1]))
                return overflow ? .max : next
            }
        }

        package func schedule(_ step: inout Step) throws(GraphError) {
            let shapes: [Shape]
            do { shapes = try types(step.inputs.map { $0?.type }).map(\.shape) } catch {
                preconditionFailure(error.description)
            }
            let expand = ConvGeometry(expansion, x: step.shape(0), w: step.shape(1))
            let filter = ConvGeometry(depthwise, x: shapes[0], w: step.shape(3))
            let project = ConvGeometry(projection, x: shapes[1], w: step.shape(5))
            let bordered = expand.bordered(&step)
            let block = Kernels.InvertedResidual(
                expansion: WeightedWindow(
                    bordered?.window ?? expand.forwardWindow(group: 0),
                    weights: try step.packed(1, [expand.forwardWeights(group: 0)], purpose: "conv 1")[0],
                    bias: step.optionalInput(2), activation: expansion.activation),
                depthwise: WeightedWindow(
                    filter.forwardWindow(group: nil), weights: try filter.depthwiseWeights(&step, input: 3),
                    bias: step.optionalInput(4), activation: depthwise.activation),
                projection: WeightedWindow(
                    project.forwardWindow(group: 0),
                    weights: try step.packed(5, [project.forwardWeights(group: 0)], purpose: "conv 1")[0],
                    bias: step.optionalInput(6), activation: projection.activation))
            step.needScratch(bytes: step.kernels.scratchBytes(block))
            step.append(
                step.kernels.invertedResidual(
                    block, bordered?.input ?? step.input(0), residual: step.optionalInput(7), to: step.output()))
        }
    }
}
