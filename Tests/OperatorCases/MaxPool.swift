import Engine

extension OperatorCases {
    static let maxPool: [OperatorCase] =
        windowsOfPoolings.map { note, shape, window in
            row(note, .random(shape, 4), window)
        } + [
            row(
                "NaN is the greatest", .floats([1, .nan, 3, 4, -.infinity, .infinity, 7, 8, 9], [1, 1, 3, 3]),
                SpatialWindow(kernel: 2, padding: .all(1))),
            row(
                "all negative, padded", .random([1, 3, 4, 4], 8, in: -3 ... -1),
                SpatialWindow(kernel: 3, padding: .all(1))),
            row("equals", .floats(Array(repeating: 2, count: 32), [1, 2, 4, 4]), SpatialWindow(kernel: 3, strides: 1)),
        ]

    private static func row(_ note: String, _ x: OperatorCase.Input, _ window: SpatialWindow) -> OperatorCase {
        OperatorCase(Operators.MaxPool(window: window), note, [x], tolerance: .exact) { inputs in
            [greatest(given(inputs, 0), window)]
        }
    }

    /// The greatest of each window.
    static func greatest<Scalar>(_ x: Numbers<Scalar>, _ window: SpatialWindow) -> Numbers<Scalar> {
        let place = placed(window, x.shape)
        var y = Numbers<Scalar>([x.shape[0], x.shape[1], place.height, place.width])
        for index in y.shape.allIndices {
            var best = -Scalar.infinity
            for ky in 0..<window.kernel.vertical {
                for kx in 0..<window.kernel.horizontal {
                    let iy = index[2] * window.strides.vertical + ky * window.dilations.vertical - place.top
                    let ix = index[3] * window.strides.horizontal + kx * window.dilations.horizontal - place.left
                    guard iy >= 0, iy < x.shape[2], ix >= 0, ix < x.shape[3] else { continue }
                    let value = x[[index[0], index[1], iy, ix]]
                    if value > best || value.isNaN { best = value }
                    if best.isNaN { break }
                }
                if best.isNaN { break }
            }
            y[index] = best
        }
        return y
    }
}
