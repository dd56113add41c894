/// A vector for each number of a vocabulary: y = weight[x].
///
/// - Shapes: i64 or i32 `[N, …]` → `[N, …, dimensions]`; weight `[count, dimensions]` (normal with deviation 1). A number that is not below
///   `count` gives zeros; from the end it counts where it is negative.
/// - Source: Bengio, Ducharme, Vincent, Jauvin 2003, section 2.
public struct Embedding: Layer {
    /// Numbers that there are vectors for.
    public var count: Int
    /// Of each vector.
    public var dimensions: Int
    public var kind: String { "embedding" }

    /// A table of so many vectors.
    public init(_ count: Int, dimensions: Int) {
        self.count = count
        self.dimensions = dimensions
    }

    public func append(to network: inout NetworkBuilder, _ x: Graph.Value) throws(GraphError) -> Graph.Value {
        let type = network.graph.type(of: x)
        guard type.elementType == .i64 || type.elementType == .i32 else {
            throw GraphError(
                fault:
                    "\(network.layerName) takes numbers of a vocabulary, i64 or i32, not \(type.elementType.rawValue)")
        }
        guard count >= 1, dimensions >= 1 else {
            throw GraphError(
                fault: "\(network.layerName) has \(count) vectors of \(dimensions) dimensions; both must be at least 1")
        }
        let weight = try network.parameter("weight", [count, dimensions], .normal(deviation: 1))
        return try network.apply(Operators.Gather(), [weight, x])[0]
    }
}
