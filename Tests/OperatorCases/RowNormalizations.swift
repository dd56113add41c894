import Engine

extension OperatorCases {
    static let rowNormalizations: [OperatorCase] = layers + groups + instances

    private static let tolerance = OperatorCase.Tolerance(2e-6, "float32 after mean and variance in double")

    /// Each row normalized, then scaled and shifted by the channel of each element.
    private static func normalized(
        _ x: Numbers<Double>, rows: Int, epsilon: Double, _ scale: Numbers<Double>, _ shift: Numbers<Double>?,
        channel: (Int) -> Int
    ) -> Numbers<Double> {
        var y = x
        let columns = rows == 0 ? 0 : x.values.count / rows
        for row in 0..<rows {
            let places = row * columns..<(row + 1) * columns
            let mean = places.reduce(0) { $0 + x.values[$1] } / Double(columns)
            let variance = places.reduce(0) { $0 + (x.values[$1] - mean) * (x.values[$1] - mean) } / Double(columns)
            for place in places {
                let normal = (x.values[place] - mean) / (variance + epsilon).squareRoot()
                y.values[place] = normal * scale.values[channel(place)] + (shift?.values[channel(place)] ?? 0)
            }
        }
        return y
    }

    private static let layers: [OperatorCase] =
        ([
            ([4, 10], -1, [10], true), ([2, 3, 4], 1, [3, 4], true), ([2, 3, 40], -1, [40], false),
            ([0, 5], 1, [5], true),
            ([3, 1], -1, [1], true), ([5, 130], -1, [130], true),
        ] as [(Shape, Int, Shape, Bool)]).map { shape, axis, channels, hasShift in
            OperatorCase(
                Operators.LayerNormalization(axis: axis, epsilon: 1e-3),
                "\(shape) from \(axis)\(hasShift ? "" : ", no shift")",
                [.random(shape, 1), .random(channels, 2)] + (hasShift ? [.random(channels, 3)] : []),
                tolerance: tolerance
            ) { inputs in
                let columns = channels.elementCount, x = given(inputs, 0)
                return [
                    normalized(
                        x, rows: x.values.count / columns, epsilon: Double(Float(1e-3)), given(inputs, 1),
                        optional(inputs, 2)
                    ) { $0 % columns }
                ]
            }
        } + [
            OperatorCase(
                Operators.LayerNormalization(epsilon: 1e-5), "far from 0",
                [.random([3, 50], 1, in: 1_000...1_001).plain, .random([50], 2).plain, .random([50], 3).plain],
                tolerance: .init(3e-4, "x − mean is exact to a rounding of 1,000, a thousandth of the deviation's 1e-4")
            ) { inputs in
                [
                    normalized(
                        given(inputs, 0), rows: 3, epsilon: Double(Float(1e-5)), given(inputs, 1), optional(inputs, 2)
                    ) { $0 % 50 }
                ]
            }
        ]

    private static let groups: [OperatorCase] =
        ([
            ([2, 6, 4, 5], 3), ([2, 4, 3], 1), ([1, 4, 17, 1], 4), ([3, 6], 2), ([0, 4, 2], 2),
        ] as [(Shape, Int)]).map { shape, groups in
            OperatorCase(
                Operators.GroupNormalization(groups: groups, epsilon: 1e-3), "\(groups) groups of \(shape)",
                [.random(shape, 1), .random([shape[1]], 2), .random([shape[1]], 3)], tolerance: tolerance
            ) { inputs in
                let pixels = shape.dropFirst(2).reduce(1, *)
                return [
                    normalized(
                        given(inputs, 0), rows: shape[0] * groups, epsilon: Double(Float(1e-3)), given(inputs, 1),
                        optional(inputs, 2)
                    ) { $0 / pixels % shape[1] }
                ]
            }
        }

    private static let instances: [OperatorCase] = ([[2, 3, 4, 5], [2, 3, 7], [1, 1, 40, 1]] as [Shape]).map { shape in
        OperatorCase(
            Operators.InstanceNormalization(epsilon: 1e-3), "\(shape)",
            [.random(shape, 1), .random([shape[1]], 2), .random([shape[1]], 3)], tolerance: tolerance
        ) { inputs in
            let pixels = shape.dropFirst(2).reduce(1, *)
            return [
                normalized(
                    given(inputs, 0), rows: shape[0] * shape[1], epsilon: Double(Float(1e-3)), given(inputs, 1),
                    optional(inputs, 2)
                ) { $0 / pixels % shape[1] }
            ]
        }
    }
}
