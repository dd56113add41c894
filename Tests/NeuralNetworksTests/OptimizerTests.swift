import Engine
import Kernels
import NeuralNetworks
import Testing

/// An optimizer and what it does to a number, in double.
struct OptimizerRow: CustomTestStringConvertible, Sendable {
    var optimizer: Optimizer
    /// Steps by which the distance to the goal must have fallen to a hundredth.
    var steps: Int
    var rate: Float
    var testDescription: String { "\(optimizer)" }
}

/// A weight under an optimizer, as the formulas say, in double.
struct DoubleWeight {
    var values: [Double]
    /// Whether it has more than one dimension.
    var decays: Bool
    private var first: [Double]
    private var second: [Double]

    init(_ values: [Double], decays: Bool) {
        self.values = values
        self.decays = decays
        first = Array(repeating: 0, count: values.count)
        second = first
    }

    /// - Parameter step: counted from 1.
    mutating func move(_ optimizer: Optimizer, gradient: [Double], rate: Double, step: Int) {
        for (place, g) in gradient.enumerated() {
            switch optimizer {
            case .sgd(let momentum, let isNesterov, let decay):
                let slope = g + (decays ? Double(decay) : 0) * values[place]
                first[place] = Double(momentum) * first[place] + slope
                values[place] -= rate * (isNesterov ? slope + Double(momentum) * first[place] : first[place])
            case .adamW(let beta1, let beta2, let epsilon, let decay):
                if decays { values[place] *= 1 - rate * Double(decay) }
                let (beta1, beta2) = (Double(beta1), Double(beta2))
                first[place] = beta1 * first[place] + (1 - beta1) * g
                second[place] = beta2 * second[place] + (1 - beta2) * g * g
                let (power1, power2) = (1...step).reduce((1.0, 1.0)) { powers, _ in (powers.0 * beta1, powers.1 * beta2)
                }
                values[place] -=
                    rate * (first[place] / (1 - power1))
                    / ((second[place] / (1 - power2)).squareRoot() + Double(epsilon))
            }
        }
    }
}

@Suite struct OptimizerTests {
    static let rows = [
        OptimizerRow(optimizer: .sgd(momentum: 0), steps: 60, rate: 0.3),
        OptimizerRow(optimizer: .sgd(), steps: 150, rate: 0.1),
        OptimizerRow(optimizer: .sgd(momentum: 0.5, isNesterov: true), steps: 60, rate: 0.3),
        OptimizerRow(optimizer: .sgd(momentum: 0.9, weightDecay: 1e-3), steps: 150, rate: 0.1),
        OptimizerRow(optimizer: .adamW(weightDecay: 0), steps: 150, rate: 0.05),
        OptimizerRow(
            optimizer: .adamW(beta1: 0.8, beta2: 0.99, epsilon: 1e-6, weightDecay: 1e-3), steps: 150, rate: 0.05),
    ]

    @Test("an optimizer does what its formula says and finds the bottom of a bowl", arguments: rows)
    func bowl(_ row: OptimizerRow) throws {
        let goals: [[Float]] = [[1, -0.5, 0.25, 2], [0.5, -1]]
        let starts: [[Float]] = [[0, 0.5, -1, 1], [1, 1]]
        let shapes: [Shape] = [[2, 2], [2]]
        // The mean of (w − goal)², of each weight; its gradient is 2·(w − goal)/n.
        var graph = Graph()
        let rate = graph.addInput("rate", dimensions: [])
        let step = graph.addInput("step", .i64, dimensions: [])
        let weights = zip(starts, shapes).enumerated().map { index, start in
            (name: "weight \(index)", value: graph.addState(Tensor(start.0, shape: start.1), name: "weight \(index)"))
        }
        var losses: [Graph.Value] = []
        for (index, weight) in weights.enumerated() {
            let goal = graph.addConstant(Tensor(goals[index], shape: shapes[index]))
            let distance = try graph.append(Operators.Sub(), [weight.value, goal])[0]
            losses.append(try graph.append(Operators.MeanSquares(), [distance])[0])
        }
        let loss = try graph.append(Operators.Add(), [losses[0], losses[1]])[0]
        graph.addOutput("loss", loss)
        let gradients = try graph.appendGradients(of: loss, withRespectTo: weights.map(\.value))
        for (weight, gradient) in zip(weights, gradients) {
            _ = try row.optimizer.append(
                to: &graph, weight: weight, gradient: try #require(gradient), rate: rate, step: step, scale: nil)
        }
        for instructionSet in InstructionSet.available {
            let states = Dictionary(
                uniqueKeysWithValues: graph.states.map { state in
                    (graph[state].name, Storage(copying: graph.initialState(state)?.storage ?? Storage(byteCount: 0)))
                })
            let plan = try Plan(
                try graph.applying(Pass.training), kernels: KernelSet(instructionSet), weights: WeightCache(),
                states: states)
            let session = Session(plan, pool: ThreadPool(threadCount: 1))
            var oracle = zip(starts, shapes).map { DoubleWeight($0.map(Double.init), decays: $1.rank > 1) }
            session.set(0, to: Tensor(row.rate))
            var lossAtStart = 0.0
            for number in 1...row.steps {
                session.set(1, to: Tensor([Int64(number)], shape: []))
                session.run()
                if number == 1 { lossAtStart = Double(session.output(0).floats[0]) }
                for index in oracle.indices {
                    let gradient = zip(oracle[index].values, goals[index]).map {
                        2 * ($0 - Double($1)) / Double(goals[index].count)
                    }
                    oracle[index].move(row.optimizer, gradient: gradient, rate: Double(row.rate), step: number)
                    let storage = try #require(states["weight \(index)"])
                    let got = Tensor(TensorType(.f32, shapes[index]), storage: storage).floats
                    // Rounding of float32 adds up over the steps, and near the goal AdamW divides small by small.
                    for (a, b) in zip(got, oracle[index].values) where abs(Double(a) - b) > 1e-5 {
                        Issue.record("\(instructionSet), step \(number), weight \(index): \(a), expected \(b)")
                        return
                    }
                }
            }
            #expect(Double(session.output(0).floats[0]) < 1e-2 * lossAtStart)
        }
    }

    @Test("moments are states by the weight's name; without momentum there are none") func names() throws {
        func names(_ optimizer: Optimizer) throws -> [String] {
            try Training(
                Dense(2), input: [2], loss: .softmaxCrossEntropy, optimizer: optimizer, schedule: .constant(rate: 1),
                options: .init(threads: 1)
            ).state.tensors.keys.sorted()
        }
        #expect(try names(.sgd(momentum: 0)) == ["bias", "weight"])
        #expect(try names(.sgd()) == ["bias", "bias.momentum", "weight", "weight.momentum"])
        #expect(
            try names(.adamW()) == [
                "bias", "bias.first_moment", "bias.second_moment", "weight", "weight.first_moment",
                "weight.second_moment",
            ])
    }
}
