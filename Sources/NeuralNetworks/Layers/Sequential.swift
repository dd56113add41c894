/// Layers one after the other.
///
/// ```swift
/// let network = Sequential {
///     Convolution(channels: 16, kernel: 3, padding: .same)
///     BatchNormalization()
///     Activation(.relu)
///     Flatten()
///     Dense(10)
/// }
/// ```
public struct Sequential: Layer {
    /// In the order in which they are applied.
    public var layers: [any Layer]
    public var kind: String { "sequential" }

    /// The layers in the order of the block; `if` and `for` may be used in it.
    public init(@LayerListBuilder _ layers: () -> [any Layer]) { self.layers = layers() }

    /// The layers of a list.
    public init(_ layers: [any Layer]) { self.layers = layers }

    public func append(to network: inout NetworkBuilder, _ x: Graph.Value) throws(GraphError) -> Graph.Value {
        var value = x
        for layer in layers { value = try network.append(layer, value) }
        return value
    }
}

/// Lists layers in a block.
@resultBuilder
public enum LayerListBuilder {
    public static func buildExpression(_ layer: any Layer) -> [any Layer] { [layer] }
    public static func buildBlock(_ parts: [any Layer]...) -> [any Layer] { parts.flatMap { $0 } }
    public static func buildOptional(_ part: [any Layer]?) -> [any Layer] { part ?? [] }
    public static func buildEither(first part: [any Layer]) -> [any Layer] { part }
    public static func buildEither(second part: [any Layer]) -> [any Layer] { part }
    public static func buildArray(_ parts: [[any Layer]]) -> [any Layer] { parts.flatMap { $0 } }
}
