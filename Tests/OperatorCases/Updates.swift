import Engine

extension OperatorCases {
    static let updates: [OperatorCase] = sgd + adamW + movingAverage + clipScale

    private static let rounded = OperatorCase.Tolerance(5e-7, "a few roundings of float32")

    private static func scalar(_ value: Float) -> OperatorCase.Input { .floats([value], []) }
    private static func step(_ value: Int64) -> OperatorCase.Input {
        OperatorCase.Input(tensor: Tensor([value], shape: []))
    }

    private static let sgd: [OperatorCase] =
        ([
            ("plain", 0, 0, false, nil), ("decay", 0, 0.1, false, nil), ("momentum", 0.9, 0, false, nil),
            ("momentum and decay", 0.9, 0.01, false, 0.5), ("Nesterov", 0.9, 0.01, true, nil),
            ("gradient scale", 0, 0, false, 0.25),
        ] as [(String, Float, Float, Bool, Float?)]).flatMap { note, momentum, decay, isNesterov, scale in
            ([[3, 5], [17], [0], [70, 1000]] as [Shape]).map { shape in
                OperatorCase(
                    Operators.SGDUpdate(momentum: momentum, weightDecay: decay, isNesterov: isNesterov), note,
                    [
                        .random(shape, 1).state, .random(shape, 2).plain, momentum == 0 ? nil : .random(shape, 3).state,
                        scalar(0.1), scale.map(scalar),
                    ], tolerance: rounded
                ) { inputs in
                    var w: Numbers<Double> = given(inputs, 0)
                    var v = optional(inputs, 2)
                    let rate = given(inputs, 3).values[0], factor = optional(inputs, 4)?.values[0] ?? 1
                    for place in w.values.indices {
                        let g = factor * given(inputs, 1).values[place] + Double(decay) * w.values[place]
                        var move = g
                        if let old = v?.values[place] {
                            let new = Double(momentum) * old + g
                            v?.values[place] = new
                            move = isNesterov ? g + Double(momentum) * new : new
                        }
                        w.values[place] -= rate * move
                    }
                    return v.map { [w, $0] } ?? [w]
                }
            }
        }

    private static let adamW: [OperatorCase] =
        ([
            ("first step", 1, 0, nil), ("decay", 3, 0.1, nil), ("gradient scale", 1000, 0.01, 0.5),
        ] as [(String, Int64, Float, Float?)]).flatMap { note, count, decay, scale in
            ([[3, 5], [33], [0], [70, 1000]] as [Shape]).map { shape in
                let operation = Operators.AdamWUpdate(beta1: 0.9, beta2: 0.999, epsilon: 1e-8, weightDecay: decay)
                return OperatorCase(
                    operation, note,
                    [
                        .random(shape, 1).state, .random(shape, 2).plain, .random(shape, 3, in: -0.1...0.1).state,
                        .random(shape, 4, in: 0.001...0.1).state, scalar(0.01), step(count), scale.map(scalar),
                    ], tolerance: OperatorCase.Tolerance(1e-6, "a few roundings of float32")
                ) { inputs in
                    var w: Numbers<Double> = given(inputs, 0), m = given(inputs, 2), v = given(inputs, 3)
                    let rate = given(inputs, 4).values[0], factor = optional(inputs, 6)?.values[0] ?? 1
                    let (beta1, beta2) = (Double(operation.beta1), Double(operation.beta2))
                    var corrections = (1.0, 1.0)
                    for _ in 0..<count { corrections = (corrections.0 * beta1, corrections.1 * beta2) }
                    for place in w.values.indices {
                        let g = factor * given(inputs, 1).values[place]
                        w.values[place] *= 1 - rate * Double(decay)
                        m.values[place] = beta1 * m.values[place] + (1 - beta1) * g
                        v.values[place] = beta2 * v.values[place] + (1 - beta2) * g * g
                        let first = m.values[place] / (1 - corrections.0),
                            second = v.values[place] / (1 - corrections.1)
                        w.values[place] -= rate * first / (second.squareRoot() + Double(operation.epsilon))
                    }
                    return [w, m, v]
                }
            }
        }

    private static let movingAverage: [OperatorCase] =
        ([
            ("start", 0), ("early", 5), ("late", 100_000),
        ] as [(String, Int64)]).map { note, count in
            OperatorCase(
                Operators.MovingAverageUpdate(decay: 0.999), note,
                [.random([5, 7], 1).state, .random([5, 7], 2).plain, step(count)],
                tolerance: rounded
            ) { inputs in
                let decay = min(Double(Float(0.999)), (1 + Double(count)) / (10 + Double(count)))
                return [combined(given(inputs, 0), given(inputs, 1)) { decay * $0 + (1 - decay) * $1 }]
            }
        }

    private static let clipScale: [OperatorCase] =
        ([
            ("above the limit", 0.5, [[3, 5], [17], [70, 1000]]), ("below the limit", 1e6, [[3, 5], [17]]),
            ("one", 0.1, [[4]]),
            ("empty", 1, [[0], [2]]),
        ] as [(String, Float, [Shape])]).map { note, limit, shapes in
            OperatorCase(
                Operators.ClipScale(limit: limit), note, shapes.enumerated().map { .random($1, UInt64($0)).plain },
                tolerance: rounded
            ) { inputs in
                let squares = inputs.indices.map { index in given(inputs, index).values.reduce(0) { $0 + $1 * $1 } }
                let norm = squares.reduce(0, +).squareRoot()
                return [Numbers([], [min(1, Double(limit) / (norm + 1e-6))]), Numbers([], [norm])]
            }
        }
}
