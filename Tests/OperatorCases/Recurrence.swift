import Engine

/// Rows of the recurrent operators: sizes, and which of the optional inputs there are.
struct RecurrentRow {
    var note: String
    var steps, rows, inputs, units: Int
    var direction = RecurrentDirection.forward
    var hasBias = true
    var hasState = true
    /// Of each sequence.
    var lengths: [Int32]?

    static let all: [RecurrentRow] = [
        Self(note: "three steps", steps: 3, rows: 2, inputs: 4, units: 5),
        Self(note: "reverse", steps: 4, rows: 3, inputs: 3, units: 4, direction: .reverse),
        Self(note: "both directions", steps: 4, rows: 2, inputs: 3, units: 17, direction: .bidirectional),
        Self(note: "a step with state", steps: 1, rows: 1, inputs: 16, units: 33),
        Self(note: "without bias and state", steps: 3, rows: 2, inputs: 5, units: 16, hasBias: false, hasState: false),
        Self(
            note: "lengths", steps: 5, rows: 4, inputs: 3, units: 6, direction: .bidirectional,
            lengths: [5, 2, 0, 3]),
        Self(
            note: "falling lengths, reverse, no state", steps: 6, rows: 3, inputs: 4, units: 8, direction: .reverse,
            hasState: false, lengths: [6, 4, 1]),
        Self(
            note: "lengths out of range, which count as the nearest bound", steps: 3, rows: 4, inputs: 2, units: 3,
            lengths: [.max, -1, .min, 2]),
        Self(
            note: "many rows, several blocks of steps", steps: 5, rows: 40, inputs: 7, units: 24, direction: .reverse,
            lengths: (0..<40).map { Int32($0 * 7 % 6) }),
        Self(note: "a long sequence", steps: 70, rows: 1, inputs: 3, units: 8),
        Self(note: "several tasks", steps: 2, rows: 30, inputs: 100, units: 130),
        Self(note: "a step in several tasks", steps: 2, rows: 1, inputs: 9, units: 600),
        Self(
            note: "many rows in several tasks", steps: 2, rows: 130, inputs: 5, units: 70,
            lengths: (0..<130).map { $0 % 3 }),
        Self(note: "no step", steps: 0, rows: 2, inputs: 3, units: 4),
        Self(note: "no row", steps: 3, rows: 0, inputs: 3, units: 4),
        Self(note: "no input", steps: 3, rows: 2, inputs: 0, units: 4),
        Self(note: "no unit", steps: 3, rows: 2, inputs: 3, units: 0),
    ]

    /// X, W, R, B, lengths, and as many initial states.
    func operands(gates: Int, states: Int) -> [OperatorCase.Input?] {
        let passes = direction.count
        let scale = 1 / Float(max(inputs + units, 1)).squareRoot()
        func weights(_ shape: Shape, _ seed: UInt64) -> OperatorCase.Input {
            .random(shape, seed, in: -2 * scale...2 * scale)
        }
        return [
            .random([steps, rows, inputs], 41, in: -2...2), weights([passes, gates * units, inputs], 42),
            weights([passes, gates * units, units], 43),
            hasBias ? .random([passes, 2 * gates * units], 44, in: -0.5...0.5) : nil,
            lengths.map { OperatorCase.Input(tensor: Tensor($0, shape: [rows])) },
        ] + (0..<states).map { hasState ? .random([passes, rows, units], 45 + UInt64($0)) : nil }
    }

    /// The outputs of an operator whose cell goes from a row of x and its states, the first of which is the output, to new states.
    func run(
        _ inputs: [Numbers<Double>?], states: Int,
        cell: (_ pass: Int, _ x: ArraySlice<Double>, _ states: [[Double]]) -> [[Double]]
    ) -> [Numbers<Double>] {
        let passes = direction.count, x = given(inputs, 0)
        var y = Numbers<Double>([steps, passes, rows, units])
        var finals = Array(repeating: Numbers<Double>([passes, rows, units]), count: states)
        for pass in 0..<passes {
            for row in 0..<rows {
                let place = (pass * rows + row) * units..<(pass * rows + row + 1) * units
                var state = (0..<states).map {
                    optional(inputs, 5 + $0).map { Array($0.values[place]) } ?? Array(repeating: 0, count: units)
                }
                let length = min(max(lengths.map { Int($0[row]) } ?? steps, 0), steps)
                let times = Array(0..<length)
                for time in direction == .reverse || pass == 1 ? times.reversed() : times {
                    let start = (time * rows + row) * self.inputs
                    state = cell(pass, x.values[start..<start + self.inputs], state)
                    let to = ((time * passes + pass) * rows + row) * units
                    y.values.replaceSubrange(to..<to + units, with: state[0])
                }
                for index in 0..<states { finals[index].values.replaceSubrange(place, with: state[index]) }
            }
        }
        return [y] + finals
    }
}

/// The weights of a pass, as the oracles read them.
struct RecurrentWeights {
    let w, r: Numbers<Double>
    let b: Numbers<Double>?
    let gates, units: Int

    init(_ inputs: [Numbers<Double>?], gates: Int) {
        w = given(inputs, 1)
        r = given(inputs, 2)
        b = optional(inputs, 3)
        self.gates = gates
        units = r.shape[2]
    }

    /// W·x + Wb of a gate's unit.
    func input(_ pass: Int, _ gate: Int, _ unit: Int, _ x: ArraySlice<Double>) -> Double {
        let row = (pass * gates + gate) * units + unit
        var sum = bias(pass, gate, unit)
        for (place, value) in x.enumerated() { sum += w.values[row * x.count + place] * value }
        return sum
    }

    /// R·h + Rb of a gate's unit.
    func state(_ pass: Int, _ gate: Int, _ unit: Int, _ h: [Double]) -> Double {
        let row = (pass * gates + gate) * units + unit
        var sum = bias(pass, gates + gate, unit)
        for (place, value) in h.enumerated() { sum += r.values[row * units + place] * value }
        return sum
    }

    private func bias(_ pass: Int, _ gate: Int, _ unit: Int) -> Double {
        b?.values[(pass * 2 * gates + gate) * units + unit] ?? 0
    }
}

func logistic(_ x: Double) -> Double { 1 / (1 + exponential(-x)) }

extension OperatorCases {
    /// σ and tanh are exact to 5e-7, and errors go on from step to step.
    static let recurrentTolerance = OperatorCase.Tolerance(4e-6, "σ and tanh to 5e-7, float32 sums, over some steps")

    static let lstm: [OperatorCase] = RecurrentRow.all.map { row in
        OperatorCase(
            Operators.LSTM(direction: row.direction), row.note, row.operands(gates: 4, states: 2),
            tolerance: recurrentTolerance
        ) { inputs in
            let weights = RecurrentWeights(inputs, gates: 4)
            return row.run(inputs, states: 2) { pass, x, states in
                let gates = (0..<4).map { gate in
                    (0..<row.units).map { weights.input(pass, gate, $0, x) + weights.state(pass, gate, $0, states[0]) }
                }
                let cell = (0..<row.units).map {
                    logistic(gates[2][$0]) * states[1][$0] + logistic(gates[0][$0]) * hyperbolicTangent(gates[3][$0])
                }
                return [(0..<row.units).map { logistic(gates[1][$0]) * hyperbolicTangent(cell[$0]) }, cell]
            }
        }
    }

    static let gru: [OperatorCase] = [false, true].flatMap { resetsAfter in
        RecurrentRow.all.map { row in
            OperatorCase(
                Operators.GRU(direction: row.direction, resetsAfter: resetsAfter),
                "\(resetsAfter ? "reset after" : "reset before"), \(row.note)", row.operands(gates: 3, states: 1),
                tolerance: recurrentTolerance
            ) { inputs in
                let weights = RecurrentWeights(inputs, gates: 3)
                return row.run(inputs, states: 1) { pass, x, states in
                    let h = states[0]
                    func gate(_ gate: Int) -> [Double] {
                        (0..<row.units).map {
                            logistic(weights.input(pass, gate, $0, x) + weights.state(pass, gate, $0, h))
                        }
                    }
                    let z = gate(0), r = gate(1), reset = zip(r, h).map(*)
                    return [
                        (0..<row.units).map { unit in
                            let recurrent =
                                resetsAfter
                                ? r[unit] * weights.state(pass, 2, unit, h) : weights.state(pass, 2, unit, reset)
                            let n = hyperbolicTangent(weights.input(pass, 2, unit, x) + recurrent)
                            return (1 - z[unit]) * n + z[unit] * h[unit]
                        }
                    ]
                }
            }
        }
    }
}
