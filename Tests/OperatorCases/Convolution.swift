package import Engine

extension OperatorCases {
    static let convolution: [OperatorCase] = plain + channels + windows + tiles + grouped + sizes + special

    /// The convolution's output size and first padding along a direction.
    static func placed(
        _ size: Int, kernel: Int, stride: Int, dilation: Int, pads: (begin: Int, end: Int)?, isUpper: Bool,
        roundsUp: Bool = false
    ) -> (output: Int, begin: Int) {
        let extent = (kernel - 1) * dilation + 1
        guard let pads else {
            let output = Int((Double(size) / Double(stride)).rounded(.up))
            let total = max(0, (output - 1) * stride + extent - size)
            return (output, isUpper ? total / 2 : (total + 1) / 2)
        }
        let room = size + pads.begin + pads.end - extent
        var output = room / stride + 1
        // The last window must begin before the image and its first padding end.
        if roundsUp, room % stride > 0, output * stride < size + pads.begin { output += 1 }
        return (output, pads.begin)
    }

    /// The output's height and width, and the padding above and left.
    static func placed(_ window: SpatialWindow, _ image: Shape) -> (height: Int, width: Int, top: Int, left: Int) {
        let pads: (vertical: (Int, Int)?, horizontal: (Int, Int)?) =
            switch window.padding {
            case .explicit(let top, let left, let bottom, let right): ((top, bottom), (left, right))
            case .valid: ((0, 0), (0, 0))
            case .same, .sameLower: (nil, nil)
            }
        let isUpper = window.padding != .sameLower
        let vertical = placed(
            image[2], kernel: window.kernel.vertical, stride: window.strides.vertical,
            dilation: window.dilations.vertical,
            pads: pads.vertical, isUpper: isUpper, roundsUp: window.roundsUp)
        let horizontal = placed(
            image[3], kernel: window.kernel.horizontal, stride: window.strides.horizontal,
            dilation: window.dilations.horizontal, pads: pads.horizontal, isUpper: isUpper, roundsUp: window.roundsUp)
        return (vertical.output, horizontal.output, vertical.begin, horizontal.begin)
    }

    /// The cross-correlation as it is defined.
    package static func convolved<Scalar>(
        _ x: Numbers<Scalar>, _ w: Numbers<Scalar>, _ b: Numbers<Scalar>?, _ window: SpatialWindow, groups: Int
    ) -> Numbers<Scalar> {
        let place = placed(window, x.shape)
        var y = Numbers<Scalar>([x.shape[0], w.shape[0], place.height, place.width])
        let inputs = w.shape[1], outputs = w.shape[0] / max(groups, 1)
        let kernelHeight = w.shape[2], kernelWidth = w.shape[3], height = x.shape[2], width = x.shape[3]
        var next = 0
        for n in 0..<x.shape[0] {
            for m in 0..<w.shape[0] {
                let firstChannel = m / outputs * inputs
                for oy in 0..<place.height {
                    for ox in 0..<place.width {
                        var sum = b?.values[m] ?? 0
                        for c in 0..<inputs {
                            for ky in 0..<kernelHeight {
                                let iy = oy * window.strides.vertical + ky * window.dilations.vertical - place.top
                                guard iy >= 0, iy < height else { continue }
                                for kx in 0..<kernelWidth {
                                    let ix =
                                        ox * window.strides.horizontal + kx * window.dilations.horizontal - place.left
                                    guard ix >= 0, ix < width else { continue }
                                    let weight = w.values[((m * inputs + c) * kernelHeight + ky) * kernelWidth + kx]
                                    sum +=
                                        weight
                                        * x.values[((n * x.shape[1] + firstChannel + c) * height + iy) * width + ix]
                                }
                            }
                        }
                        y.values[next] = sum
                        next += 1
                    }
                }
            }
        }
        return y
    }

    /// A row on random numbers.
    static func conv(
        _ note: String, images: Int = 1, from: Int, to: Int, _ size: (Int, Int) = (6, 7),
        kernel: SpatialWindow.Pair = 3,
        strides: SpatialWindow.Pair = 1, dilations: SpatialWindow.Pair = 1, padding: Padding = .valid, groups: Int = 1,
        hasBias: Bool = true, tolerance: OperatorCase.Tolerance = .sums
    ) -> OperatorCase {
        let window = SpatialWindow(kernel: kernel, strides: strides, dilations: dilations, padding: padding)
        let seed = UInt64(from * 1000 + to)
        return OperatorCase(
            Operators.Conv(window: window, groups: groups), note,
            [
                .random([images, from, size.0, size.1], seed),
                .random([to, from / groups, kernel.vertical, kernel.horizontal], seed + 1),
                hasBias ? .random([to], seed + 2) : nil,
            ], tolerance: tolerance
        ) { inputs in
            [convolved(given(inputs, 0), given(inputs, 1), optional(inputs, 2), window, groups: groups)]
        }
    }

    private static let plain = [
        conv("3×3", from: 3, to: 4),
        conv("without bias", from: 3, to: 4, hasBias: false),
        conv("1×1", from: 5, to: 7, kernel: 1),
        conv("1×1, stride 2", from: 5, to: 7, kernel: 1, strides: 2),
        conv("5×5", from: 2, to: 3, (8, 9), kernel: 5, padding: .all(2)),
        conv(
            "7×7, stride 2", from: 3, to: 8, (15, 14), kernel: 7, strides: 2, padding: .all(3), tolerance: .winograd),
        conv("1×5", from: 3, to: 4, kernel: .init(1, 5), padding: .same),
        conv("4×2", from: 3, to: 4, kernel: .init(4, 2), padding: .same),
        conv("image of 33×40", from: 3, to: 17, (33, 40), padding: .same),
        conv("three images", images: 3, from: 4, to: 5, padding: .same),
        conv("seventeen images", images: 17, from: 4, to: 5, padding: .same),
        conv("several tasks", images: 2, from: 24, to: 33, (24, 25), padding: .same, tolerance: .winograd),
        conv("several tasks, dilation 2", from: 24, to: 33, (24, 25), dilations: 2, padding: .same),
    ]

    private static let channels =
        [1, 3, 15, 16, 17, 24, 32, 33, 48].flatMap { count in
            [
                conv("\(count) channels in", from: count, to: 4, (4, 5), padding: .same),
                conv("\(count) channels out", from: 3, to: count, (4, 5), padding: .same),
                conv("\(count) channels, 1×1", from: count, to: count, (3, 3), kernel: 1),
                conv("\(count) channels, depthwise", from: count, to: count, (5, 6), padding: .same, groups: count),
            ]
        } + [
            conv("48 to 33 channels", from: 48, to: 33, (5, 5), padding: .same, tolerance: .winograd),
            conv("48 to 33 channels, few pixels", from: 48, to: 33, (2, 2), padding: .same),
            conv("16 to 16 channels", from: 16, to: 16, (9, 8), padding: .same, tolerance: .winograd),
            conv("32 to 64 channels, stride 2", images: 2, from: 32, to: 64, (9, 8), strides: 2, padding: .same),
        ]

    private static let windows: [OperatorCase] =
        [1, 2, 3].flatMap { stride in
            [1, 2, 3].flatMap { dilation in
                [Padding.valid, .same, .sameLower, .explicit(top: 1, left: 0, bottom: 2, right: 3)].map { padding in
                    conv(
                        "stride \(stride), dilation \(dilation), \(padding)", from: 2, to: 3, (8, 9),
                        strides: SpatialWindow.Pair(stride, stride), dilations: SpatialWindow.Pair(dilation, dilation),
                        padding: padding)
                }
            }
        } + [
            conv(
                "strides 2 and 1, dilations 1 and 2", from: 3, to: 4, (9, 9), strides: .init(2, 1),
                dilations: .init(1, 2)),
            conv("strides 1 and 3", from: 3, to: 4, (9, 9), kernel: 2, strides: .init(1, 3), padding: .same),
            conv("stride larger than the kernel", from: 3, to: 4, (9, 9), kernel: 2, strides: 4),
            conv("stride larger than the image", from: 3, to: 4, (3, 3), kernel: 1, strides: 5),
            conv("padding larger than the kernel", from: 2, to: 3, (3, 3), kernel: 2, padding: .all(4)),
            conv("kernel larger than the image", from: 2, to: 3, (2, 3), kernel: 5, padding: .all(2)),
            conv("kernel larger than the image, same", from: 2, to: 3, (2, 1), kernel: 5, padding: .same),
            conv("dilated kernel larger than the image", from: 2, to: 3, (3, 4), dilations: 4, padding: .all(4)),
            conv("even kernel, same", from: 2, to: 3, (5, 6), kernel: 4, strides: 2, padding: .same),
            conv("even kernel, same lower", from: 2, to: 3, (5, 6), kernel: 4, strides: 2, padding: .sameLower),
        ]

    /// Of 4×4 pixels, as Winograd has them: one, several, and cut at the edges.
    private static let tiles =
        [(4, 4), (5, 4), (8, 8), (9, 7), (13, 5)].map { size in
            conv("tiles of \(size.0)×\(size.1)", from: 8, to: 9, size, padding: .same, tolerance: .winograd)
        }
        + [Padding.valid, .sameLower, .all(2), .explicit(top: 1, left: 0, bottom: 2, right: 3)].map { padding in
            conv("tiles, \(padding)", from: 9, to: 8, (7, 8), padding: padding, tolerance: .winograd)
        } + [
            conv("tiles without bias", from: 17, to: 16, padding: .same, hasBias: false, tolerance: .winograd),
            conv("tiles of eight images", images: 8, from: 8, to: 8, (5, 9), padding: .same, tolerance: .winograd),
        ]

    private static let grouped = [
        conv("2 groups", from: 4, to: 6, groups: 2),
        conv("2 groups of 16", from: 32, to: 34, (4, 4), padding: .same, groups: 2, tolerance: .winograd),
        conv("3 groups, stride 2", images: 2, from: 9, to: 6, strides: 2, padding: .same, groups: 3),
        conv("3 groups without bias", from: 3, to: 9, padding: .same, groups: 3, hasBias: false),
        conv("2 groups, dilation 2", from: 4, to: 2, (7, 7), dilations: 2, padding: .same, groups: 2),
        conv("depthwise, multiplier 2", from: 5, to: 10, padding: .same, groups: 5),
        conv("depthwise, stride 2", images: 2, from: 17, to: 17, strides: 2, padding: .same, groups: 17),
        conv("depthwise, stride 3, 2×2", from: 8, to: 8, kernel: 2, strides: 3, groups: 8),
        conv("depthwise, dilation 2", from: 6, to: 6, dilations: 2, padding: .same, groups: 6),
        conv("depthwise, 5×5", images: 3, from: 24, to: 24, (7, 7), kernel: 5, padding: .same, groups: 24),
        conv("depthwise, 1×1", from: 16, to: 16, kernel: 1, groups: 16),
        conv("depthwise without bias", from: 33, to: 33, padding: .valid, groups: 33, hasBias: false),
        conv("depthwise, kernel larger than the image", from: 3, to: 3, (2, 2), kernel: 5, padding: .all(2), groups: 3),
    ]

    private static let sizes = [
        conv("image of one pixel", from: 3, to: 4, (1, 1), kernel: 1),
        conv("image of one pixel, padded", from: 3, to: 4, (1, 1), padding: .all(1)),
        conv("one row", from: 3, to: 4, (1, 9), kernel: .init(1, 3)),
        conv("one column", from: 3, to: 4, (9, 1), kernel: .init(3, 1)),
        conv("no image", images: 0, from: 3, to: 4),
        conv("no image, depthwise", images: 0, from: 3, to: 3, groups: 3),
        conv("no pixel", from: 3, to: 4, (0, 5), padding: .same),
        conv(
            "no pixel but padding", from: 3, to: 4, (0, 5), kernel: 1,
            padding: .explicit(top: 1, left: 0, bottom: 1, right: 0)),
        conv("no input channel", from: 0, to: 4, hasBias: true),
        conv("no output channel", from: 3, to: 0, hasBias: true),
    ]

    private static let special: [OperatorCase] = {
        let window = SpatialWindow(kernel: 3, padding: .all(1))
        var values = (0..<50).map { uniform(5, UInt64($0)) }
        values[7] = .nan
        values[31] = .infinity
        return [
            OperatorCase(
                Operators.Conv(window: window), "NaN and infinity",
                [.floats(values, [1, 2, 5, 5]), .random([3, 2, 3, 3], 9).plain, nil], tolerance: .sums
            ) { inputs in [convolved(given(inputs, 0), given(inputs, 1), nil, window, groups: 1)] }
        ]
    }()
}
