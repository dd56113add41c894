/// A fully connected layer: y = x·Wᵀ + b.
///
/// - Shapes: `[N, in]` → `[N, units]`; weight `[units, in]` (Glorot), bias `[units]` (zeros).
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
        guard shape.rank == 2 else {
            throw GraphError(fault: "\(network.layerName) takes rows [N, in], not \(shape); put a Flatten before it")
        }
        guard units >= 1 else {
            throw GraphError(fault: "\(network.layerName) has \(units) units; it must have at least 1")
        }
        let weight = try network.parameter("weight", [units, shape[1]], .glorotUniform)
        let bias = hasBias ? try network.parameter("bias", [units], .zeros) : nil
        return try network.apply(Operators.Gemm(transposesB: true), bias == nil ? [x, weight] : [x, weight, bias])[0]
    }
}
