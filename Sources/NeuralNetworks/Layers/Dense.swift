/// A fully connected layer: y = x·Wᵀ + b.
///
/// - Shapes: `[N, in]` → `[N, units]`, or `[N, T, in]` → `[N, T, units]`; weight `[units, in]` (Glorot), bias `[units]` (zeros).
public struct Dense: Layer {
    /// Numbers in a row of the output.
    public var units: Int
    /// Whether a number a unit is added.
    public var hasBias: Bool
    public var kind: String { "dense" }

    /// A layer of so many units; the bias is to be left out where a normalisation follows.
    public init(_ units: Int, hasBias: Bool = true) {
        self.units = units
        self.hasBias = hasBias
    }

    public func append(to network: inout NetworkBuilder, _ x: Graph.Value) throws(GraphError) -> Graph.Value {
        let shape = network.graph.type(of: x).shape
        guard shape.rank == 2 || shape.rank == 3 else {
            throw GraphError(
                fault: "\(network.layerName) takes [N, in] or [N, T, in], not \(shape); put a Flatten before it")
        }
        guard units >= 1 else {
            throw GraphError(fault: "\(network.layerName) has \(units) units; it must have at least 1")
        }
        let weight = try network.parameter("weight", [units, shape[shape.rank - 1]], .glorotUniform)
        let bias = hasBias ? try network.parameter("bias", [units], .zeros) : nil
        if shape.rank == 3 {
            let columns = try network.apply(Operators.Transpose(order: [1, 0]), [weight])[0]
            let y = try network.apply(Operators.MatMul(), [x, columns])[0]
            return try bias.map { bias throws(GraphError) in try network.apply(Operators.Add(), [y, bias])[0] } ?? y
        }
        return try network.apply(Operators.Gemm(transposesB: true), bias == nil ? [x, weight] : [x, weight, bias])[0]
    }
}
