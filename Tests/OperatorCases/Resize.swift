import Engine

extension OperatorCases {
    static let resize = neighbours + filtered + regions + proportions

    private static let neighbours: [OperatorCase] = Operators.Resize.Coordinates.allCases.filter { $0 != .region }
        .flatMap {
            coordinates in
            // Those go with nothing else; an axis that keeps its size is left as it is.
            if coordinates == .tensorFlowHalfPixel { return changes.map { nearest($0, coordinates, .floor) } }
            // Symmetric places fall on whole numbers but for a rounding, which floor and ceil would show.
            let roundings: [Operators.Resize.Rounding] =
                coordinates == .halfPixelSymmetric
                ? [.roundPreferFloor, .roundPreferCeil] : Operators.Resize.Rounding.allCases
            return changes.flatMap { change in
                roundings.map { nearest(change, coordinates, $0) } + [linear(change, coordinates)]
            }
        }

    private struct Change {
        var shape: Shape
        var scales: [Float]
        var result: Shape
    }

    private static let changes: [Change] = [
        Change(shape: [1, 2, 3, 4], scales: [1, 1, 2, 2], result: [1, 2, 6, 8]),
        Change(shape: [5], scales: [0.5], result: [2]),
        Change(shape: [4, 6], scales: [1.5, 0.25], result: [6, 1]),
        Change(shape: [2, 1, 7, 5], scales: [1, 1, 0.75, 3], result: [2, 1, 5, 15]),
    ]

    /// Where an element of the result lies in x, after ONNX's table.
    private static func origin(
        _ place: Int, _ size: Int, _ count: Int, _ scale: Double, _ coordinates: Operators.Resize.Coordinates
    ) -> Double {
        let place = Double(place), half = (place + 0.5) / scale - 0.5
        switch coordinates {
        case .halfPixel: return half
        case .halfPixelSymmetric:
            let adjusted = Double(count) / (scale * Double(size))
            return Double(size) / 2 * (1 - adjusted) + half
        case .pytorchHalfPixel: return count > 1 ? half : 0
        case .alignCorners: return count > 1 ? place * Double(size - 1) / Double(count - 1) : 0
        case .asymmetric: return place / scale
        case .tensorFlowHalfPixel: return (place + 0.5) / scale
        case .region: preconditionFailure("a region lies where its row says")
        }
    }

    private static func nearest(
        _ change: Change, _ coordinates: Operators.Resize.Coordinates, _ rounding: Operators.Resize.Rounding
    ) -> OperatorCase {
        let scales = OperatorCase.Input(tensor: Tensor(change.scales, shape: [change.scales.count]), role: .constant)
        @Sendable func source(_ place: Int, _ axis: Int) -> Int {
            let size = change.shape[axis], scale = Double(change.scales[axis])
            let origin = origin(place, size, change.result[axis], scale, coordinates)
            let whole: Double =
                switch rounding {
                case .roundPreferFloor: (origin - 0.5).rounded(.up)
                case .roundPreferCeil: (origin + 0.5).rounded(.down)
                case .floor: origin.rounded(.down)
                case .ceil: origin.rounded(.up)
                }
            return min(max(Int(whole), 0), size - 1)
        }
        return OperatorCase(
            Operators.Resize(mode: .nearest(rounding), coordinates: coordinates),
            "\(coordinates), \(rounding), to \(change.result)", [.random(change.shape, 3), nil, scales],
            tolerance: .exact
        ) { inputs in
            let x = given(inputs, 0)
            let values = change.result.allIndices.map { index in x[index.indices.map { source(index[$0], $0) }] }
            return [Numbers(change.result, values)]
        }
    }

    private static func linear(_ change: Change, _ coordinates: Operators.Resize.Coordinates) -> OperatorCase {
        /// The neighbours along an axis, and their weights.
        @Sendable func neighbours(_ place: Int, _ axis: Int) -> [(place: Int, weight: Double)] {
            let size = change.shape[axis], count = change.result[axis]
            let origin = origin(place, size, count, Double(count) / Double(size), coordinates)
            let inside = min(max(origin, 0), Double(size - 1))
            let lower = Int(inside), share = inside - Double(lower)
            return share > 0 ? [(lower, 1 - share), (lower + 1, share)] : [(lower, 1)]
        }
        return OperatorCase(
            Operators.Resize(mode: .linear, coordinates: coordinates), "\(coordinates), linear, to \(change.result)",
            [.random(change.shape, 3), nil, nil, .integers(change.result.map(Int64.init))],
            tolerance: .init(1e-6, "float32 weights of two neighbours")
        ) { inputs in
            let x = given(inputs, 0)
            var values: [Double] = []
            for index in change.result.allIndices {
                var corners: [(index: [Int], weight: Double)] = [([], 1)]
                for (axis, place) in index.enumerated() {
                    let neighbours = neighbours(place, axis)
                    corners = corners.flatMap { corner in
                        neighbours.map { (corner.index + [$0.place], corner.weight * $0.weight) }
                    }
                }
                values.append(corners.reduce(0) { $0 + x[$1.index] * $1.weight })
            }
            return [Numbers(change.result, values)]
        }
    }
}
