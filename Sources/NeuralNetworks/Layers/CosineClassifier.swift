/// The cosines between rows and a direction a class, which is learned.
///
/// - Shapes: rows of length 1, `[N, C]` → `[N, classes]`, from −1 to 1; weight `[classes, C]` (Glorot), whose rows may have any length.
/// - Source: Wang et al. 2018, "CosFace", arXiv 1801.09414, section 3.2.
public struct CosineClassifier: Layer {
    /// Numbers in a row of the output.
    public var classes: Int
    public var kind: String { "cosine_classifier" }

    /// A layer of so many classes.
    public init(_ classes: Int) { self.classes = classes }

    public func append(to network: inout NetworkBuilder, _ x: Graph.Value) throws(GraphError) -> Graph.Value {
        let shape = network.graph.type(of: x).shape
        guard shape.rank == 2 else { throw GraphError(fault: "\(network.layerName) takes rows [N, C], not \(shape)") }
        guard classes >= 1 else {
            throw GraphError(fault: "\(network.layerName) has \(classes) classes; it must have at least 1")
        }
        let weight = try network.parameter("weight", [classes, shape[1]], .glorotUniform)
        let directions = try network.append(UnitLength(), weight)
        return try network.apply(Operators.Gemm(transposesB: true), [x, directions])[0]
    }
}
