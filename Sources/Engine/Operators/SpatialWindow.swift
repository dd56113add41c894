internal import Kernels

/// How images lie in memory.
public enum ImageLayout: String, Hashable, Sendable {
    /// N, C, H, W: what graphs and files show.
    case channelsFirst
    /// N, H, W, C: what plans compute in.
    case channelsLast
}

/// How a window's border is padded.
public enum Padding: Hashable, Sendable {
    /// Rows above, columns left, rows below, columns right.
    case explicit(top: Int, left: Int, bottom: Int, right: Int)
    /// So much that the output has ⌈input/stride⌉ pixels; the odd one below and right (ONNX SAME_UPPER, TensorFlow).
    case same
    /// So much that the output has ⌈input/stride⌉ pixels; the odd one above and left (ONNX SAME_LOWER).
    case sameLower
    /// None.
    case valid

    /// The same on all sides.
    public static func all(_ pixels: Int) -> Padding {
        .explicit(top: pixels, left: pixels, bottom: pixels, right: pixels)
    }
}

/// A window that slides over images: of a convolution or a pooling. Pairs are (vertical, horizontal).
public struct SpatialWindow: Hashable, Sendable {
    /// Its size.
    public var kernel: Pair
    /// Pixels between neighbouring windows.
    public var strides: Pair
    /// Pixels between neighbours within a window.
    public var dilations: Pair
    /// What is added around the image.
    public var padding: Padding
    /// Whether a window that begins in the image or its first padding but ends beyond counts (ONNX `ceil_mode`).
    public var roundsUp: Bool

    /// A number for each direction.
    public struct Pair: Hashable, Sendable, ExpressibleByIntegerLiteral {
        /// Along the rows' and the columns' direction.
        public var vertical, horizontal: Int
        public init(_ vertical: Int, _ horizontal: Int) {
            self.vertical = vertical
            self.horizontal = horizontal
        }
        /// The same in both directions.
        public init(integerLiteral value: Int) { self.init(value, value) }
    }

    public init(
        kernel: Pair, strides: Pair = 1, dilations: Pair = 1, padding: Padding = .valid, roundsUp: Bool = false
    ) {
        self.kernel = kernel
        self.strides = strides
        self.dilations = dilations
        self.padding = padding
        self.roundsUp = roundsUp
    }

    /// What comes out of an image of a size.
    struct Placed: Hashable {
        var output: Pair
        var padsBegin: Pair
        var padsEnd: Pair
    }

    /// The output's size and the padding for an input of `height` × `width`.
    ///
    /// - Throws: `OperatorError` where a number is out of range or the window is larger than the padded image.
    func placed(height: Int, width: Int) throws(OperatorError) -> Placed {
        let vertical = try Self.place(
            height, kernel.vertical, strides.vertical, dilations.vertical, along: "height", padding, roundsUp
        ) {
            if case .explicit(let top, _, let bottom, _) = $0 { (top, bottom) } else { (0, 0) }
        }
        let horizontal = try Self.place(
            width, kernel.horizontal, strides.horizontal, dilations.horizontal, along: "width", padding, roundsUp
        ) {
            if case .explicit(_, let left, _, let right) = $0 { (left, right) } else { (0, 0) }
        }
        return Placed(
            output: Pair(vertical.size, horizontal.size), padsBegin: Pair(vertical.begin, horizontal.begin),
            padsEnd: Pair(vertical.end, horizontal.end))
    }

    private static func place(
        _ size: Int, _ kernel: Int, _ stride: Int, _ dilation: Int, along axis: String, _ padding: Padding,
        _ roundsUp: Bool,
        _ explicit: (Padding) -> (Int, Int)
    ) throws(OperatorError) -> (size: Int, begin: Int, end: Int) {
        let limit = 1 << 24
        guard (1...limit).contains(kernel), (1...limit).contains(stride), (1...limit).contains(dilation) else {
            throw OperatorError(
                "kernel \(kernel), stride \(stride), dilation \(dilation) along the \(axis); each must be 1 to \(limit)"
            )
        }
        guard size < 1 << 31 else { throw OperatorError("an image of \(axis) \(size)") }
        let extent = (kernel - 1) * dilation + 1
        switch padding {
        case .same, .sameLower:
            let output = (size + stride - 1) / stride
            let total = max(0, (output - 1) * stride + extent - size)
            let less = total / 2
            return padding == .same ? (output, less, total - less) : (output, total - less, less)
        case .valid, .explicit:
            let (begin, end) = explicit(padding)
            guard (0...limit).contains(begin), (0...limit).contains(end) else {
                throw OperatorError("padding of \(begin) and \(end) along the \(axis); each must be 0 to \(limit)")
            }
            let room = size + begin + end - extent
            guard room >= 0 else {
                throw OperatorError(
                    "a window of \(extent) along the \(axis) is larger than the padded image of \(size + begin + end)")
            }
            var output = room / stride + 1
            // The last window must begin inside of the image or its first padding.
            if roundsUp, room % stride != 0, output * stride < size + begin { output += 1 }
            return (output, begin, end)
        }
    }

    /// For each kernel position, row by row, its row and column relative to the output pixel's place in the input.
    func taps(_ placed: Placed) -> [(y: Int, x: Int)] {
        (0..<kernel.vertical).flatMap { y in
            (0..<kernel.horizontal).map { x in
                (
                    y * dilations.vertical - placed.padsBegin.vertical,
                    x * dilations.horizontal - placed.padsBegin.horizontal
                )
            }
        }
    }
}

/// The sizes of a batch of images.
struct ImageShape: Hashable {
    var images, channels, height, width: Int
    var layout: ImageLayout

    init(_ shape: Shape, _ layout: ImageLayout) {
        self.layout = layout
        images = shape[0]
        channels = layout == .channelsFirst ? shape[1] : shape[3]
        height = layout == .channelsFirst ? shape[2] : shape[1]
        width = layout == .channelsFirst ? shape[3] : shape[2]
    }

    /// The same images with other channels and another size.
    func with(channels: Int, _ size: SpatialWindow.Pair) -> ImageShape {
        var copy = self
        copy.channels = channels
        copy.height = size.vertical
        copy.width = size.horizontal
        return copy
    }

    /// The same images in another layout.
    func laid(_ layout: ImageLayout) -> ImageShape {
        var copy = self
        copy.layout = layout
        return copy
    }

    /// These sizes, if they make a shape that memory could hold.
    func checked() throws(OperatorError) -> ImageShape {
        _ = try Shape(inferred: [images, channels, height, width])
        return self
    }

    var shape: Shape {
        layout == .channelsFirst ? [images, channels, height, width] : [images, height, width, channels]
    }

    /// The pixels in memory, channels last.
    var pixels: Window.Pixels { Window.Pixels(images: images, height: height, width: width, channels: channels) }
}
