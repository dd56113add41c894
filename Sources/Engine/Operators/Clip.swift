internal import Kernels

extension Operators {
    /// x within two bounds, of which each may be left out; the upper one counts where they contradict each other. NaN stays.
    ///
    /// - Shapes: x any, lowest `[]`, highest `[]` → x's.
    /// - Source: ONNX Clip, opset 13.
    public struct Clip: Operator {
        public static let name = "Clip"
        public init() {}

        public func infer(_ inputs: Operands) throws(OperatorError) -> [TensorType] {
            try inputs.count(in: 1...3)
            let x = try inputs.numeric(0, "x")
            for (index, name) in [(1, "lowest"), (2, "highest")] where inputs.optional(index) != nil {
                let bound = try inputs.required(index, name, x.elementType)
                guard bound.shape.elementCount == 1 else {
                    throw OperatorError("\(name) has shape \(bound.shape); one number is needed")
                }
            }
            return [x]
        }

        public var placement: Placement { .mayOverwrite([0]) }
        public var channelsLast: ChannelsLast { .indifferent }
        public func keepsRowsApart(_ inputs: [TensorType?]) -> Bool { true }

        /// The function, where the bounds are known.
        private func function(_ bounds: [Tensor?]) -> Function {
            let (lowest, highest) = (bounds[0]?.floats[0], bounds[1]?.floats[0])
            return .clip(lowest: lowest ?? -.infinity, highest: highest ?? .infinity)
        }

        public func differentiate(_ backward: Backward, in graph: inout Graph) throws(GraphError) -> [Graph.Value?] {
            let bounds = [1, 2].map { backward.optionalInput($0) }
            let known = bounds.map { $0.flatMap { graph.known($0) } }
            guard zip(bounds, known).allSatisfy({ $0 == nil || $1 != nil }) else {
                throw GraphError(
                    node: backward.node.name, operation: name,
                    fault: "\(name) has no gradient where its bounds are computed, so nothing before it can be trained")
            }
            let gradient = try graph.append(
                FunctionGradient(function: function(known)), [backward.input(0), backward.gradient],
                name: backward.name("gradient"))
            return gradient + Array(repeating: nil, count: backward.node.inputs.count - 1)
        }

        public func schedule(_ step: inout Step) throws(GraphError) {
            let type = step.inputType(0).elementType
            let bounds = [1, 2].map { step.inputs.indices.contains($0) ? step.inputs[$0] : nil }
            if type == .f32, bounds.allSatisfy({ $0 == nil || $0?.known != nil }) {
                step.append(
                    step.kernels.apply(function(bounds.map { $0?.known }), step.input(0), to: step.output()))
                return
            }
            var from = step.input(0)
            let count = step.outputShape().elementCount
            for (bound, arithmetic) in zip(bounds, [Arithmetic.maximum, .minimum]) {
                guard let region = bound?.region else { continue }
                step.append(
                    step.kernels.arithmetic(
                        arithmetic, of: type, from, region, Broadcast(sizes: [count], strides: [[1], [0]]),
                        to: step.output()))
                from = step.output()
            }
            if bounds.allSatisfy({ $0 == nil }) { step.append(step.kernels.copy(from, to: step.output())) }
        }
    }
}
