import Engine
import OperatorCases

/// A graph in the making with random weights, for tests of what is done to whole graphs.
struct Network {
    var graph = Graph()
    private var seed: UInt64 = 1_000

    mutating func input(_ dimensions: [Dimension], name: String = "x") -> Graph.Value {
        graph.addInput(name, dimensions: dimensions)
    }

    mutating func constant(_ shape: Shape, in range: ClosedRange<Float> = -1...1) -> Graph.Value {
        seed += 1
        return graph.addConstant(Tensor.random(shape, seed, in: range), name: "constant \(seed)")
    }

    mutating func conv(
        _ x: Graph.Value, to channels: Int, kernel: SpatialWindow.Pair = 3, strides: SpatialWindow.Pair = 1,
        groups: Int = 1, hasBias: Bool = true
    ) throws -> Graph.Value {
        let inputs = graph.type(of: x).shape[1]
        let weight = constant([channels, inputs / groups, kernel.vertical, kernel.horizontal], in: -0.4...0.4)
        let bias = hasBias ? constant([channels]) : nil
        return try append(
            Operators.Conv(window: SpatialWindow(kernel: kernel, strides: strides, padding: .same), groups: groups), x,
            weight, bias)
    }

    /// A convolution to many channels, a depthwise one, and a 1×1 one to few.
    mutating func invertedResidual(
        _ x: Graph.Value, through: Int, to channels: Int, strides: Int, expansion: Int = 1
    ) throws -> Graph.Value {
        let wide = try relu(
            conv(
                x, to: through, kernel: .init(expansion, expansion),
                strides: .init(expansion / 2 + 1, expansion / 2 + 1)))
        let filtered = try relu(conv(wide, to: through, strides: .init(strides, strides), groups: through))
        return try conv(filtered, to: channels, kernel: 1)
    }

    mutating func normalization(_ x: Graph.Value, isTraining: Bool = false) throws -> Graph.Value {
        let each: Shape = [graph.type(of: x).shape[1]]
        return try append(
            Operators.BatchNormalization(isTraining: isTraining), x, constant(each, in: 0.5...2), constant(each),
            constant(each),
            constant(each, in: 0.5...2))
    }

    mutating func relu(_ x: Graph.Value) throws -> Graph.Value { try append(Operators.Relu(), x) }
    mutating func add(_ a: Graph.Value, _ b: Graph.Value) throws -> Graph.Value { try append(Operators.Add(), a, b) }
    mutating func dense(_ x: Graph.Value, to columns: Int) throws -> Graph.Value {
        try append(
            Operators.Gemm(), x, constant([graph.type(of: x).shape[1], columns], in: -0.2...0.2), constant([columns]))
    }

    /// clip((x − e₀)/(e₁ − e₀), 0, 1) − ½ for each two edges of each column.
    mutating func pieces(_ x: Graph.Value, edges: [[Float]]) throws -> Graph.Value {
        var columns: [Int64] = [], starts: [Float] = [], scales: [Float] = []
        for (column, edges) in edges.enumerated() {
            for (start, end) in zip(edges, edges.dropFirst()) {
                columns.append(Int64(column))
                starts.append(start)
                scales.append(1 / (end - start))
            }
        }
        let numbers = graph.addConstant(Tensor(columns, shape: [columns.count]))
        var y = try append(Operators.Gather(axis: 1), x, numbers)
        y = try append(Operators.Sub(), y, graph.addConstant(Tensor(starts, shape: [starts.count])))
        y = try append(Operators.Mul(), y, graph.addConstant(Tensor(scales, shape: [scales.count])))
        let bounds = [0, 1].map { graph.addConstant(Tensor(Float($0))) }
        y = try append(Operators.Clip(), y, bounds[0], bounds[1])
        return try append(Operators.Sub(), y, graph.addConstant(Tensor(Float(0.5))))
    }

    mutating func append(_ operation: any Operator, _ inputs: Graph.Value?...) throws -> Graph.Value {
        try graph.append(operation, inputs)[0]
    }

    mutating func output(_ value: Graph.Value, name: String = "y") { graph.addOutput(name, value) }
}

extension Network {
    /// Convolutions with normalisation, a residual, pooling, a depthwise stage, and a dense end.
    static func image(batch: Dimension = "batch", size: Dimension = "size") throws -> Network {
        var network = Network()
        let x = network.input([batch, 3, size, size])
        var y = try network.relu(network.normalization(network.conv(x, to: 16)))
        let shortcut = y
        y = try network.relu(network.normalization(network.conv(y, to: 16)))
        y = try network.normalization(network.conv(y, to: 16, hasBias: false))
        y = try network.relu(network.add(y, shortcut))
        y = try network.append(Operators.MaxPool(window: SpatialWindow(kernel: 3, strides: 2, padding: .same)), y)
        y = try network.relu(network.conv(y, to: 16, groups: 16))
        y = try network.conv(y, to: 24, kernel: 1)
        y = try network.append(Operators.GlobalAveragePool(), y)
        y = try network.append(Operators.Flatten(), y)
        y = try network.relu(network.dense(y, to: 33))
        y = try network.append(Operators.Softmax(), network.dense(y, to: 10))
        network.output(y)
        return network
    }

    /// Three dense layers.
    static func table(batch: Dimension = "batch") throws -> Network {
        var network = Network()
        var y = network.input([batch, 30])
        y = try network.relu(network.dense(y, to: 64))
        y = try network.relu(network.normalization(network.dense(y, to: 48)))
        network.output(try network.dense(y, to: 1))
        return network
    }
}
