/// In training sets elements to 0 with a probability and scales the rest up; afterwards does nothing and is not in the graph.
///
/// - Shapes: any → the same.
/// - Source: Srivastava, Hinton, Krizhevsky, Sutskever, Salakhutdinov 2014.
public struct Dropout: Layer {
    /// The share of elements that become 0; at least 0 and below 1.
    public var rate: Float
    /// Along which the same elements become 0, counted from the batch's axis, 0; nil for none. Of sequences `[N, T, C]` 1 is variational dropout
    /// (Gal, Ghahramani 2016).
    public var sharedAxis: Int?
    public var kind: String { "dropout" }

    /// A layer with a rate.
    public init(_ rate: Float, sharedAxis: Int? = nil) {
        self.rate = rate
        self.sharedAxis = sharedAxis
    }

    public func append(to network: inout NetworkBuilder, _ x: Graph.Value) throws(GraphError) -> Graph.Value {
        guard rate != 0, let source = network.dropoutSource() else { return x }
        return try network.apply(
            Operators.Dropout(rate: rate, isTraining: true, stream: source.stream, sharedAxis: sharedAxis),
            [x, source.position])[0]
    }
}
