import Engine

/// Rows of operators that compare, choose, bound, and convert.
extension OperatorCases {
    static let choices: [OperatorCase] =
        comparisons + logic + extremes + clip + powers + remainders + chosen + casts + slopes

    private static let special: [Float] = [.nan, .infinity, -.infinity, 0, -0.0, 1, -1]
    private static let shapes: [(Shape, Shape)] = [
        ([7], [7]), ([3, 1], [1, 5]), ([], [2, 3]), ([2, 0], [1]), ([40, 1], [1, 60]),
    ]

    private static func truth(_ holds: Bool) -> Double { holds ? 1 : 0 }
    private static func integers(_ values: [Int64], _ shape: Shape) -> OperatorCase.Input {
        .init(tensor: Tensor(values, shape: shape))
    }
    private static func truths(_ shape: Shape, _ seed: UInt64) -> OperatorCase.Input {
        .init(tensor: Tensor((0..<shape.elementCount).map { uniform(seed, UInt64($0)) < 0.5 }, shape: shape))
    }
    private static func pair(
        _ operation: any Operator, _ note: String, _ a: OperatorCase.Input, _ b: OperatorCase.Input,
        _ tolerance: OperatorCase.Tolerance = .exact, by combine: @escaping @Sendable (Double, Double) -> Double
    ) -> OperatorCase {
        OperatorCase(operation, note, [a, b], tolerance: tolerance) { inputs in
            [combined(given(inputs, 0), given(inputs, 1), combine)]
        }
    }

    private static let comparisons: [OperatorCase] = [
        comparison(Operators.Equal()) { $0 == $1 }, comparison(Operators.Greater()) { $0 > $1 },
        comparison(Operators.GreaterOrEqual()) { $0 >= $1 }, comparison(Operators.Less()) { $0 < $1 },
        comparison(Operators.LessOrEqual()) { $0 <= $1 },
    ].flatMap { $0 }

    private static func comparison(
        _ operation: any Operator, _ holds: @escaping @Sendable (Double, Double) -> Bool
    ) -> [OperatorCase] {
        let combine: @Sendable (Double, Double) -> Double = { truth(holds($0, $1)) }
        var rows = shapes.map { a, b in
            pair(operation, "\(a) and \(b)", .random(a, 1).plain, .random(b, 2).plain, by: combine)
        }
        rows.append(
            pair(operation, "NaN, infinities and zeros", .floats(special, [7, 1]), .floats(special, [7]), by: combine))
        rows.append(pair(operation, "i64", integers([1, 2, 3, -1], [4]), integers([2, 2, -5, -1], [4]), by: combine))
        return rows
    }

    private static let logic: [OperatorCase] =
        joined(Operators.And()) { $0 && $1 } + joined(Operators.Or()) { $0 || $1 }
        + joined(Operators.Xor()) { $0 != $1 }
        + [
            OperatorCase(Operators.Not(), "33 elements", [truths([33], 3)], tolerance: .exact) { inputs in
                [given(inputs, 0).map { truth($0 == 0) }]
            }
        ]

    private static func joined(_ operation: any Operator, _ join: @escaping @Sendable (Bool, Bool) -> Bool)
        -> [OperatorCase]
    {
        let combine: @Sendable (Double, Double) -> Double = { truth(join($0 != 0, $1 != 0)) }
        return shapes.map { a, b in pair(operation, "\(a) and \(b)", truths(a, 1), truths(b, 2), by: combine) }
    }

    private static let extremes: [OperatorCase] =
        extreme(Operators.Max()) { $0.isNaN || $1.isNaN ? .nan : max($0, $1) }
        + extreme(Operators.Min()) { $0.isNaN || $1.isNaN ? .nan : min($0, $1) }

    private static func extreme(
        _ operation: any Operator, _ combine: @escaping @Sendable (Double, Double) -> Double
    ) -> [OperatorCase] {
        var rows = shapes.map { a, b in
            pair(operation, "\(a) and \(b)", .random(a, 1), .random(b, 2), by: combine)
        }
        rows.append(
            pair(operation, "NaN, infinities and zeros", .floats(special, [7, 1]), .floats(special, [7]), by: combine))
        rows.append(
            pair(
                operation, "pairs of equals", .init(tensor: Tensor([1, 2, 2, 0], shape: [4]), hasGradient: true),
                .init(tensor: Tensor([1, 2, -1, 3], shape: [4]), hasGradient: true), by: combine))
        rows.append(pair(operation, "i64", integers([1, 2, 1 << 40], [3]), integers([2, -2, 5], [3]), by: combine))
        rows.append(
            OperatorCase(operation, "one operand", [.random([5], 1)], tolerance: .exact) { [given($0, 0)] })
        let three: [OperatorCase.Input] = [.random([3, 4], 1), .random([4], 2), .random([3, 1], 3)]
        rows.append(
            OperatorCase(operation, "three operands", three, tolerance: .exact) { inputs in
                [combined(combined(given(inputs, 0), given(inputs, 1), combine), given(inputs, 2), combine)]
            })
        return rows
    }

    private static let clip: [OperatorCase] =
        [
            bounded("both", -0.5, 0.25), bounded("below", -0.5, nil), bounded("above", nil, 0.25),
            bounded("neither", nil, nil), bounded("contradiction", 0.5, -0.5),
        ].flatMap { $0 } + [
            OperatorCase(
                Operators.Clip(), "bounds that are computed",
                [.random([40], 1).plain, .floats([-0.5], []), .floats([0.25], [])], tolerance: .exact
            ) { inputs in [given(inputs, 0).map { within($0, -0.5, 0.25) }] },
            OperatorCase(
                Operators.Clip(), "i64", [integers([-5, 0, 7, 9], [4]), integers([-1], []), integers([8], [])],
                tolerance: .exact
            ) { inputs in [given(inputs, 0).map { within($0, -1, 8) }] },
        ]

    private static func bounded(_ note: String, _ lowest: Float?, _ highest: Float?) -> [OperatorCase] {
        func bound(_ value: Float?) -> OperatorCase.Input? {
            value.map { OperatorCase.Input(tensor: Tensor($0), role: .constant) }
        }
        let inputs: [OperatorCase.Input] = [.random([2, 3, 4, 5], 1), .floats(special, [7])]
        let least = lowest.map(Double.init) ?? -.infinity, greatest = highest.map(Double.init) ?? .infinity
        return inputs.map { x in
            OperatorCase(
                Operators.Clip(), "\(note), \(x.tensor.type)", [x, bound(lowest), bound(highest)], tolerance: .exact
            ) { inputs in [given(inputs, 0).map { within(within($0, least, .infinity), -.infinity, greatest) }] }
        }
    }

    private static let powers: [OperatorCase] =
        shapes.map {
            pair(
                Operators.Pow(), "\($0.0) and \($0.1)", .random($0.0, 1, in: 0.2...3),
                .random($0.1, 2, in: -3...3), .init(3e-7, "the C library's pow of floats"), by: power)
        } + [
            pair(
                Operators.Pow(), "NaN, infinities and zeros", .floats(special, [7, 1]), .floats(special, [7]), by: power
            ),
            pair(
                Operators.Pow(), "i64", integers([2, -3, 5, 1, 0], [5]), integers([10, 3, 0, -4, 2], [5]), by: power),
            pair(
                Operators.Pow(), "floats to integers",
                .init(tensor: Tensor([0.5, -2, 3], shape: [3]), hasGradient: true),
                integers([2, 3, -1], [3]), .rounding,
                by: power),
        ]

    private static let remainders: [OperatorCase] =
        shapes.map {
            pair(
                Operators.Mod(takesSignOfDividend: true), "\($0.0) and \($0.1)", .random($0.0, 1, in: -9...9).plain,
                .random($0.1, 2, in: 0.2...3).plain, by: { $0.truncatingRemainder(dividingBy: $1) })
        } + [
            pair(
                Operators.Mod(takesSignOfDividend: true), "NaN, infinities and zeros", .floats(special, [7, 1]),
                .floats(special, [7]), by: { $0.truncatingRemainder(dividingBy: $1) }),
            pair(
                Operators.Mod(takesSignOfDividend: true), "the sign of the dividend",
                integers([7, -7, 7, -7, 6, 5], [6]),
                integers([3, 3, -3, -3, 3, 0], [6]),
                by: { $1 == 0 ? 0 : $0 - $1 * ($0 / $1).rounded(.towardZero) }),
            pair(
                Operators.Mod(), "the sign of the divisor", integers([7, -7, 7, -7, 6, 5], [6]),
                integers([3, 3, -3, -3, 3, 0], [6]), by: { $1 == 0 ? 0 : $0 - $1 * ($0 / $1).rounded(.down) }),
            pair(
                Operators.Mod(), "i32", .init(tensor: Tensor([7, -7, .min] as [Int32], shape: [3])),
                .init(tensor: Tensor([4, 4, -1] as [Int32], shape: [3])), by: { $0 - $1 * ($0 / $1).rounded(.down) }),
        ]

    private static let chosen: [OperatorCase] =
        ([
            ([4, 5], [4, 5], [4, 5]), ([3, 1], [1, 4], []), ([1], [2, 3], [3]), ([0], [1], [1]),
            ([50, 1], [1, 70], [50, 70]),
        ] as [(Shape, Shape, Shape)]).map { condition, a, b in
            OperatorCase(
                Operators.Where(), "\(condition), \(a), \(b)", [truths(condition, 4), .random(a, 1), .random(b, 2)],
                tolerance: .exact
            ) { inputs in
                let condition = given(inputs, 0), a = given(inputs, 1), b = given(inputs, 2)
                guard let pair = a.shape.broadcast(with: b.shape), let shape = pair.broadcast(with: condition.shape)
                else {
                    preconditionFailure("shapes that do not broadcast")
                }
                return [
                    Numbers(
                        shape,
                        shape.allIndices.map {
                            condition.broadcast(at: $0) != 0 ? a.broadcast(at: $0) : b.broadcast(at: $0)
                        })
                ]
            }
        } + [
            OperatorCase(
                Operators.Where(), "i64", [truths([3, 4], 5), integers([1, 2, 3, 4], [4]), integers([-1], [])],
                tolerance: .exact
            ) { inputs in
                let condition = given(inputs, 0), a = given(inputs, 1)
                return [
                    Numbers([3, 4], condition.shape.allIndices.map { condition[$0] != 0 ? a.broadcast(at: $0) : -1 })
                ]
            }
        ]

    private static let numbers: [Float] = [0, 1, -1, 2.5, -2.5, 100, 127, 3.999]
    private static let casts: [OperatorCase] = [
        cast(.i32) { $0.rounded(.towardZero) }, cast(.i64) { $0.rounded(.towardZero) },
        cast(.i8) { $0.rounded(.towardZero) }, cast(.u8) { max($0.rounded(.towardZero), 0) },
        cast(.bool) { truth($0 != 0) }, cast(.f32) { $0 }, cast(.f16) { Double(Float16($0)) },
        castOfIntegers(.i32) { $0 }, castOfIntegers(.f32) { $0 }, castOfIntegers(.i8) { $0 },
        castOfIntegers(.bool) { truth($0 != 0) }, castOfIntegers(.f16) { $0 },
        OperatorCase(
            Operators.Cast(to: .i64), "floats out of range",
            [.floats([.nan, .infinity, -.infinity, 1e30, -1e30], [5])], tolerance: .exact
        ) { _ in
            [Numbers([5], [0, 0x1p63, -0x1p63, 0x1p63, -0x1p63])]
        },
        OperatorCase(
            Operators.Cast(to: .i8), "the lower bits", [integers([300, -129, 255], [3])], tolerance: .exact
        ) { _ in [Numbers([3], [44, 127, -1])] },
    ]

    private static func cast(_ type: ElementType, _ convert: @escaping @Sendable (Double) -> Double) -> OperatorCase {
        OperatorCase(
            Operators.Cast(to: type), "f32 to \(type)", [.floats(numbers, [numbers.count])], tolerance: .exact
        ) { inputs in [given(inputs, 0).map { convert($0) }] }
    }

    private static func castOfIntegers(
        _ type: ElementType, _ convert: @escaping @Sendable (Double) -> Double
    ) -> OperatorCase {
        OperatorCase(
            Operators.Cast(to: type), "i64 to \(type)", [integers([0, 1, -1, 100, -100], [5])], tolerance: .exact
        ) { inputs in [given(inputs, 0).map(convert)] }
    }

    private static let slopes: [OperatorCase] =
        ([
            ([2, 3, 4, 5], [3, 1, 1]), ([4, 5], [1]), ([3, 4], [3, 4]), ([0, 2], [2]),
        ] as [(Shape, Shape)]).map { shape, slope in
            OperatorCase(
                Operators.PRelu(), "slope \(slope)", [.random(shape, 1), .random(slope, 2)], tolerance: .rounding
            ) { inputs in [combined(given(inputs, 0), given(inputs, 1)) { $0 < 0 ? $0 * $1 : $0 }] }
        }
}
