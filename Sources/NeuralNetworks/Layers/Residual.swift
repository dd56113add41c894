/// The sum of two branches: a body and a shortcut, which is the input itself where none is given.
///
/// - Source: He, Zhang, Ren, Sun 2016, "Deep Residual Learning for Image Recognition", equations 1 and 2.
public struct Residual: Layer {
    /// The branch that learns.
    public var body: Sequential
    /// The other; empty for the input itself.
    public var shortcut: Sequential
    public var kind: String { "residual" }

    /// Both branches must give the same shape.
    public init(@LayerListBuilder _ body: () -> [any Layer], @LayerListBuilder shortcut: () -> [any Layer] = { [] }) {
        self.body = Sequential(body())
        self.shortcut = Sequential(shortcut())
    }

    public func append(to network: inout NetworkBuilder, _ x: Graph.Value) throws(GraphError) -> Graph.Value {
        let side = shortcut.layers.isEmpty ? x : try network.append(shortcut, x)
        let main = try network.append(body, x)
        return try network.apply(Operators.Add(), [main, side])[0]
    }

    /// Two 3 × 3 convolutions, each with its batch normalisation, the first with a stride, beside the input; where that has another shape, it
    /// goes through a 1 × 1 convolution. An activation is to follow.
    ///
    /// - Source: the same, figure 2 and option B of section 3.3.
    public static func basicBlock(from channels: Int, to width: Int, stride: Int = 1) -> Residual {
        Residual {
            Convolution(channels: width, kernel: 3, stride: .init(stride, stride), padding: .all(1), hasBias: false)
            BatchNormalization()
            Activation(.relu)
            Convolution(channels: width, kernel: 3, padding: .all(1), hasBias: false)
            BatchNormalization()
        } shortcut: {
            if stride != 1 || width != channels {
                Convolution(channels: width, kernel: 1, stride: .init(stride, stride), hasBias: false)
                BatchNormalization()
            }
        }
    }
}
