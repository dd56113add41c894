/// The greatest of each window.
///
/// - Shapes: `[N, C, H, W]` → `[N, C, oH, oW]`.
public struct MaxPooling: Layer {
    /// Kernel, strides, padding.
    public var window: SpatialWindow
    public var kind: String { "max_pooling" }

    /// - Parameters:
    ///   - kernel: the window's size.
    ///   - stride: the kernel's size where nil, so that windows touch.
    ///   - padding: what is added around the image.
    public init(_ kernel: SpatialWindow.Pair, stride: SpatialWindow.Pair? = nil, padding: Padding = .valid) {
        window = SpatialWindow(kernel: kernel, strides: stride ?? kernel, padding: padding)
    }

    public func append(to network: inout NetworkBuilder, _ x: Graph.Value) throws(GraphError) -> Graph.Value {
        try network.apply(Operators.MaxPool(window: window), [x])[0]
    }
}

/// The mean of each window, over the pixels that lie in the image.
///
/// - Shapes: `[N, C, H, W]` → `[N, C, oH, oW]`.
public struct AveragePooling: Layer {
    /// Kernel, strides, padding.
    public var window: SpatialWindow
    public var kind: String { "average_pooling" }

    /// - Parameters:
    ///   - kernel: the window's size.
    ///   - stride: the kernel's size where nil, so that windows touch.
    ///   - padding: what is added around the image.
    public init(_ kernel: SpatialWindow.Pair, stride: SpatialWindow.Pair? = nil, padding: Padding = .valid) {
        window = SpatialWindow(kernel: kernel, strides: stride ?? kernel, padding: padding)
    }

    public func append(to network: inout NetworkBuilder, _ x: Graph.Value) throws(GraphError) -> Graph.Value {
        try network.apply(Operators.AveragePool(window: window), [x])[0]
    }
}

/// The mean of each channel.
///
/// - Shapes: `[N, C, H, W]` → `[N, C, 1, 1]`; put a `Flatten` behind it for rows.
public struct GlobalAveragePooling: Layer {
    public var kind: String { "global_average_pooling" }

    public init() {}

    public func append(to network: inout NetworkBuilder, _ x: Graph.Value) throws(GraphError) -> Graph.Value {
        try network.apply(Operators.GlobalAveragePool(), [x])[0]
    }
}
