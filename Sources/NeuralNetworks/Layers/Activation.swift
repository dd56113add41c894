/// A function applied element by element.
///
/// - Shapes: any → the same.
public struct Activation: Layer {
    /// Which function.
    public enum Function: String, Hashable, Sendable, CaseIterable {
        /// max(x, 0).
        case relu
    }

    /// Which function.
    public var function: Function
    public var kind: String { function.rawValue }

    /// A layer of a function.
    public init(_ function: Function) { self.function = function }

    public func append(to network: inout NetworkBuilder, _ x: Graph.Value) throws(GraphError) -> Graph.Value {
        switch function {
        case .relu: try network.apply(Operators.Relu(), [x])[0]
        }
    }
}
