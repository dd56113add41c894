import Kernels

/// A row of the tables of products and weight gradients: a geometry, and what happens to a sum.
struct WindowCase: Sendable, CustomStringConvertible {
    /// Where a residual lies.
    enum Residual: String, Sendable, CaseIterable {
        case none
        case apart = "residual"
        /// The output's old value.
        case output = "residual in place"
    }

    var geometry: Geometry
    var hasBias = false
    var residual = Residual.none
    var activation = FusedActivation.identity
    var accumulates = false

    init(
        _ geometry: Geometry, bias: Bool = false, residual: Residual = .none, relu: Bool = false,
        accumulates: Bool = false
    ) {
        self.geometry = geometry
        hasBias = bias
        self.residual = residual
        activation = relu ? .relu : .identity
        self.accumulates = accumulates
    }

    var description: String {
        var words = [geometry.description]
        if hasBias { words.append("bias") }
        if residual != .none { words.append(residual.rawValue) }
        if activation == .relu { words.append("relu") }
        if accumulates { words.append("accumulated") }
        return words.joined(separator: ", ")
    }

    /// What an oracle gives with these numbers, and the sums of magnitudes that differences are measured by.
    func expected(
        old: [Double], bias: [Double], residual: [Double],
        _ oracle: ([Double], Epilogue<Double>, _ isMagnitude: Bool) -> [Double]
    ) -> (values: [Double], sizes: [Double]) {
        var epilogue = Epilogue<Double>(activation: activation, accumulates: accumulates)
        if hasBias { epilogue.bias = bias }
        switch self.residual {
        case .none: break
        case .apart: epilogue.residual = residual
        case .output: epilogue.residual = old
        }
        let values = oracle(old, epilogue, false)
        epilogue.activation = .identity
        epilogue.bias = epilogue.bias?.magnitudes
        epilogue.residual = epilogue.residual?.magnitudes
        return (values, oracle(old.magnitudes, epilogue, true))
    }
}

extension WindowCase {
    /// Matrices and convolutions with all that a window can be, and none larger than the naive loop takes in its stride.
    static let all = epilogues + matrices + convolutions + channels + tasks

    private static let epilogues: [WindowCase] = [
        Geometry.matrix(29, 20, 33),
        .convolution(images: 2, 5, 6, from: 3, to: 17, pads: (1, 1)),
        .matrix(15, 1_537, 16),
        .convolution(4, 5, from: 16, to: 8, pads: (1, 1)).gaps(pixel: 3, row: 5, image: 7),
    ].flatMap { geometry in
        [false, true].flatMap { bias in
            Residual.allCases.flatMap { residual in
                [false, true].flatMap { relu in
                    [false, true].map { accumulates in
                        WindowCase(geometry, bias: bias, residual: residual, relu: relu, accumulates: accumulates)
                    }
                }
            }
        }
    }

    private static let matrices: [WindowCase] =
        [0, 1, 2, 3, 4, 5, 6, 7, 8, 13, 14, 15, 27, 28, 29, 57].map { WindowCase(.matrix($0, 19, 35), bias: true) }
        + [0, 1, 7, 8, 9, 15, 16, 17, 31, 32, 33, 147, 512, 1_024, 1_535, 1_536, 1_537, 3_100].flatMap { depth in
            [WindowCase(.matrix(15, depth, 33), residual: .apart), WindowCase(.matrix(1, depth, 40))]
        }
        + [0, 1, 2, 3, 4, 5, 7, 8, 9, 15, 16, 17, 24, 31, 32, 33, 40, 47, 48, 49, 63, 64, 65, 130].map {
            WindowCase(.matrix(15, 18, $0), bias: true, relu: true)
        }
        + [WindowCase(Geometry.matrix(30, 17, 21).gaps(pixel: 4, row: 0, image: 0), bias: true)]

    private static let convolutions: [WindowCase] =
        [1, 2, 3].flatMap { stride in
            [1, 2].flatMap { dilation in
                [(0, 0), (1, 1), (2, 0), (0, 3)].map { pads in
                    WindowCase(
                        .convolution(
                            images: 2, 8, 9, from: 5, to: 18, strides: (stride, stride),
                            dilations: (dilation, dilation),
                            pads: pads), bias: true)
                }
            }
        }
        + [
            .convolution(9, 9, from: 3, to: 4, strides: (2, 1), dilations: (1, 2), pads: (1, 2)),
            .convolution(9, 9, from: 16, to: 4, kernel: (1, 1)),
            .convolution(images: 3, 9, 9, from: 16, to: 4, kernel: (1, 1), strides: (2, 2)),
            .convolution(15, 14, from: 3, to: 32, kernel: (7, 7), strides: (2, 2), pads: (3, 3)),
            .convolution(12, 8, from: 1, to: 32, kernel: (5, 5), strides: (2, 2), pads: (2, 2)),
            .convolution(9, 12, from: 1, to: 16, kernel: (4, 10), strides: (2, 2), pads: (1, 4)),
            .convolution(3, 300, from: 2, to: 5, kernel: (3, 3), pads: (1, 1)),
            .convolution(1, 40, from: 3, to: 5, kernel: (1, 150), pads: (0, 75)),
            .convolution(2, 2, from: 3, to: 5, kernel: (5, 5), pads: (2, 2)),
            .convolution(1, 1, from: 32, to: 33, pads: (1, 1)),
            .convolution(2, 3, from: 3, to: 5, kernel: (2, 2), pads: (4, 4)),
            .convolution(1, 9, from: 3, to: 5, kernel: (1, 3)),
            .convolution(9, 1, from: 3, to: 5, kernel: (3, 1)),
            .convolution(images: 0, 4, 4, from: 3, to: 5),
            .convolution(2, 2, from: 3, to: 5),
            .convolution(0, 5, from: 3, to: 5, pads: (1, 1)),
            .convolution(4, 4, from: 0, to: 5),
            .convolution(4, 4, from: 3, to: 0),
        ].map { WindowCase($0, bias: true) }

    private static let channels: [WindowCase] =
        [1, 2, 3, 4, 5, 7, 8, 9, 15, 16, 17, 31, 32, 33, 48, 70, 127, 128, 131].flatMap { count in
            [
                WindowCase(.convolution(4, 5, from: count, to: 6, pads: (1, 1))),
                WindowCase(
                    Geometry.convolution(4, 5, from: 6, to: count, pads: (1, 1)).gaps(pixel: 2, row: 1, image: 3),
                    residual: .output, relu: true),
            ]
        } + [WindowCase(.convolution(images: 5, 6, 6, from: 130, to: 65, kernel: (2, 2), pads: (1, 0)), bias: true)]

    /// Rows that are cut: by pixels, and where these are few by panels.
    private static let tasks: [WindowCase] = [
        .matrix(700, 64, 64), .matrix(9, 256, 320), .matrix(15, 520, 200),
        .convolution(images: 4, 17, 17, from: 24, to: 40, pads: (1, 1)),
        .convolution(images: 2, 20, 10, from: 33, to: 65, kernel: (5, 3), strides: (1, 2), pads: (2, 1)),
    ].map { WindowCase($0, bias: true, residual: .apart, relu: true) }
}

/// A convolution whose channels are cut into groups.
struct GroupedCase: Sendable, CustomStringConvertible {
    let whole: Geometry
    let groups: Int
    let description: String

    init(_ whole: Geometry, groups: Int) {
        self.whole = whole
        self.groups = groups
        description = "\(groups) groups: \(whole)"
    }

    var channels: Int { whole.input.channels / groups }
    var columns: Int { whole.output.channels / groups }

    /// A group's channels of the same pixels.
    func geometry(_ group: Int) -> Geometry {
        var part = whole
        part.input = whole.input.channels(from: group * channels, count: channels)
        part.output = whole.output.channels(from: group * columns, count: columns)
        return part
    }

    /// A group's weights among all, which lie [column][channel of the group][tap].
    func layout(_ group: Int) -> Layout {
        var layout = Layout.onnx(whole.taps.count, channels, columns)
        layout.offset = group * layout.count
        layout.count *= groups
        return layout
    }

    static let all = [
        GroupedCase(.convolution(5, 6, from: 4, to: 6, pads: (1, 1)), groups: 2),
        GroupedCase(.convolution(images: 3, 7, 6, from: 9, to: 6, strides: (2, 2), pads: (1, 1)), groups: 3),
        GroupedCase(.convolution(4, 5, from: 34, to: 66, kernel: (1, 1)), groups: 2),
        GroupedCase(.convolution(images: 2, 6, 6, from: 64, to: 32, dilations: (2, 1), pads: (2, 1)), groups: 4),
        GroupedCase(.convolution(5, 5, from: 6, to: 12, pads: (1, 1)), groups: 6),
    ]
}
