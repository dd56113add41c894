import Engine

extension OperatorCases {
    static let invertedResidual: [OperatorCase] = [
        row("stride 1, residual", from: 5, through: 18, to: 5, (9, 8), hasResidual: true),
        row("stride 2", from: 3, through: 33, to: 17, (9, 10), strides: 2),
        row("stride 2, odd sizes, two images", images: 2, from: 4, through: 7, to: 40, (11, 13), strides: 2),
        row("without biases", from: 8, through: 16, to: 4, (6, 7), hasBiases: false),
        row("without activations", from: 8, through: 16, to: 4, (6, 7), activation: .identity),
        row("a 3×3 expansion of stride 2", from: 3, through: 32, to: 16, (17, 14), expansion: 3),
        row("a 5×5 kernel", from: 6, through: 12, to: 8, (9, 9), kernel: 5, hasResidual: false),
        row("a kernel higher than the image", from: 6, through: 12, to: 8, (2, 9), kernel: 5),
        row("a dilated kernel of stride 3", from: 6, through: 12, to: 8, (17, 9), strides: 3, dilations: 2),
        row("rows between outputs that nobody needs", from: 6, through: 12, to: 8, (17, 9), kernel: 1, strides: 3),
        row("one row", from: 6, through: 20, to: 8, (1, 9)),
        row("no images", images: 0, from: 6, through: 20, to: 8, (4, 4)),
        row("several tasks", images: 2, from: 6, through: 19, to: 6, (77, 5), hasResidual: true),
        row("several tasks of stride 2", from: 6, through: 19, to: 9, (121, 4), strides: 2),
    ]

    private static func row(
        _ note: String, images: Int = 1, from: Int, through: Int, to: Int, _ size: (Int, Int), expansion: Int = 1,
        kernel: Int = 3, strides: Int = 1, dilations: Int = 1, hasBiases: Bool = true, hasResidual: Bool = false,
        activation: FusedActivation = .relu
    ) -> OperatorCase {
        let windows = [
            SpatialWindow(
                kernel: .init(expansion, expansion), strides: expansion == 1 ? 1 : 2, padding: .all(expansion / 2)),
            SpatialWindow(
                kernel: .init(kernel, kernel), strides: .init(strides, strides), dilations: .init(dilations, dilations),
                padding: .all(kernel / 2 * dilations)),
            SpatialWindow(kernel: 1),
        ]
        let convolutions = zip(windows, [1, through, 1]).map { window, groups in
            var convolution = Operators.Conv(window: window, groups: groups)
            convolution.layout = .channelsLast
            return convolution
        }
        var (first, second) = (convolutions[0], convolutions[1])
        first.activation = activation
        second.activation = activation
        let channels = [from, through, through, to], groups = [1, through, 1]
        func bias(_ index: Int) -> OperatorCase.Input? {
            hasBiases ? .random([channels[index + 1]], UInt64(40 + index), hasGradient: false) : nil
        }
        func weight(_ index: Int, _ kernel: Int) -> OperatorCase.Input {
            .random(
                [channels[index + 1], channels[index] / groups[index], kernel, kernel], UInt64(50 + index),
                hasGradient: false)
        }
        return OperatorCase(
            Operators.InvertedResidual(expansion: first, depthwise: second, projection: convolutions[2]), note,
            [
                .random([images, size.0, size.1, from], 60, hasGradient: false), weight(0, expansion), bias(0),
                weight(1, kernel), bias(1), weight(2, 1), bias(2),
                hasResidual ? .random([images, size.0, size.1, to], 61, hasGradient: false) : nil,
            ], tolerance: .sums
        ) { inputs in
            var image = turned(given(inputs, 0), [0, 3, 1, 2])
            for (index, window) in windows.enumerated() {
                image = convolved(
                    image, given(inputs, 1 + 2 * index), optional(inputs, 2 + 2 * index), window, groups: groups[index])
                if index < 2, activation == .relu { image.values = image.values.map { max($0, 0) } }
            }
            var result = turned(image, [0, 2, 3, 1])
            if let residual = optional(inputs, 7) {
                result.values = zip(result.values, residual.values).map { $0 + $1 }
            }
            return [result]
        }
    }

    /// An image with its dimensions in another order.
    private static func turned(_ image: Numbers<Double>, _ order: [Int]) -> Numbers<Double> {
        let shape = Shape(order.map { image.shape[$0] })
        var result = Numbers<Double>(shape), next = 0
        for a in 0..<shape[0] {
            for b in 0..<shape[1] {
                for c in 0..<shape[2] {
                    for d in 0..<shape[3] {
                        var index = [0, 0, 0, 0]
                        for (axis, place) in zip(order, [a, b, c, d]) { index[axis] = place }
                        result.values[next] = image[index]
                        next += 1
                    }
                }
            }
        }
        return result
    }
}
