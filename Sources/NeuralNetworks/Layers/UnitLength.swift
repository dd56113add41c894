/// Rows at a length of 1, so that only their direction counts.
///
/// - Shapes: `[N, C]` → the same; a row of zeros stays one.
public struct UnitLength: Layer {
    public var kind: String { "unit_length" }

    public init() {}

    public func append(to network: inout NetworkBuilder, _ x: Graph.Value) throws(GraphError) -> Graph.Value {
        let shape = network.graph.type(of: x).shape
        guard shape.rank == 2 else {
            throw GraphError(fault: "\(network.layerName) takes rows [N, C], not \(shape); put a Flatten before it")
        }
        // As PyTorch's `normalize`, but for the sum instead of the larger.
        let least = network.graph.addConstant(Tensor(1e-12))
        let length = try network.apply(Operators.ReduceL2(axes: [1]), [x], name: network.name("length"))[0]
        let divisor = try network.apply(Operators.Add(), [length, least], name: network.name("divisor"))[0]
        return try network.apply(Operators.Div(), [x, divisor])[0]
    }
}
