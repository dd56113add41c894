/// Rows of all that an example has.
///
/// - Shapes: `[N, …]` → `[N, product of the rest]`.
public struct Flatten: Layer {
    public var kind: String { "flatten" }

    public init() {}

    public func append(to network: inout NetworkBuilder, _ x: Graph.Value) throws(GraphError) -> Graph.Value {
        try network.apply(Operators.Flatten(), [x])[0]
    }
}
