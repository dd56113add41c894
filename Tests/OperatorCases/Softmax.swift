import Engine

extension OperatorCases {
    static let softmax: [OperatorCase] =
        ([[5], [3, 4], [2, 3, 4], [2, 3, 4, 5]] as [Shape]).flatMap { shape in
            (-shape.rank..<shape.rank).map { axis in row("axis \(axis)", .random(shape, 7, in: -3...3), axis) }
        } + [
            row("one column", .random([5, 1], 1), -1), row("no row", .random([0, 4], 1), -1),
            row("no column", .random([4, 0], 1), -1), row("no column, first axis", .random([0, 4], 1), 0),
            row("large numbers", .random([4, 33], 2, in: -500...500).plain, 1),
            row("1001 columns", .random([20, 1001], 3), 1), row("1001 rows, axis 0", .random([1001, 20], 3), 0),
            row(
                "NaN and infinities",
                .floats([1, .nan, 2, -.infinity, 0, 1, .infinity, 0, 1, -.infinity, -.infinity, -.infinity], [4, 3]), 1),
        ] + logarithms + joined

    private static let logarithms: [OperatorCase] = [
        ("axis 1", .random([3, 4], 7, in: -3...3), 1), ("axis 0", .random([3, 4], 7, in: -3...3), 0),
        ("large numbers", .random([4, 33], 2, in: -500...500).plain, -1), ("no row", .random([0, 4], 1), -1),
        ("axis 1 of an image", .random([2, 3, 4, 5], 7, in: -3...3), 1),
    ].map { note, x, axis in
        OperatorCase(
            Operators.LogSoftmax(axis: axis), note, [x],
            tolerance: OperatorCase.Tolerance(1e-6, "log and exp are exact to 2e-7")
        ) { inputs in
            let x = given(inputs, 0), y = exponentials(x, axis)
            // The logarithm of what may be 0 in double, by way of the greatest.
            return [logarithms(of: y, x, axis)]
        }
    }

    /// x − max − log Σ exp(x − max), from the softmax of the greatest.
    private static func logarithms(of y: Numbers<Double>, _ x: Numbers<Double>, _ axis: Int) -> Numbers<Double> {
        let axis = axis < 0 ? axis + x.shape.rank : axis
        var result = x
        for index in x.shape.allIndices {
            let line = (0..<x.shape[axis]).map { place in
                var own = index
                own[axis] = place
                return own
            }
            guard let top = line.max(by: { x[$0] < x[$1] }) else { continue }
            result[index] = x[index] - x[top] + logarithm(y[top])
        }
        return result
    }

    /// Before opset 13 the dimensions from the axis on were one.
    private static let joined: [OperatorCase] = [
        OperatorCase(
            Operators.Softmax(axis: 1, joinsFollowing: true), "joined", [.random([2, 3, 4], 3)],
            tolerance: .init(1e-6, "exp is exact to 2e-7")
        ) { inputs in [Numbers([2, 3, 4], exponentials(Numbers([2, 12], given(inputs, 0).values), 1).values)] },
        OperatorCase(
            Operators.LogSoftmax(axis: 1, joinsFollowing: true), "joined", [.random([2, 3, 4], 3)],
            tolerance: .init(1e-6, "log and exp are exact to 2e-7")
        ) { inputs in
            let flat = Numbers([2, 12], given(inputs, 0).values)
            return [Numbers([2, 3, 4], logarithms(of: exponentials(flat, 1), flat, 1).values)]
        },
    ]

    private static func row(_ note: String, _ x: OperatorCase.Input, _ axis: Int) -> OperatorCase {
        OperatorCase(
            Operators.Softmax(axis: axis), note, [x],
            tolerance: OperatorCase.Tolerance(1e-6, "exp is exact to 2e-7, its argument to a rounding of x − max")
        ) { inputs in [exponentials(given(inputs, 0), axis)] }
    }

    /// exp(x − max)/Σ along an axis.
    static func exponentials(_ x: Numbers<Double>, _ axis: Int) -> Numbers<Double> {
        let axis = axis < 0 ? axis + x.shape.rank : axis
        let inner = x.shape.dropFirst(axis + 1).reduce(1, *), columns = x.shape[axis]
        var y = x
        for outer in 0..<x.shape.prefix(axis).reduce(1, *) {
            for offset in 0..<inner {
                let places = (0..<columns).map { (outer * columns + $0) * inner + offset }
                // A NaN anywhere makes the row NaN, as infinity − infinity does.
                let greatest = places.map { x.values[$0] }.reduce(-.infinity) {
                    $0.isNaN || $1.isNaN ? .nan : max($0, $1)
                }
                let powers = places.map { exponential(x.values[$0] - greatest) }
                let total = powers.reduce(0, +)
                for (place, power) in zip(places, powers) { y.values[place] = power / total }
            }
        }
        return y
    }
}
