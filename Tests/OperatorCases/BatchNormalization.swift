import Engine

extension OperatorCases {
    static let batchNormalization: [OperatorCase] =
        shapes.map { note, shape in inference(note, shape, offset: 0) }
        + shapes.filter { $0.1.elementCount > 0 }.map { note, shape in training("training, " + note, shape, offset: 0) }
        + [
            inference("far from 0", [2, 3, 4, 5], offset: 50),
            training("training, far from 0", [2, 3, 8, 5], offset: 50),
            training("training, momentum 0.5", [2, 3, 4, 5], offset: 0, momentum: 0.5),
            training("training, large epsilon", [2, 3, 4, 5], offset: 0, epsilon: 0.1),
            training("training, many rows", [3, 16, 70, 61], offset: 0),
        ]

    private static let shapes: [(String, Shape)] = [
        ("images", [2, 3, 4, 5]), ("17 channels", [3, 17, 3, 3]), ("33 channels", [1, 33, 2, 7]),
        ("48 channels", [2, 48, 3, 2]),
        ("vectors", [7, 5]), ("vectors of 16", [33, 16]), ("one channel", [4, 1, 3, 3]), ("two rows", [2, 24]),
        ("no image", [0, 3, 4, 4]), ("no channel", [2, 0, 4, 4]), ("no row", [0, 4]),
    ]

    /// y = γ·(x − mean)/√(variance + ε) + β, with the channel as dimension 1.
    static func normalized<Scalar>(
        _ x: Numbers<Scalar>, _ gamma: [Scalar], _ beta: [Scalar], _ mean: [Scalar], _ variance: [Scalar],
        _ epsilon: Scalar
    ) -> Numbers<Scalar> {
        let inner = x.shape.dropFirst(2).reduce(1, *)
        return Numbers(
            x.shape,
            x.values.indices.map { place in
                let channel = place / inner % x.shape[1]
                return gamma[channel] * (x.values[place] - mean[channel]) / (variance[channel] + epsilon).squareRoot()
                    + beta[channel]
            })
    }

    /// Mean and biased variance of each channel.
    static func statistics<Scalar>(_ x: Numbers<Scalar>) -> (mean: [Scalar], variance: [Scalar], count: Int) {
        let inner = x.shape.dropFirst(2).reduce(1, *), channels = x.shape[1]
        let count = x.shape[0] * inner
        var mean = [Scalar](repeating: 0, count: channels), variance = mean
        for place in x.values.indices { mean[place / inner % channels] += x.values[place] / Scalar(count) }
        for place in x.values.indices {
            let distance = x.values[place] - mean[place / inner % channels]
            variance[place / inner % channels] += distance * distance / Scalar(count)
        }
        return (mean, variance, count)
    }

    private static func inputs(_ shape: Shape, offset: Float, isTraining: Bool) -> [OperatorCase.Input?] {
        [
            .random(shape, 1, in: offset - 1...offset + 2, hasGradient: isTraining),
            .random([shape[1]], 2, in: 0.5...2, hasGradient: isTraining),
            .random([shape[1]], 3, hasGradient: isTraining),
            .random([shape[1]], 4, in: offset - 1...offset + 1).plain, .random([shape[1]], 5, in: 0.5...3).plain,
        ]
    }

    private static func inference(_ note: String, _ shape: Shape, offset: Float) -> OperatorCase {
        OperatorCase(
            Operators.BatchNormalization(epsilon: 1e-3), note, inputs(shape, offset: offset, isTraining: false),
            tolerance: offset == 0
                ? OperatorCase.Tolerance(5e-7, "scale and shift rounded to float32")
                : OperatorCase.Tolerance(5e-6, "scale and shift cancel where the mean is large")
        ) { inputs in
            [
                normalized(
                    given(inputs, 0), given(inputs, 1).values, given(inputs, 2).values, given(inputs, 3).values,
                    given(inputs, 4).values, Double(Float(1e-3)))
            ]
        }
    }

    private static func training(
        _ note: String, _ shape: Shape, offset: Float, momentum: Float = 0.9, epsilon: Float = 1e-5
    ) -> OperatorCase {
        OperatorCase(
            Operators.BatchNormalization(epsilon: epsilon, momentum: momentum, isTraining: true), note,
            inputs(shape, offset: offset, isTraining: true),
            tolerance: offset == 0
                ? OperatorCase.Tolerance(2e-6, "scale and shift rounded to float32")
                : OperatorCase.Tolerance(2e-5, "scale and shift cancel where the mean is large"),
            gradientTolerance: OperatorCase.Tolerance(
                offset == 0 ? 2e-5 : 2e-4, "x − mean and two sums cancel, of the largest gradient")
        ) { inputs in
            let x: Numbers<Double> = given(inputs, 0)
            let (mean, variance, count) = statistics(x)
            let keep = Double(momentum), each: Shape = [x.shape[1]]
            let unbiased = Double(count) / Double(max(count - 1, 1))
            return [
                normalized(x, given(inputs, 1).values, given(inputs, 2).values, mean, variance, Double(epsilon)),
                Numbers(each, zip(given(inputs, 3).values, mean).map { keep * $0 + (1 - keep) * $1 }),
                Numbers(each, zip(given(inputs, 4).values, variance).map { keep * $0 + (1 - keep) * $1 * unbiased }),
                Numbers(each, mean),
                Numbers(each, variance.map { 1 / ($0 + Double(epsilon)).squareRoot() }),
            ]
        }
    }
}
