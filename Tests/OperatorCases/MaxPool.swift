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
        ] + indexed

    private static func row(_ note: String, _ x: OperatorCase.Input, _ window: SpatialWindow) -> OperatorCase {
        OperatorCase(Operators.MaxPool(window: window), note, [x], tolerance: .exact) { inputs in
            [greatest(given(inputs, 0), window)]
        }
    }

    private static let indexed: [OperatorCase] = Operators.MaxPool.Indices.allCases.flatMap { indices in
        [
            indexed(indices, [2, 3, 5, 6], SpatialWindow(kernel: 2)),
            indexed(indices, [1, 17, 9, 4], SpatialWindow(kernel: 3, padding: .all(1))),
            indexed(indices, [2, 2, 11], SpatialWindow(kernel: .init(1, 3), strides: .init(1, 2))),
        ]
    }

    /// A row of images or lines, no two elements of which are equal, with the places of the greatest.
    private static func indexed(_ indices: Operators.MaxPool.Indices, _ shape: Shape, _ window: SpatialWindow)
        -> OperatorCase
    {
        OperatorCase(
            Operators.MaxPool(window: window, indices: indices), "\(indices)", [.random(shape, 4)], tolerance: .exact
        ) { inputs in
            let isLine = shape.rank == 3
            let size: Shape = isLine ? [shape[0], shape[1], 1, shape[2]] : shape
            let x = Numbers(size, given(inputs, 0).values)
            let y = greatest(x, window)
            let output: Shape = isLine ? [y.shape[0], y.shape[1], y.shape[3]] : y.shape
            let area = size[2] * size[3]
            let places = y.shape.allIndices.map { index -> Double in
                let plane = index[0] * size[1] + index[1]
                let values = x.values[plane * area..<(plane + 1) * area]
                let place = (values.firstIndex(of: y[index]) ?? 0) - plane * area
                let inPlane = indices == .rowMajor ? place : place % size[3] * size[2] + place / size[3]
                return Double(plane * area + inPlane)
            }
            return [Numbers(output, y.values), Numbers(output, places)]
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
