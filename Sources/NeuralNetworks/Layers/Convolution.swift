/// A convolution of images (cross-correlation).
///
/// y[n, m, oy, ox] = b[m] + Σ over c, ky, kx of w[m, c, ky, kx] · x[n, c, oy·stride + ky·dilation − pad, …]
///
/// - Shapes: `[N, C, H, W]` → `[N, channels, oH, oW]`; weight `[channels, C/groups, kernel, kernel]` (He), bias `[channels]` (zeros).
public struct Convolution: Layer {
    /// Of the output.
    public var channels: Int
    /// Kernel, strides, dilations, padding.
    public var window: SpatialWindow
    /// Parts that the channels are cut into, each convolved by itself.
    public var groups: Int
    /// Whether a number a channel is added.
    public var hasBias: Bool
    public var kind: String { "convolution" }

    /// - Parameters:
    ///   - channels: of the output.
    ///   - kernel: its size; a number for both directions or `.init(vertical, horizontal)`.
    ///   - stride: pixels between neighbouring windows.
    ///   - dilation: pixels between neighbours within a window.
    ///   - padding: what is added around the image.
    ///   - groups: parts of the channels that do not see one another.
    ///   - hasBias: to be left out where a normalisation follows.
    public init(
        channels: Int, kernel: SpatialWindow.Pair, stride: SpatialWindow.Pair = 1, dilation: SpatialWindow.Pair = 1,
        padding: Padding = .valid, groups: Int = 1, hasBias: Bool = true
    ) {
        self.channels = channels
        window = SpatialWindow(kernel: kernel, strides: stride, dilations: dilation, padding: padding)
        self.groups = groups
        self.hasBias = hasBias
    }

    public func append(to network: inout NetworkBuilder, _ x: Graph.Value) throws(GraphError) -> Graph.Value {
        let shape = network.graph.type(of: x).shape
        guard shape.rank == 4 else {
            throw GraphError(fault: "\(network.layerName) takes images [N, C, H, W], not \(shape)")
        }
        guard channels >= 1, groups >= 1, window.kernel.vertical >= 1, window.kernel.horizontal >= 1 else {
            let kernel = "\(window.kernel.vertical)×\(window.kernel.horizontal)"
            let sizes = "\(channels) channels in \(groups) groups and a kernel of \(kernel)"
            throw GraphError(fault: "\(network.layerName) has \(sizes); each must be at least 1")
        }
        guard shape[1] % groups == 0, channels % groups == 0 else {
            let counts = "\(shape[1]) channels to \(channels)"
            throw GraphError(
                fault: "\(network.layerName) takes \(counts); both must be multiples of its \(groups) groups")
        }
        let weight = try network.parameter(
            "weight", [channels, shape[1] / groups, window.kernel.vertical, window.kernel.horizontal], .heNormal)
        let bias = hasBias ? try network.parameter("bias", [channels], .zeros) : nil
        return try network.apply(
            Operators.Conv(window: window, groups: groups), bias == nil ? [x, weight] : [x, weight, bias])[0]
    }
}
