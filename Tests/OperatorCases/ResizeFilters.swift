import Engine

/// Rows of images that are resized by filters of many elements, from a region, and in their proportions.
extension OperatorCases {
    /// What one row resizes.
    private struct Resizing {
        var note: String
        var shape: Shape
        var result: Shape
        /// The scales; else sizes are given.
        var scales: [Float]?
        var mode: Operators.Resize.Mode
        var antialiases = false
        var excludesOutside = false
        /// Where the region begins and ends along each axis.
        var region: [(start: Float, end: Float)]?
    }

    private static let usual = Operators.Resize.Mode.cubic(-0.75)

    static let filtered: [OperatorCase] = [
        Resizing(note: "cubic, larger", shape: [1, 2, 3, 4], result: [1, 2, 7, 9], mode: usual),
        Resizing(note: "cubic, smaller", shape: [1, 1, 8, 9], result: [1, 1, 3, 4], mode: usual),
        Resizing(note: "cubic by scales", shape: [6, 5], result: [4, 9], scales: [0.75, 1.8], mode: usual),
        Resizing(note: "cubic of one", shape: [1, 1], result: [3, 4], mode: usual),
        Resizing(note: "cubic of -0.5", shape: [6, 5], result: [4, 9], mode: .cubic(-0.5)),
        Resizing(
            note: "cubic of -0.5, nothing outside", shape: [5, 4], result: [12, 3], mode: .cubic(-0.5),
            excludesOutside: true),
        Resizing(note: "cubic, antialiased", shape: [2, 9, 16], result: [2, 4, 5], mode: usual, antialiases: true),
        Resizing(
            note: "cubic, antialiased, nothing outside", shape: [9, 16], result: [2, 20], mode: usual,
            antialiases: true, excludesOutside: true),
        Resizing(note: "linear, antialiased", shape: [2, 9, 16], result: [2, 4, 5], mode: .linear, antialiases: true),
        Resizing(
            note: "linear, antialiased, by scales", shape: [9, 16], result: [5, 4], scales: [0.6, 0.3], mode: .linear,
            antialiases: true),
        Resizing(note: "several tasks", shape: [1, 3, 90, 120], result: [1, 3, 200, 90], mode: usual),
    ].map(row)

    static let regions: [OperatorCase] = [
        Resizing(
            note: "a region, linear", shape: [5, 9], result: [4, 6], mode: .linear, region: [(0.25, 0.75), (0.5, 1)]),
        Resizing(
            note: "a region with what is outside, linear", shape: [1, 5, 9], result: [1, 4, 6], mode: .linear,
            region: [(0, 1), (-0.5, 1.25), (0.25, 1.5)]),
        Resizing(
            note: "a region backwards, cubic", shape: [5, 9], result: [5, 7], mode: usual,
            region: [(1, 0), (0.75, -0.25)]),
        Resizing(
            note: "the middle of a region", shape: [5, 9], result: [1, 1], mode: .linear, region: [(0, 1), (0.25, 1)]),
        Resizing(
            note: "a region with what is outside, nearest", shape: [5, 9], result: [4, 7],
            mode: .nearest(.roundPreferFloor), region: [(-0.25, 1.25), (0.125, 0.875)]),
    ].map(row)

    /// Keys' cubics, or the triangle.
    private static func share(_ distance: Double, _ mode: Operators.Resize.Mode) -> Double {
        let x = abs(distance)
        guard case .cubic(let coefficient) = mode else { return max(0, 1 - x) }
        let a = Double(coefficient)
        if x <= 1 { return (a + 2) * x * x * x - (a + 3) * x * x + 1 }
        return x < 2 ? a * x * x * x - 5 * a * x * x + 8 * a * x - 4 * a : 0
    }

    /// The shares of x's elements along an axis in one of the result; nil outside of x.
    private static func shares(_ row: Resizing, _ axis: Int, _ place: Int) -> [Double]? {
        let size = row.shape[axis], count = row.result[axis]
        var shares = [Double](repeating: 0, count: size)
        if size == count, row.region == nil {
            shares[place] = 1
            return shares
        }
        let scale = row.scales.map { Double($0[axis]) } ?? Double(count) / Double(size)
        var origin = (Double(place) + 0.5) / scale - 0.5
        if let (start, end) = row.region?[axis] {
            let along = count > 1 ? Double(place) / Double(count - 1) : 0.5
            origin = (Double(start) + along * (Double(end) - Double(start))) * Double(size - 1)
            guard origin >= 0, origin <= Double(size - 1) else { return nil }
        }
        if case .nearest = row.mode {
            shares[Int((origin - 0.5).rounded(.up))] = 1
            return shares
        }
        let stretch = row.antialiases ? min(scale, 1) : 1
        for other in -2 * size - 4...3 * size + 4 {
            let share = share((Double(other) - origin) * stretch, row.mode), inside = min(max(other, 0), size - 1)
            if other == inside || !row.excludesOutside { shares[inside] += share }
        }
        let total = shares.reduce(0, +)
        return shares.map { $0 / total }
    }

    private static func row(_ row: Resizing) -> OperatorCase {
        var operation = Operators.Resize(mode: row.mode, coordinates: row.region == nil ? .halfPixel : .region)
        operation.antialiases = row.antialiases
        operation.excludesOutside = row.excludesOutside
        operation.extrapolation = row.region == nil ? 0 : 7
        let region = row.region.map { $0.map(\.start) + $0.map(\.end) }
        let target: [OperatorCase.Input?] =
            if let scales = row.scales {
                [OperatorCase.Input(tensor: Tensor(scales, shape: [scales.count]), role: .constant)]
            } else {
                [nil, .integers(row.result.map(Int64.init))]
            }
        return OperatorCase(
            operation, row.note,
            [
                .random(row.shape, 5).plain,
                region.map { OperatorCase.Input(tensor: Tensor($0, shape: [$0.count]), role: .constant) },
            ] + target,
            tolerance: .init(
                5e-6 + 2e-7 * Double(row.shape.max() ?? 0), "float32 weights and places, the farther the coarser")
        ) { inputs in
            // An axis after the other.
            var x = given(inputs, 0)
            for axis in row.shape.indices {
                let shares = (0..<row.result[axis]).map { OperatorCases.shares(row, axis, $0) }
                var y = Numbers<Double>(x.shape.replacing(axis: axis, with: row.result[axis]))
                for index in y.shape.allIndices {
                    guard let shares = shares[index[axis]] else {
                        y[index] = 7
                        continue
                    }
                    var other = index
                    for (place, share) in shares.enumerated() where share != 0 {
                        other[axis] = place
                        y[index] += share * x[other]
                    }
                }
                x = y
            }
            return [x]
        }
    }

    static let proportions: [OperatorCase] =
        ([(.notLarger, [1, 4, 8]), (.notSmaller, [1, 7, 14])] as [(Operators.Resize.Proportions, Shape)]).map {
            proportions, result in
            var operation = Operators.Resize(mode: .nearest(.floor), coordinates: .asymmetric, axes: [1, 2])
            operation.proportions = proportions
            return OperatorCase(
                operation, "\(proportions)", [.random([1, 2, 4], 6).plain, nil, nil, .integers([7, 8])],
                tolerance: .exact
            ) { inputs in
                let x = given(inputs, 0), scale = Double(result[1]) / 2
                return [
                    Numbers(
                        result,
                        result.allIndices.map { x[[$0[0], Int(Double($0[1]) / scale), Int(Double($0[2]) / scale)]] })
                ]
            }
        }
}
