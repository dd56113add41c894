import Engine

extension OperatorCases {
    static let averagePool: [OperatorCase] = windowsOfPoolings.flatMap { note, shape, window in
        [false, true].map { counts in
            OperatorCase(
                Operators.AveragePool(window: window, countsPadding: counts), note + (counts ? ", padding counts" : ""),
                [.random(shape, 3)], tolerance: OperatorCase.Tolerance(5e-7, "float32 sums over a window")
            ) { inputs in [averaged(given(inputs, 0), window, countsPadding: counts)] }
        }
    }

    /// The windows that both poolings are tried with.
    static let windowsOfPoolings: [(String, Shape, SpatialWindow)] = {
        typealias Window = SpatialWindow
        let odd = Padding.explicit(top: 1, left: 0, bottom: 2, right: 1)
        return [
            ("2×2, stride 2", [1, 3, 6, 8], Window(kernel: 2, strides: 2)),
            ("2×2, stride 2, odd image", [2, 17, 7, 5], Window(kernel: 2, strides: 2)),
            ("2×2, stride 2, odd image, rounded up", [2, 17, 7, 5], Window(kernel: 2, strides: 2, roundsUp: true)),
            ("3×3, stride 2, padding 1", [1, 16, 7, 8], Window(kernel: 3, strides: 2, padding: .all(1))),
            (
                "3×3, stride 2, padding 1, rounded up", [1, 3, 6, 8],
                Window(kernel: 3, strides: 2, padding: .all(1), roundsUp: true)
            ),
            (
                "2×2, stride 3, rounded up beyond the padding", [1, 1, 5, 6],
                Window(kernel: 2, strides: 3, padding: .all(1), roundsUp: true)
            ),
            ("3×2, asymmetric padding", [3, 15, 5, 6], Window(kernel: .init(3, 2), padding: odd)),
            ("3×3, same", [1, 32, 5, 6], Window(kernel: 3, strides: 2, padding: .same)),
            ("2×2, same lower", [1, 33, 5, 6], Window(kernel: 2, strides: .init(1, 2), padding: .sameLower)),
            ("dilation 2", [1, 24, 9, 8], Window(kernel: 3, strides: .init(1, 2), dilations: 2, padding: .all(1))),
            ("whole image", [2, 48, 4, 5], Window(kernel: .init(4, 5))),
            ("one pixel", [1, 1, 1, 1], Window(kernel: 1)),
            ("larger than the image", [1, 2, 2, 2], Window(kernel: 5, padding: .all(2))),
            ("no image", [0, 3, 4, 4], Window(kernel: 2)),
            ("no channel", [1, 0, 4, 4], Window(kernel: 2)),
            ("several tasks", [3, 24, 30, 31], Window(kernel: 3, strides: 2, padding: .all(1))),
        ]
    }()

    /// The mean of each window.
    static func averaged<Scalar>(
        _ x: Numbers<Scalar>, _ window: SpatialWindow, countsPadding: Bool
    ) -> Numbers<Scalar> {
        let place = placed(window, x.shape)
        // What lies beyond the last padding never counts.
        let end =
            switch window.padding {
            case .explicit(_, _, let bottom, let right): (x.shape[2] + bottom, x.shape[3] + right)
            case .valid: (x.shape[2], x.shape[3])
            case .same, .sameLower:
                (
                    (place.height - 1) * window.strides.vertical + (window.kernel.vertical - 1)
                        * window.dilations.vertical + 1 - place.top,
                    (place.width - 1) * window.strides.horizontal + (window.kernel.horizontal - 1)
                        * window.dilations.horizontal + 1
                        - place.left
                )
            }
        var y = Numbers<Scalar>([x.shape[0], x.shape[1], place.height, place.width])
        for index in y.shape.allIndices {
            var sum: Scalar = 0
            var count = 0
            for ky in 0..<window.kernel.vertical {
                for kx in 0..<window.kernel.horizontal {
                    let iy = index[2] * window.strides.vertical + ky * window.dilations.vertical - place.top
                    let ix = index[3] * window.strides.horizontal + kx * window.dilations.horizontal - place.left
                    if iy >= 0, iy < x.shape[2], ix >= 0, ix < x.shape[3] {
                        sum += x[[index[0], index[1], iy, ix]]
                        count += 1
                    } else if countsPadding, iy < max(end.0, x.shape[2]), ix < max(end.1, x.shape[3]) {
                        count += 1
                    }
                }
            }
            y[index] = count == 0 ? 0 : sum / Scalar(count)
        }
        return y
    }
}
