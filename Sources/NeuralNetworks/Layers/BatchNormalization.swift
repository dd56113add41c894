/// Batch normalisation: each channel to mean 0 and variance 1 over the batch in training, by running statistics afterwards; then scaled and shifted.
///
/// - Shapes: `[N, C, H, W]` or `[N, C]` → the same; weight `[C]` (ones), bias `[C]` (zeros), running mean and variance `[C]`.
/// - Source: Ioffe, Szegedy 2015.
public struct BatchNormalization: Layer {
    /// Added to the variance.
    public var epsilon: Float
    /// The old running statistics' share.
    public var momentum: Float
    /// Whether the scale starts at 0.
    public var startsAtZero: Bool
    public var kind: String { "normalization" }

    /// - Parameters:
    ///   - epsilon: what is added to the variance.
    ///   - momentum: the share that the old running statistics keep at each batch (ONNX's; PyTorch's is 1 minus this).
    ///   - startsAtZero: whether the scale starts at 0, so that a residual branch starts as nothing (Goyal et al. 2017, section 5.1).
    public init(epsilon: Float = 1e-5, momentum: Float = 0.9, startsAtZero: Bool = false) {
        self.epsilon = epsilon
        self.momentum = momentum
        self.startsAtZero = startsAtZero
    }

    public func append(to network: inout NetworkBuilder, _ x: Graph.Value) throws(GraphError) -> Graph.Value {
        let shape = network.graph.type(of: x).shape
        guard shape.rank == 4 || shape.rank == 2 else {
            throw GraphError(fault: "\(network.layerName) takes images [N, C, H, W] or rows [N, C], not \(shape)")
        }
        let scale = try network.parameter("weight", [shape[1]], startsAtZero ? .zeros : .ones)
        let bias = try network.parameter("bias", [shape[1]], .zeros)
        let mean = try network.statistic("running_mean", [shape[1]], .zeros)
        let variance = try network.statistic("running_var", [shape[1]], .ones)
        let operation = Operators.BatchNormalization(
            epsilon: epsilon, momentum: momentum, isTraining: network.isTraining)
        let outputs = try network.apply(operation, [x, scale, bias, mean, variance])
        if network.isTraining {
            network.update(mean, to: outputs[1])
            network.update(variance, to: outputs[2])
        }
        return outputs[0]
    }
}
