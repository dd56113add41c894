import Engine

/// Rows of operators that move elements and compute nothing.
extension OperatorCases {
    static let movements: [OperatorCase] =
        concat + split + slice + pad + expand + tile + squeeze + shapes + constants + progressions

    /// Elements of x at indices that depend on those of the result.
    private static func gathered(
        _ x: Numbers<Double>, _ shape: Shape, _ source: ([Int]) -> [Int]?
    ) -> Numbers<Double> {
        Numbers(shape, shape.allIndices.map { source($0).map { x[$0] } ?? 0 })
    }

    private static let concat: [OperatorCase] =
        ([
            ([[2, 3], [2, 5]], 1), ([[2, 3], [1, 3], [4, 3]], 0), ([[2, 3, 4, 5], [2, 1, 4, 5]], 1),
            ([[2, 3], [2, 0]], -1),
            ([[7]], 0), ([[2, 2, 3], [2, 2, 1]], -1),
        ] as [([Shape], Int)]).map { shapes, axis in
            OperatorCase(
                Operators.Concat(axis: axis), "\(shapes) along \(axis)",
                shapes.enumerated().map { .random($1, UInt64($0)) }, tolerance: .exact
            ) { inputs in
                let parts = inputs.indices.map { given(inputs, $0) }
                let axis = axis < 0 ? axis + parts[0].shape.rank : axis
                let total = parts.reduce(0) { $0 + $1.shape[axis] }
                let shape = parts[0].shape.replacing(axis: axis, with: total)
                return [
                    Numbers(
                        shape,
                        shape.allIndices.map { index in
                            var index = index
                            for part in parts {
                                if index[axis] < part.shape[axis] { return part[index] }
                                index[axis] -= part.shape[axis]
                            }
                            preconditionFailure("beyond the parts")
                        })
                ]
            }
        }

    private static let split: [OperatorCase] =
        ([
            ([6, 2], 0, 3, nil, [2, 2, 2]), ([7, 2], 0, 3, nil, [3, 3, 1]), ([2, 5], -1, 2, [2, 3], [2, 3]),
            ([2, 3, 4], 1, 3, [1, 0, 2], [1, 0, 2]), ([4], 0, 1, nil, [4]),
        ] as [(Shape, Int, Int, [Int64]?, [Int])]).map { shape, axis, count, sizes, expected in
            OperatorCase(
                Operators.Split(axis: axis, count: count), "\(expected) along \(axis)",
                [.random(shape, 3)] + (sizes.map { [.integers($0)] } ?? []), tolerance: .exact
            ) { inputs in
                let x = given(inputs, 0), place = axis < 0 ? axis + x.shape.rank : axis
                var start = 0
                return expected.map { size in
                    defer { start += size }
                    return gathered(x, x.shape.replacing(axis: place, with: size)) { index in
                        var index = index
                        index[place] += start
                        return index
                    }
                }
            }
        }

    /// starts, ends, axes, steps; for each axis of the result the places in x.
    private static let slice: [OperatorCase] =
        ([
            ([5, 6], [1, 2], [4, 5], nil, nil, [[1, 2, 3], [2, 3, 4]]),
            ([5, 6], [1], [.max], [1], nil, [[0, 1, 2, 3, 4], [1, 2, 3, 4, 5]]),
            ([5, 6], [-3], [-1], [-1], nil, [[0, 1, 2, 3, 4], [3, 4]]),
            ([5], [4], [0], [0], [-1], [[4, 3, 2, 1]]), ([5], [.max], [.min], [0], [-2], [[4, 2, 0]]),
            ([5], [0], [5], [0], [2], [[0, 2, 4]]), ([5], [3], [2], [0], nil, [[]]), ([0], [0], [3], [0], nil, [[]]),
            ([4, 3], [0, 0], [9, 9], [1, 0], [2, 3], [[0, 3], [0, 2]]), ([5], [1], [4], [0], [.max], [[1]]),
            ([5], [-9], [2], [0], nil, [[0, 1]]),
        ] as [(Shape, [Int64], [Int64], [Int64]?, [Int64]?, [[Int]])]).map { shape, starts, ends, axes, steps, places in
            OperatorCase(
                Operators.Slice(),
                "\(shape) from \(starts) to \(ends), axes \(axes.map(\.description) ?? "all"), by \(steps.map(\.description) ?? "1")",
                [
                    .random(shape, 4), .integers(starts), .integers(ends), axes.map { .integers($0) },
                    steps.map { .integers($0) },
                ],
                tolerance: .exact
            ) { inputs in
                [gathered(given(inputs, 0), Shape(places.map(\.count))) { index in zip(index, places).map { $1[$0] } }]
            }
        }

    private static let pad: [OperatorCase] =
        Operators.Pad.Mode.allCases.flatMap { mode in
            ([
                ([4], [2, 3]), ([3, 4], [1, 0, 0, 2]), ([2, 3, 4, 5], [0, 0, 1, 2, 0, 0, 2, 1]), ([5], [-1, 2]),
                ([3, 4], [0, 0, 0, 0]), ([4, 4], [-1, -2, -1, -1]),
            ] as [(Shape, [Int64])]).map { shape, pads in
                OperatorCase(
                    Operators.Pad(mode: mode), "\(mode) \(pads) of \(shape)",
                    [.random(shape, 6), .integers(pads)], tolerance: .exact
                ) { inputs in
                    let x = given(inputs, 0), rank = x.shape.rank
                    let result = Shape((0..<rank).map { x.shape[$0] + Int(pads[$0] + pads[$0 + rank]) })
                    return [
                        gathered(x, result) { index in
                            var source = index
                            for axis in 0..<rank {
                                let size = x.shape[axis]
                                var place = index[axis] - Int(pads[axis])
                                switch mode {
                                case .constant: if place < 0 || place >= size { return nil }
                                case .edge: place = min(max(place, 0), size - 1)
                                case .wrap: while place < 0 || place >= size { place += place < 0 ? size : -size }
                                case .reflect:
                                    if place < 0 { place = -place }
                                    if place >= size { place = 2 * size - 2 - place }
                                }
                                source[axis] = place
                            }
                            return source
                        }
                    ]
                }
            }
        } + [
            OperatorCase(
                Operators.Pad(), "with a value, along the last axis",
                [.random([2, 3], 6), .integers([1, 2]), .floats([7.5], []), .integers([-1])], tolerance: .exact
            ) { inputs in
                let x = given(inputs, 0)
                return [
                    Numbers(
                        [2, 6],
                        ([2, 6] as Shape).allIndices.map { (1..<4).contains($0[1]) ? x[[$0[0], $0[1] - 1]] : 7.5 })
                ]
            }
        ]

    private static let expand: [OperatorCase] =
        ([
            ([3, 1], [2, 1, 4], [2, 3, 4]), ([3], [1], [3]), ([], [2, 2], [2, 2]), ([2, 3], [2, 3], [2, 3]),
            ([1], [0], [0]),
        ] as [(Shape, [Int64], Shape)]).map { shape, wanted, result in
            OperatorCase(
                Operators.Expand(), "\(shape) to \(wanted)", [.random(shape, 1), .integers(wanted)], tolerance: .exact
            ) { inputs in
                let x = given(inputs, 0)
                return [Numbers(result, result.allIndices.map { x.broadcast(at: $0) })]
            }
        }

    private static let tile: [OperatorCase] =
        ([
            ([3], [2]), ([2, 3], [2, 2]), ([2, 3, 4, 5], [1, 3, 2, 1]), ([2, 3], [1, 1]), ([2, 3], [0, 2]), ([], []),
            ([0, 3], [2, 2]), ([1, 2, 1, 2, 1, 2, 1, 2], [2, 2, 1, 2, 2, 1, 2, 2]),
        ] as [(Shape, [Int64])]).map { shape, repeats in
            OperatorCase(
                Operators.Tile(), "\(shape), \(repeats) times", [.random(shape, 2).plain, .integers(repeats)],
                tolerance: .exact
            ) { inputs in
                let x = given(inputs, 0), result = Shape(zip(shape, repeats).map { $0 * Int($1) })
                return [gathered(x, result) { index in zip(index, shape).map { $0 % $1 } }]
            }
        }

    private static let progressions: [OperatorCase] =
        ([
            (Tensor([3, 9, 2] as [Int64], shape: [3]), [3, 5, 7]),
            (Tensor([3, 10, 3] as [Int64], shape: [3]), [3, 6, 9]),
            (Tensor([5, -1, -2] as [Int32], shape: [3]), [5, 3, 1]), (Tensor([5, 1, 2] as [Int64], shape: [3]), []),
            (Tensor([.max - 1, .max, .max] as [Int64], shape: [3]), [0x1p63]),
            (Tensor([1, 2, 0.25], shape: [3]), [1, 1.25, 1.5, 1.75]),
            (Tensor([0, -1, -0.5], shape: [3]), [0, -0.5]), (Tensor([0, 1, -0.5], shape: [3]), []),
        ] as [(Tensor, [Double])]).map { numbers, result in
            let parts = (0..<3).compactMap { place -> Tensor? in
                if let values = numbers.integers {
                    return numbers.elementType == .i32
                        ? Tensor([Int32(values[place])], shape: []) : Tensor([Int64(values[place])], shape: [])
                }
                return Tensor([numbers.floats[place]], shape: [])
            }
            return OperatorCase(
                Operators.Progression(), "\(numbers.type), \(result)",
                parts.map { OperatorCase.Input(tensor: $0, role: .constant) }, tolerance: .exact
            ) { _ in [Numbers([result.count], result)] }
        }

    private static let squeeze: [OperatorCase] =
        ([
            (Operators.Squeeze(), [1, 3, 1, 2], [3, 2]), (Operators.Squeeze(axes: [-2]), [1, 3, 1, 2], [1, 3, 2]),
            (Operators.Squeeze(axes: []), [1, 2], [1, 2]), (Operators.Squeeze(axes: [1]), [3, 1, 2], [3, 2]),
            (Operators.Unsqueeze(axes: [0, -1]), [3, 2], [1, 3, 2, 1]),
            (Operators.Unsqueeze(axes: [2, 1]), [3], [3, 1, 1]), (Operators.Unsqueeze(axes: [0]), [], [1]),
        ] as [(any Operator, Shape, Shape)]).map { operation, shape, result in
            OperatorCase(operation, "\(shape) to \(result)", [.random(shape, 2)], tolerance: .exact) { inputs in
                [Numbers(result, given(inputs, 0).values)]
            }
        }

    private static let shapes: [OperatorCase] =
        ([
            (Operators.ShapeOf(), [2, 3, 0], [2, 3, 0]), (Operators.ShapeOf(), [], []),
            (Operators.ShapeOf(start: 1), [2, 3, 4], [3, 4]), (Operators.ShapeOf(start: -1), [2, 3, 4], [4]),
            (Operators.ShapeOf(start: -9, end: -1), [2, 3, 4], [2, 3]),
            (Operators.ShapeOf(start: 2, end: 1), [2, 3, 4], []),
        ] as [(Operators.ShapeOf, Shape, [Double])]).map { operation, shape, result in
            OperatorCase(
                operation, "of \(shape) from \(operation.start) to \(operation.end.map(String.init) ?? "the end")",
                [.random(shape, 2).plain], tolerance: .exact
            ) { _ in [Numbers([result.count], result)] }
        }

    private static let constants: [OperatorCase] =
        ([
            (Operators.ConstantOfShape(), [2, 3], 0), (Operators.ConstantOfShape(value: Tensor(2.5)), [4], 2.5),
            (Operators.ConstantOfShape(value: Tensor([-7] as [Int64], shape: [1])), [3], -7),
            (Operators.ConstantOfShape(value: Tensor([true], shape: [])), [0, 2], 1),
            (Operators.ConstantOfShape(), [], 0),
        ] as [(Operators.ConstantOfShape, [Int64], Double)]).map { operation, shape, value in
            OperatorCase(operation, "\(value) in \(shape)", [.integers(shape)], tolerance: .exact) { _ in
                let shape = Shape(shape.map(Int.init))
                return [Numbers(shape, Array(repeating: value, count: shape.elementCount))]
            }
        }
}
