import Engine

extension OperatorCases {
    static let piecewiseLinear: [OperatorCase] = [
        row("two features", knots: [[-0.5, 0, 0.25], [0.1, 0.9]], units: 3, rows: 7),
        row("a feature without knots, one with a single one", knots: [[], [-0.2, 0.3], [0.4]], units: 16, rows: 5),
        row("more knots than are looked at at once", knots: [(0..<50).map { Float($0) / 25 - 1 }], units: 33, rows: 40),
        row("exactly sixteen knots", knots: [(0..<16).map { Float($0) / 8 - 1 }], units: 5, rows: 40),
        row("with a ReLU", knots: [[-0.5, 0.5], [0, 0.1]], units: 17, rows: 20, activation: .relu),
        row(
            "more features than are added at once, a ReLU behind all of them",
            knots: (0..<130).map { [-1 + Float($0) / 100, Float($0) / 65] }, units: 9, rows: 3, activation: .relu),
        row("several tasks", knots: [[-0.5, 0, 0.25], [0.1, 0.9]], units: 128, rows: 500),
        row("no rows", knots: [[-0.5, 0, 0.25]], units: 4, rows: 0),
    ]

    private static func row(
        _ note: String, knots: [[Float]], units: Int, rows: Int, activation: FusedActivation = .identity
    ) -> OperatorCase {
        let all = knots.flatMap(\.self), counts = knots.map(\.count)
        let ends = counts.indices.map { Int32(counts[...$0].reduce(0, +)) }
        let scales = knots.flatMap { knots in
            knots.indices.map { $0 + 1 < knots.count ? 1 / (knots[$0 + 1] - knots[$0]) : 0 }
        }
        return OperatorCase(
            Operators.PiecewiseLinear(activation: activation), note,
            [
                .random([rows, knots.count], 91, in: -1.5...1.5, hasGradient: false),
                .init(tensor: Tensor(ends, shape: [ends.count])), .floats(all, [all.count]),
                .floats(scales, [all.count]), .random([all.count, 2, units], 92, hasGradient: false),
                .random([units], 93, hasGradient: false),
            ], tolerance: .sums
        ) { inputs in
            let x = given(inputs, 0), values = given(inputs, 4), bias = given(inputs, 5)
            var sums: [Double] = []
            for row in 0..<rows {
                var sum = bias.values
                for (feature, own) in knots.enumerated() where !own.isEmpty {
                    let value = x.values[row * knots.count + feature]
                    let first = Int(ends[feature]) - own.count
                    let place = max(own.lastIndex { Double($0) <= value } ?? 0, 0)
                    let isInside = value >= Double(own[0]) && place + 1 < own.count
                    let share = isInside ? (value - Double(own[place])) * Double(scales[first + place]) : 0
                    for unit in 0..<units {
                        let at = (first + place) * 2 * units + unit
                        sum[unit] += values.values[at] + share * values.values[at + units]
                    }
                }
                sums += activation == .relu ? sum.map { max($0, 0) } : sum
            }
            return [Numbers([rows, units], sums)]
        }
    }
}
