internal import Kernels

extension Operators {
    /// In training each element is 0 with probability `rate` and else divided by 1 − rate; in inference y = x.
    ///
    /// The draws are counter-based: the seed and the step (second input), `stream`, and the element's place decide each, so that a resumed run draws what
    /// the unbroken one would have drawn, and the backward pass draws the same again.
    ///
    /// - Shapes: x any, and in training i64 `[2]` (seed, step) → as x.
    /// - Source: Srivastava et al. 2014; ONNX Dropout.
    public struct Dropout: Operator {
        public static let name = "Dropout"
        /// The share of elements that become 0; at least 0 and below 1.
        public var rate: Float
        /// Whether anything is done.
        public var isTraining: Bool
        /// Tells the dropouts of a network apart.
        public var stream: UInt32
        /// Along which the same elements become 0: over the steps of a sequence it is variational dropout (Gal, Ghahramani 2016, "A
        /// Theoretically Grounded Application of Dropout in Recurrent Neural Networks"); nil for draws of each element's own.
        public var sharedAxis: Int?

        public init(rate: Float = 0.5, isTraining: Bool = false, stream: UInt32 = 0, sharedAxis: Int? = nil) {
            self.rate = rate
            self.isTraining = isTraining
            self.stream = stream
            self.sharedAxis = sharedAxis
        }

        public func infer(_ inputs: Operands) throws(OperatorError) -> [TensorType] {
            guard rate >= 0, rate < 1 else { throw OperatorError("a rate of \(rate); it is at least 0 and below 1") }
            let x = try inputs.required(0, "x")
            if isTraining, try inputs.required(1, "position", .i64).shape != [2] {
                throw OperatorError("position must be seed and step")
            }
            if let sharedAxis, !x.shape.indices.contains(sharedAxis) {
                throw OperatorError("draws shared along axis \(sharedAxis) of \(x)")
            }
            return [x]
        }

        public var placement: Placement { isTraining ? .mayOverwrite([0]) : .view }
        // The draws in training go by an element's place in memory.
        public var channelsLast: ChannelsLast { isTraining ? .no : .indifferent }

        public func differentiate(_ backward: Backward, in graph: inout Graph) throws(GraphError) -> [Graph.Value?] {
            guard isTraining else { return [backward.gradient] }
            return [
                try graph.append(self, [backward.gradient, backward.input(1)], name: backward.name("gradient"))[0], nil,
            ]
        }

        public func schedule(_ step: inout Step) throws(GraphError) {
            guard isTraining else { return }
            let shape = step.inputType(0).shape
            let run = sharedAxis.map { axis in
                (count: max(shape.dropFirst(axis + 1).reduce(1, *), 1), repeats: max(shape[axis], 1))
            }
            step.append(
                step.kernels.dropout(
                    step.input(0), rate: rate, stream: stream, position: step.input(1),
                    run: run ?? (max(shape.elementCount, 1), 1), to: step.output()))
        }
    }
}
