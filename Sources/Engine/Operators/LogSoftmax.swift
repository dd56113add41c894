extension Operators {
    /// x − max − log Σ exp(x − max) along an axis.
    ///
    /// - Shapes: any of at least one dimension → the same.
    /// - Source: ONNX LogSoftmax, opset 13.
    public struct LogSoftmax: SoftmaxOperator {
        public static let name = "LogSoftmax"
        static let isLogarithmic = true
        /// The dimension whose exponentials sum to 1; counts from the end where negative.
        public var axis: Int
        /// Whether all dimensions from the axis on are one, as before opset 13.
        public var joinsFollowing: Bool

        public init(axis: Int = -1, joinsFollowing: Bool = false) {
            self.axis = axis
            self.joinsFollowing = joinsFollowing
        }
    }
}
