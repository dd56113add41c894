import Engine

extension OperatorCases {
    static let reductions: [OperatorCase] =
        rows("sum", { Operators.ReduceSum(axes: $0, keepsDimensions: $1) }) { $0.reduce(0, +) }
        + rows("mean", { Operators.ReduceMean(axes: $0, keepsDimensions: $1) }) { $0.reduce(0, +) / Double($0.count) }
        + rows("max", { Operators.ReduceMax(axes: $0, keepsDimensions: $1) }) {
            $0.reduce(-.infinity) { $0.isNaN || $1.isNaN ? .nan : max($0, $1) }
        }
        + rows("min", { Operators.ReduceMin(axes: $0, keepsDimensions: $1) }) {
            $0.reduce(.infinity) { $0.isNaN || $1.isNaN ? .nan : min($0, $1) }
        }
        + rows("L2", { Operators.ReduceL2(axes: $0, keepsDimensions: $1) }) {
            $0.reduce(0) { $0 + $1 * $1 }.squareRoot()
        }
        + rows("product", hasGradient: false, { Operators.ReduceProd(axes: $0, keepsDimensions: $1) }) {
            $0.reduce(1, *)
        }
        + rows("squares", { Operators.ReduceSumSquare(axes: $0, keepsDimensions: $1) }) {
            $0.reduce(0) { $0 + $1 * $1 }
        } + integers + truths + places

    /// The elements of x for each element of the result.
    private static func groups(_ x: Numbers<Double>, _ axes: [Int]?, _ keepsDimensions: Bool) -> (Shape, [[Double]]) {
        let gone = axes?.map { $0 < 0 ? $0 + x.shape.rank : $0 } ?? Array(x.shape.indices)
        let kept = Shape(x.shape.indices.map { gone.contains($0) ? 1 : x.shape[$0] })
        let inner = Shape(x.shape.indices.map { gone.contains($0) ? x.shape[$0] : 1 })
        let groups = kept.allIndices.map { start in
            inner.allIndices.map { offset in x[zip(start, offset).map { $0 + $1 }] }
        }
        let dropped = Shape(x.shape.indices.filter { !gone.contains($0) }.map { x.shape[$0] })
        return (keepsDimensions ? kept : dropped, groups)
    }

    private static func rows(
        _ note: String, hasGradient: Bool = true, _ make: ([Int]?, Bool) -> any Operator,
        _ join: @escaping @Sendable ([Double]) -> Double
    ) -> [OperatorCase] {
        ([
            ([2, 3, 4], nil, true), ([2, 3, 4], [1], true), ([2, 3, 4], [1], false), ([2, 3, 4], [0, 2], true),
            ([2, 3, 4], [-1], false), ([2, 3, 4, 5], [2, 3], true), ([2, 3, 4, 5], [0, 2, 3], false),
            ([3, 4], [], true),
            ([5], nil, false), ([], nil, true), ([3, 0], [1], true), ([70, 33], [0], true), ([33, 1000], [1], false),
        ] as [(Shape, [Int]?, Bool)]).map { shape, axes, keeps in
            OperatorCase(
                make(axes, keeps), "\(note) along \(axes.map(\.description) ?? "all")\(keeps ? ", kept" : "")",
                [.random(shape, 3, hasGradient: hasGradient)], tolerance: .sums
            ) { inputs in
                let (shape, groups) = groups(given(inputs, 0), axes, keeps)
                return [Numbers(shape, groups.map(join))]
            }
        } + [
            OperatorCase(
                make([1], true), "\(note) with NaN and infinities",
                [.floats([1, .nan, 2, .infinity, 3, 4, -.infinity, 0, 1], [3, 3])], tolerance: .sums
            ) { inputs in
                let (shape, groups) = groups(given(inputs, 0), [1], true)
                return [Numbers(shape, groups.map(join))]
            }
        ]
    }

    private static let integers: [OperatorCase] =
        ([
            (Operators.ReduceSum(axes: [0]), [3, 1, 3]), (Operators.ReduceMax(axes: [0]), [5, 3, 2]),
            (Operators.ReduceMin(axes: [0]), [-2, -2, 1]), (Operators.ReduceMean(axes: [0]), [1, 0, 1]),
            (Operators.ReduceProd(axes: [0]), [-10, -6, 2]), (Operators.ReduceSumSquare(axes: [0]), [29, 13, 5]),
        ] as [(any Operator, [Double])]).flatMap { operation, result in
            [
                Tensor([5, -2, 1, -2, 3, 2] as [Int64], shape: [2, 3]),
                Tensor([5, -2, 1, -2, 3, 2] as [Int32], shape: [2, 3]),
            ].map { x in
                OperatorCase(operation, "\(x.elementType)", [.init(tensor: x)], tolerance: .exact) { _ in
                    [Numbers([1, 3], result)]
                }
            }
        }

    private static let truths: [OperatorCase] =
        ([
            (Operators.ReduceMax(axes: [0]), [1, 1, 0], [0, 0]), (Operators.ReduceMin(axes: [0]), [1, 0, 0], [1, 1]),
        ] as [(any Operator, [Double], [Double])]).flatMap { operation, result, ofNothing in
            [
                OperatorCase(
                    operation, "truth values",
                    [.init(tensor: Tensor([true, false, false, true, true, false], shape: [2, 3]))], tolerance: .exact
                ) { _ in
                    [Numbers([1, 3], result)]
                },
                OperatorCase(
                    operation, "no truth value", [.init(tensor: Tensor(zeros: [0, 2], .bool))], tolerance: .exact
                ) { _ in
                    [Numbers([1, 2], ofNothing)]
                },
            ]
        }

    private static let places: [OperatorCase] =
        ([
            ([2, 5], 1, true, false), ([2, 5], 0, false, false), ([2, 5], -1, false, true),
            ([2, 3, 40], 2, true, false),
            ([2, 30, 4], 1, false, true), ([1], 0, true, false),
        ] as [(Shape, Int, Bool, Bool)]).flatMap { shape, axis, keeps, last in
            // Whole numbers, so that there are equals.
            [
                OperatorCase.Input.floats(
                    (0..<shape.elementCount).map { (uniform(9, UInt64($0)) * 6).rounded() }, shape),
                .init(tensor: Tensor((0..<shape.elementCount).map { Int64(uniform(9, UInt64($0)) * 6) }, shape: shape)),
            ].map { x in
                OperatorCase(
                    Operators.ArgMax(axis: axis, keepsDimensions: keeps, takesLast: last),
                    "axis \(axis)\(keeps ? ", kept" : "")\(last ? ", the last" : "")", [x], tolerance: .exact
                ) { inputs in
                    let (shape, groups) = groups(given(inputs, 0), [axis], keeps)
                    return [
                        Numbers(
                            shape,
                            groups.map { group in
                                let greatest = group.max() ?? 0
                                return Double(
                                    (last ? group.lastIndex(of: greatest) : group.firstIndex(of: greatest)) ?? 0)
                            })
                    ]
                }
            }
        } + [
            OperatorCase(Operators.ArgMax(axis: 1), "NaN", [.floats([1, .nan, 3, .nan], [1, 4])], tolerance: .exact) {
                _ in
                [Numbers([1, 1], [1])]
            }
        ]
}
