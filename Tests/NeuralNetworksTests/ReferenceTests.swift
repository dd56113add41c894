import Engine
import Foundation
import NeuralNetworks
import Testing

/// Softmax regression with all that a training may do, written out in double.
private struct Reference {
    var weight: DoubleWeight
    var bias: DoubleWeight
    var averages: [[Double]]
    let classes: Int

    init(_ tensors: [String: Tensor], classes: Int) {
        weight = DoubleWeight(tensors["weight"]?.floats.map(Double.init) ?? [], decays: true)
        bias = DoubleWeight(tensors["bias"]?.floats.map(Double.init) ?? [], decays: false)
        averages = [weight.values, bias.values]
        self.classes = classes
    }

    /// Takes a step (counted from 1); gives the loss and the norm of the gradients.
    mutating func take(
        _ inputs: [[Double]], _ targets: [Int], smoothing: Double, limit: Double?, average: Double,
        optimizer: Optimizer, rate: Double,
        step: Int
    ) -> (loss: Double, norm: Double) {
        let width = inputs[0].count, count = Double(inputs.count)
        var dWeight = Array(repeating: 0.0, count: classes * width), dBias = Array(repeating: 0.0, count: classes),
            loss = 0.0
        for (x, target) in zip(inputs, targets) {
            let logits = (0..<classes).map { row in
                bias.values[row] + (0..<width).reduce(0) { $0 + weight.values[row * width + $1] * x[$1] }
            }
            let total = logits.reduce(0) { $0 + exp($1) }
            for row in 0..<classes {
                let wanted = (row == target ? 1 - smoothing : 0) + smoothing / Double(classes)
                loss -= wanted * (logits[row] - log(total)) / count
                let slope = (exp(logits[row]) / total - wanted) / count
                dBias[row] += slope
                for column in 0..<width { dWeight[row * width + column] += slope * x[column] }
            }
        }
        let norm = (dWeight + dBias).reduce(0) { $0 + $1 * $1 }.squareRoot()
        let scale = limit.map { min(1, $0 / (norm + 1e-6)) } ?? 1
        weight.move(optimizer, gradient: dWeight.map { scale * $0 }, rate: rate, step: step)
        bias.move(optimizer, gradient: dBias.map { scale * $0 }, rate: rate, step: step)
        let decay = min(average, Double(1 + step) / Double(10 + step))
        for (index, values) in [weight.values, bias.values].enumerated() {
            for place in values.indices {
                averages[index][place] = decay * averages[index][place] + (1 - decay) * values[place]
            }
        }
        return (loss, norm)
    }
}

@Suite struct ReferenceTests {
    @Test(
        "a training does what its formulas say in double: order, loss, smoothing, limit, schedule, update, average",
        arguments: [
            (Optimizer.sgd(momentum: 0.9, weightDecay: 0.1), Float?.none),
            (.sgd(momentum: 0.9, weightDecay: 0.1), 0.05),
            (.sgd(momentum: 0.8, isNesterov: true), 0.2), (.adamW(weightDecay: 0.1), nil),
            (.adamW(weightDecay: 0.1), 0.05),
        ])
    func doubled(_ optimizer: Optimizer, _ limit: Float?) throws {
        let classes = 3, width = 5, batchSize = 4
        var random = RandomStream(seed: 5, name: "reference")
        let rows = (0..<17).map { _ in (0..<width).map { _ in random.uniform(-1, 1) } }
        let targets = rows.map { $0[0] + $0[1] > 0.4 ? 0 : $0[2] > 0 ? 1 : 2 }
        let data = try TensorDataset(inputs: Tensor(rows.flatMap { $0 }, shape: [17, width]), targets: targets)
        let schedule = Schedule.cosine(peak: 0.1, warmUp: 3, steps: 20)
        var training = try Training(
            Dense(classes), input: [width], loss: .softmaxCrossEntropy(labelSmoothing: 0.1), optimizer: optimizer,
            schedule: schedule, seed: 11,
            options: .init(gradientLimit: limit, averaging: 0.6, threads: 1))
        var reference = Reference(training.state.tensors, classes: classes)
        var norms: [Double] = []
        for epoch in 0..<3 {
            let order = BatchOrder.shuffled(count: 17, seed: 11, epoch: epoch)
            var losses: [Double] = []
            for step in 0..<4 {
                let batch = order[step * batchSize..<(step + 1) * batchSize]
                let number = epoch * 4 + step + 1
                let (loss, norm) = reference.take(
                    batch.map { rows[$0].map(Double.init) }, batch.map { targets[$0] }, smoothing: Double(Float(0.1)),
                    limit: limit.map(Double.init), average: Double(Float(0.6)), optimizer: optimizer,
                    rate: Double(schedule.rate(at: number - 1)), step: number)
                losses.append(loss)
                norms.append(norm)
            }
            let got = try training.epoch(over: data, batchSize: batchSize)
            #expect(abs(got.loss - losses.reduce(0, +) / 4) < 1e-5)
            let tensors = training.state.tensors
            let expected = [
                ("weight", reference.weight.values), ("bias", reference.bias.values),
                ("weight.average", reference.averages[0]),
                ("bias.average", reference.averages[1]),
            ]
            for (name, values) in expected {
                let difference =
                    zip(tensors[name]?.floats ?? [], values).map { abs(Double($0) - $1) }.max() ?? .infinity
                #expect(difference < 1e-5, "\(name) after epoch \(epoch)")
            }
        }
        // The limit is in force where there is one.
        if let limit { #expect(norms.contains { $0 > Double(limit) }) }
        // The finished network has the averages.
        let graph = try training.graph()
        let constants = Dictionary(
            uniqueKeysWithValues: graph.nodes[0].inputs.compactMap { $0 }.compactMap { value in
                graph.constant(value).map { (graph[value].name, $0) }
            })
        #expect(constants["weight"] == training.state.tensors["weight.average"])
        #expect(constants["bias"] == training.state.tensors["bias.average"])
    }
}
