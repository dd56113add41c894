import Engine
import Kernels
import OperatorCases
import Testing

/// A graph, and the operators that are left of it for inference.
struct PassCase: Sendable, CustomTestStringConvertible {
    let name: String
    let left: [String]
    let build: @Sendable (inout Network) throws -> Void

    init(_ name: String, _ left: String, _ build: @escaping @Sendable (inout Network) throws -> Void) {
        self.name = name
        self.left = left.split(separator: " ").map(String.init)
        self.build = build
    }

    var testDescription: String { name }

    static let all: [PassCase] = [
        PassCase("convolution, normalisation, ReLU", "Transpose Conv Transpose") { network in
            let x = network.input([2, 3, 6, 7])
            network.output(try network.relu(network.normalization(network.conv(x, to: 5))))
        },
        PassCase("a normalisation after a convolution without bias", "Transpose Conv Transpose") { network in
            let x = network.input([2, 3, 6, 7])
            network.output(try network.normalization(network.conv(x, to: 5, groups: 1, hasBias: false)))
        },
        PassCase("a normalisation after a grouped convolution", "Transpose Conv Transpose") { network in
            let x = network.input([2, 4, 6, 7])
            network.output(try network.normalization(network.conv(x, to: 6, groups: 2)))
        },
        PassCase(
            "a convolution with two readers keeps its normalisation",
            "Transpose Conv BatchNormalization Transpose Softmax Transpose"
        ) { network in
            let y = try network.conv(network.input([2, 3, 6, 7]), to: 5)
            network.output(try network.relu(network.normalization(y)), name: "a")
            network.output(try network.append(Operators.Softmax(axis: 1), y), name: "b")
        },
        PassCase("a residual block", "Transpose Conv Conv Conv Transpose") { network in
            let x = try network.relu(network.conv(network.input([2, 3, 6, 7]), to: 5))
            let y = try network.relu(network.normalization(network.conv(x, to: 5)))
            let z = try network.normalization(network.conv(y, to: 5, hasBias: false))
            network.output(try network.relu(network.add(z, x)))
        },
        PassCase("a residual on the left", "Transpose Conv Conv Transpose") { network in
            let x = try network.conv(network.input([2, 3, 6, 7]), to: 5)
            network.output(try network.add(x, network.conv(x, to: 5)))
        },
        PassCase("two convolutions added", "Transpose Conv Conv Transpose") { network in
            let x = network.input([2, 3, 6, 7])
            network.output(try network.relu(network.add(network.conv(x, to: 5), network.conv(x, to: 5, kernel: 1))))
        },
        PassCase("a ReLU before a residual", "Transpose Conv Conv Add Transpose") { network in
            let x = try network.conv(network.input([2, 3, 6, 7]), to: 5)
            network.output(try network.add(network.relu(network.conv(x, to: 5)), x))
        },
        PassCase("a convolution added to itself", "Transpose Conv Add Transpose") { network in
            let x = try network.conv(network.input([2, 3, 6, 7]), to: 5)
            network.output(try network.add(x, x))
        },
        PassCase("a scale of channels between convolutions", "Transpose Conv Mul Conv Transpose") { network in
            let x = try network.relu(network.conv(network.input([2, 3, 6, 7]), to: 5))
            network.output(try network.conv(network.append(Operators.Mul(), x, network.constant([5, 1, 1])), to: 4))
        },
        PassCase("a row, an image, and a scalar between convolutions", "Transpose Conv Add Sub Mul Div Conv Transpose")
        { network in
            var x = try network.conv(network.input([2, 3, 6, 7]), to: 5)
            x = try network.add(network.constant([7]), x)
            x = try network.append(Operators.Sub(), x, network.constant([1, 1, 6, 7]))
            x = try network.append(Operators.Mul(), network.constant([]), x)
            x = try network.append(Operators.Div(), x, network.constant([2, 1, 1, 1], in: 1...2))
            network.output(try network.conv(x, to: 4))
        },
        PassCase("gates of channels", "Transpose Conv GlobalAveragePool Conv Mul Transpose") { network in
            let x = try network.conv(network.input([2, 3, 6, 7]), to: 5)
            let gate = try network.relu(
                network.conv(network.append(Operators.GlobalAveragePool(), x), to: 5, kernel: 1))
            network.output(try network.append(Operators.Mul(), x, gate))
        },
        PassCase("outputs in the middle", "Transpose Conv Relu Conv Transpose Transpose Transpose") { network in
            let x = try network.conv(network.input([2, 3, 6, 7]), to: 5)
            let y = try network.relu(x)
            network.output(x, name: "a")
            network.output(y, name: "b")
            network.output(try network.conv(y, to: 4), name: "c")
        },
        PassCase("an output twice", "Transpose Conv Transpose") { network in
            let x = try network.conv(network.input([2, 3, 6, 7]), to: 5)
            network.output(x, name: "a")
            network.output(x, name: "b")
        },
        PassCase("an input as output", "Transpose Conv Transpose") { network in
            let x = network.input([2, 3, 6, 7])
            network.output(x, name: "a")
            network.output(try network.conv(x, to: 4), name: "b")
        },
        PassCase("flattened without pooling", "Transpose Conv Transpose Flatten Gemm") { network in
            let x = try network.relu(network.conv(network.input([2, 3, 6, 7]), to: 5))
            network.output(try network.dense(network.append(Operators.Flatten(), x), to: 4))
        },
        PassCase("flattened after pooling", "Transpose Conv GlobalAveragePool Reshaped Flatten Gemm") { network in
            let x = try network.append(Operators.GlobalAveragePool(), network.conv(network.input([2, 3, 6, 7]), to: 5))
            network.output(try network.relu(network.dense(network.append(Operators.Flatten(), x), to: 4)))
        },
        PassCase("two readers of an image, one of them flat", "Transpose Conv Transpose Flatten Gemm Conv Transpose") {
            network in
            let x = try network.relu(network.conv(network.input([2, 3, 6, 7]), to: 5))
            network.output(try network.dense(network.append(Operators.Flatten(), x), to: 4), name: "a")
            network.output(try network.conv(x, to: 4), name: "b")
        },
        PassCase("one channel is a view", "Reshaped Conv Reshaped") { network in
            network.output(try network.relu(network.conv(network.input([2, 1, 6, 7]), to: 1)))
        },
        PassCase("poolings", "Transpose MaxPool AveragePool BatchNormalization Transpose") { network in
            var x = network.input([2, 3, 6, 7])
            x = try network.append(Operators.MaxPool(window: SpatialWindow(kernel: 2, strides: 2)), x)
            x = try network.append(Operators.AveragePool(window: SpatialWindow(kernel: 2, strides: 1)), x)
            network.output(try network.relu(network.normalization(x)))
        },
        PassCase("a network that is channels last already", "Conv Conv") { network in
            let x = try network.append(Operators.Transpose(order: [0, 3, 1, 2]), network.input([2, 6, 7, 3]))
            let y = try network.conv(network.relu(network.conv(x, to: 5)), to: 4)
            network.output(try network.append(Operators.Transpose(order: [0, 2, 3, 1]), y))
        },
        PassCase("transposes that undo each other between convolutions", "Transpose Conv Conv Transpose") { network in
            var x = try network.conv(network.input([2, 3, 6, 7]), to: 5)
            x = try network.append(Operators.Transpose(order: [0, 2, 3, 1]), x)
            x = try network.append(Operators.Transpose(order: [0, 3, 1, 2]), x)
            network.output(try network.conv(network.relu(x), to: 4))
        },
        PassCase("transposes that undo each other", "Relu") { network in
            let x = try network.append(Operators.Transpose(order: [1, 2, 0]), network.input([2, 3, 4]))
            network.output(try network.relu(network.append(Operators.Transpose(order: [2, 0, 1]), x)))
        },
        PassCase("a product, a bias and a ReLU", "Gemm") { network in
            let x = try network.append(Operators.MatMul(), network.input([3, 6]), network.constant([6, 5]))
            network.output(try network.relu(network.add(network.constant([5]), x)))
        },
        PassCase("a product and a bias of batches", "MatMul Add") { network in
            let x = try network.append(Operators.MatMul(), network.input([2, 3, 6]), network.constant([6, 5]))
            network.output(try network.add(x, network.constant([5])))
        },
        PassCase("a dense layer with two biases", "Gemm Add Relu") { network in
            let x = try network.dense(network.input([3, 6]), to: 5)
            network.output(try network.relu(network.add(x, network.constant([5]))))
        },
        PassCase("a bias of another shape", "MatMul Add Relu") { network in
            let x = try network.append(Operators.MatMul(), network.input([3, 6]), network.constant([6, 5]))
            network.output(try network.relu(network.add(x, network.constant([3, 1]))))
        },
        PassCase("vectors are normalised where they lie", "Gemm BatchNormalization Gemm") { network in
            let x = try network.relu(network.normalization(network.dense(network.input([3, 6]), to: 5)))
            network.output(try network.dense(x, to: 4))
        },
        PassCase("what depends on constants alone", "Gemm") { network in
            let weight = try network.append(
                Operators.Transpose(),
                network.append(Operators.Mul(), network.constant([5, 6]), network.constant([5, 1])))
            network.output(try network.append(Operators.Gemm(), network.input([3, 6]), weight))
        },
        PassCase("a weight that is convolved from constants", "Transpose Conv Transpose") { network in
            let kernel = try network.conv(network.constant([4, 3, 3, 3]), to: 3)
            let window = SpatialWindow(kernel: 3, padding: .same)
            network.output(try network.append(Operators.Conv(window: window), network.input([2, 3, 6, 7]), kernel))
        },
        PassCase("a shape that is computed", "Relu") { network in
            let shape = network.graph.addConstant(Tensor([3, 2, 7, 1] as [Int64], shape: [2, 2]))
            let turned = try network.append(Operators.Transpose(), shape)
            let flat = try network.append(Operators.Flatten(axis: 0), turned)
            let row = try network.append(
                Operators.Reshape(), flat, network.graph.addConstant(Tensor([-1] as [Int64], shape: [1])))
            network.output(try network.graph.append(Operators.Relu(), [network.input([42])])[0])
            // The shape rule needs the constant when the graph is made, so that only the folding itself is seen here.
            network.output(row, name: "shape")
        },
        PassCase("dropout does nothing", "Transpose Conv Dropout Conv Transpose") { network in
            let x = try network.append(Operators.Dropout(rate: 0.5), network.conv(network.input([2, 3, 6, 7]), to: 5))
            network.output(try network.conv(x, to: 4))
        },
        PassCase("numbers encoded piece by piece, with a ReLU behind their product", "PiecewiseLinear Gemm") {
            network in
            let x = try network.pieces(network.input([40, 3]), edges: [[-1, -0.2, 0.1, 0.7], [0, 0.25], []])
            network.output(try network.dense(network.relu(network.dense(x, to: 20)), to: 2))
        },
        PassCase("pieces that fall, overlap and lie apart", "PiecewiseLinear") { network in
            let x = network.input([50, 2])
            func numbers(_ values: [Float]) -> Graph.Value {
                network.graph.addConstant(Tensor(values, shape: [values.count]))
            }
            func number(_ value: Float) -> Graph.Value { network.graph.addConstant(Tensor(value)) }
            let columns = network.graph.addConstant(Tensor([0, 1, 0, -1] as [Int64], shape: [4]))
            var y = try network.append(Operators.Gather(axis: 1), x, columns)
            y = try network.append(Operators.Add(), numbers([0.5, 0, -0.25, 0.1]), y)
            y = try network.append(Operators.Mul(), numbers([2, -3, 0.5, 1]), y)
            y = try network.append(Operators.Clip(), y, number(-0.5), number(2))
            network.output(try network.dense(network.append(Operators.Add(), y, number(0.75)), to: 6))
        },
        PassCase("pieces that somebody else reads too", "Gather Sub Mul Clip Sub Gemm") { network in
            let x = try network.pieces(network.input([5, 1]), edges: [[-1, 0, 1]])
            network.output(try network.dense(x, to: 4))
            network.output(x, name: "pieces")
        },
        PassCase("a step is not taken for a piece", "Gather Sub Mul Clip Sub Gemm") { network in
            let x = try network.pieces(network.input([5, 1]), edges: [[-1, 0.5, Float(0.5).nextUp, 1]])
            network.output(try network.dense(x, to: 4))
        },
        PassCase("inverted residuals of large images", "Transpose InvertedResidual InvertedResidual Transpose") {
            network in
            let x = network.input([1, 4, 99, 98])
            let y = try network.invertedResidual(x, through: 60, to: 6, strides: 2)
            network.output(try network.add(network.invertedResidual(y, through: 240, to: 6, strides: 1), y))
        },
        PassCase("an inverted residual of a small image", "Transpose Conv Conv Conv Transpose") { network in
            network.output(try network.invertedResidual(network.input([9, 4, 50, 50]), through: 40, to: 6, strides: 1))
        },
        PassCase("an inverted residual of large weights", "Transpose Conv Conv Conv Transpose") { network in
            network.output(
                try network.invertedResidual(network.input([1, 96, 30, 30]), through: 1_400, to: 8, strides: 1))
        },
        PassCase("an expanded image with two readers", "Transpose Conv Conv Conv Transpose Transpose") { network in
            let wide = try network.relu(network.conv(network.input([1, 4, 99, 98]), to: 60, kernel: 1))
            network.output(wide, name: "wide")
            network.output(try network.conv(network.conv(wide, to: 60, groups: 60), to: 6, kernel: 1))
        },
        PassCase("a projection of stride 2, and one of two rows", "Transpose Conv Conv Conv Conv Transpose Transpose") {
            network in
            let wide = try network.conv(network.input([1, 4, 99, 98]), to: 60, kernel: 1)
            let filtered = try network.conv(wide, to: 60, groups: 60)
            network.output(try network.conv(filtered, to: 6, kernel: 1, strides: 2), name: "a")
            network.output(try network.conv(filtered, to: 6, kernel: .init(2, 1)), name: "b")
        },
        PassCase("an expansion by Winograd's algorithm", "Transpose Conv Conv Conv Transpose") { network in
            let wide = try network.conv(network.input([1, 8, 99, 98]), to: 60)
            network.output(try network.conv(network.conv(wide, to: 60, groups: 60), to: 6, kernel: 1))
        },
        PassCase("heads of one image", "Transpose Conv Transpose Split Sigmoid") { network in
            let x = network.input([2, 24, 9, 10])
            network.output(try network.append(Operators.Sigmoid(), network.conv(x, to: 1, kernel: 1)), name: "heatmap")
            network.output(try network.conv(x, to: 2, kernel: 1, hasBias: false), name: "scale")
            network.output(try network.conv(x, to: 10, kernel: 1), name: "landmarks")
        },
        PassCase("heads that share weights or biases", "Transpose Conv Transpose Split") { network in
            let x = network.input([2, 24, 9, 10])
            let weights = (0..<2).map { _ in network.constant([3, 24, 1, 1]) }
            let biases = (0..<2).map { _ in network.constant([3]) }
            for (index, pair) in [(0, 0), (0, 1), (1, 1)].enumerated() {
                network.output(
                    try network.append(
                        Operators.Conv(window: SpatialWindow(kernel: 1)), x, weights[pair.0], biases[pair.1]),
                    name: "\(index)")
            }
        },
        PassCase(
            "heads of other windows, many channels, or with a ReLU",
            "Transpose Conv Conv Conv Conv Transpose Transpose Transpose Transpose"
        ) { network in
            let x = network.input([1, 24, 9, 10])
            network.output(try network.conv(x, to: 3, kernel: 1), name: "a")
            network.output(try network.conv(x, to: 2), name: "b")
            network.output(try network.conv(x, to: 16, kernel: 1), name: "c")
            network.output(try network.relu(network.conv(x, to: 2, kernel: 1)), name: "d")
        },
        PassCase("windows of stride 2 that stay", "Transpose Conv Conv Conv Transpose Transpose Transpose") { network in
            let x = network.input([1, 3, 16, 16])
            network.output(try network.conv(x, to: 9, strides: 2), name: "of 3×3 taps")
            network.output(try network.conv(x, to: 9, kernel: 7, strides: .init(2, 1)), name: "of two strides")
            network.output(try network.conv(x, to: 9, kernel: .init(5, 7), strides: 2), name: "of two sides")
        },
        PassCase("a large window of stride 2 behind a convolution", "Transpose Conv Conv Transpose") { network in
            network.output(
                try network.conv(network.conv(network.input([1, 3, 16, 16]), to: 3), to: 9, kernel: 7, strides: 2))
        },
        PassCase("nothing depends on it", "Relu") { network in
            let x = network.input([3, 6])
            _ = try network.dense(x, to: 4)
            network.output(try network.relu(x))
        },
    ]
}

@Suite struct PassTests {
    @Test("passes keep what a graph computes, and leave fewer nodes", arguments: PassCase.all)
    func inference(_ row: PassCase) throws {
        var network = Network()
        try row.build(&network)
        let graph = network.graph
        let inputs = Dictionary(
            uniqueKeysWithValues: graph.inputs.map {
                (graph[$0.value].name, Tensor.random(graph.type(of: $0.value).shape, 3))
            })
        var whole = graph
        for pass in Pass.inference {
            whole = try pass.apply(whole)
            #expect(whole.violations() == [], "after \(pass.name)")
        }
        #expect(whole.nodes.map(\.operation.name) == row.left)
        #expect(try whole.applying(Pass.inference).nodes.map(\.operation.name) == row.left, "a second time")
        #expect(whole.outputs.map(\.name) == graph.outputs.map(\.name))
        for instructionSet in InstructionSet.available {
            let plain = try Run(graph, instructionSet, passes: [.channelsLast]).outputs(inputs)
            let passed = try Run(whole, instructionSet, passes: []).outputs(inputs)
            for (a, b) in zip(plain, passed) {
                #expect(a.type == b.type)
                expectClose(b.doubles, a.doubles, relative: 3e-6, "\(row.name), \(instructionSet)")
            }
            // A graph that has been through them comes through unchanged.
            let again = try Run(whole, instructionSet).outputs(inputs)
            #expect(again == passed)
        }
    }

    @Test("pieces of numbers that are none: infinities are beyond all knots, a NaN stays in its row")
    func piecesOfNoNumbers() throws {
        var network = Network()
        let x = try network.pieces(network.input([6, 2]), edges: [[-1, -0.2, 0.1, 0.7], [0, 0.25]])
        network.output(try network.dense(x, to: 20))
        let values: [Float] = [
            .infinity, 0.1, -.infinity, 0.1, 0.3, .nan, 0.3, 0.1, .greatestFiniteMagnitude, -.greatestFiniteMagnitude,
            -0.0,
            0.25,
        ]
        let inputs = [network.graph[network.graph.inputs[0].value].name: Tensor(values, shape: [6, 2])]
        let fused = try network.graph.applying(Pass.inference)
        #expect(fused.nodes.map(\.operation.name) == ["PiecewiseLinear"])
        for instructionSet in InstructionSet.available {
            let plain = try Run(network.graph, instructionSet, passes: []).outputs(inputs)[0].doubles
            let passed = try Run(fused, instructionSet, passes: []).outputs(inputs)[0].doubles
            #expect(passed.indices.allSatisfy { passed[$0].isNaN == (40..<60).contains($0) })
            let numbers = passed.indices.filter { !(40..<60).contains($0) }
            expectClose(numbers.map { passed[$0] }, numbers.map { plain[$0] }, relative: 3e-6, "\(instructionSet)")
        }
    }

    @Test(
        "a large window of stride 2 over few channels slides over cells of four pixels", arguments: [5, 6, 7, 8],
        [Padding.valid, .same, .explicit(top: 3, left: 2, bottom: 0, right: 1)])
    func unshuffledStrides(_ kernel: Int, _ padding: Padding) throws {
        for (channels, size) in [(2, [23, 20]), (3, [30, 31]), (4, [17, 9])] {
            var network = Network()
            let x = network.input([2, .fixed(channels), .fixed(size[0]), .fixed(size[1])])
            let window = SpatialWindow(kernel: .init(kernel, kernel - 1 + kernel % 2), strides: 2, padding: padding)
            let weight = network.constant([17, channels, kernel, kernel - 1 + kernel % 2])
            let y = try network.append(Operators.Conv(window: window), x, weight, network.constant([17]))
            network.output(try network.relu(y))
            let whole = try network.graph.applying(Pass.inference)
            #expect(whole.nodes.map(\.operation.name) == ["PixelUnshuffle", "Conv", "Transpose"])
            let inputs = ["x": Tensor.random([2, channels, size[0], size[1]], 9)]
            for instructionSet in InstructionSet.available {
                let plain = try Run(network.graph, instructionSet, passes: [.channelsLast]).outputs(inputs)[0]
                let passed = try Run(whole, instructionSet, threads: 2, passes: []).outputs(inputs)[0]
                #expect(plain.type == passed.type)
                expectClose(
                    passed.doubles, plain.doubles, relative: OperatorCase.Tolerance.winograd.relative,
                    "\(kernel), \(padding), \(size), \(instructionSet)")
            }
        }
    }

    @Test("three convolutions give the same bits in one step", arguments: [1, 2], [1, 3])
    func invertedResidualBits(_ strides: Int, _ expansion: Int) throws {
        var network = Network()
        let x = network.input([2, 3, 131, 133])
        let y = try network.invertedResidual(x, through: 43 * expansion, to: 3, strides: strides, expansion: expansion)
        network.output(strides * expansion == 1 ? try network.add(y, x) : y)
        let inputs = ["x": Tensor.random([2, 3, 131, 133], 7)]
        let whole = try network.graph.applying(Pass.inference)
        #expect(whole.nodes.map(\.operation.name) == ["Transpose", "InvertedResidual", "Transpose"])
        let apart = try network.graph.applying([.channelsLast, .fusion, .deadCode])
        for instructionSet in InstructionSet.available {
            let expected = try Run(apart, instructionSet, passes: []).outputs(inputs)
            for threads in 1...3 {
                #expect(try Run(whole, instructionSet, threads: threads, passes: []).outputs(inputs) == expected)
            }
        }
    }

    @Test("a fused graph that is added to is not fused into what was before its ReLU")
    func fusedTwice() throws {
        var network = Network()
        let x = network.input([2, 3, 6, 7])
        network.output(
            try network.relu(
                network.normalization(
                    network.append(
                        Operators.MaxPool(window: SpatialWindow(kernel: 1)), x))), name: "a")
        network.output(try network.relu(network.conv(x, to: 3)), name: "b")
        network.output(
            try network.relu(
                network.append(
                    Operators.Flatten(),
                    network.append(
                        Operators.GlobalAveragePool(), x))), name: "c")
        let fused = try network.graph.applying(Pass.inference)
        var longer = Graph()
        var map: [Graph.Value: Graph.Value] = [:]
        for input in fused.inputs {
            map[input.value] = longer.addInput(fused[input.value].name, dimensions: input.dimensions)
        }
        for node in fused.nodes {
            let made = try longer.append(
                node.operation,
                node.inputs.map { value in
                    value.map { value in map[value] ?? longer.addConstant(fused.constant(value) ?? Tensor(0)) }
                })
            for (old, new) in zip(node.outputs, made) { map[old] = new }
        }
        // Each fused node's result takes up itself, through a node that is no fusion.
        for (index, node) in fused.nodes.enumerated()
        where longer.type(of: try #require(map[node.outputs[0]])).shape.rank == 4 {
            let value = try #require(map[node.outputs[0]])
            let other = longer.addConstant(Tensor.random(longer.type(of: value).shape, UInt64(index)))
            longer.addOutput(
                "\(index)", try longer.append(Operators.Relu(), longer.append(Operators.Add(), [value, other]))[0])
        }
        let inputs = ["x": Tensor.random([2, 3, 6, 7], 5)]
        let plain = try Run(longer, .portable, passes: []).outputs(inputs)
        let passed = try Run(longer, .portable).outputs(inputs)
        for (a, b) in zip(plain, passed) { expectClose(b.doubles, a.doubles, relative: 3e-6, "fused twice") }
    }

    @Test(
        "taps that only ever meet padding are left out, and nothing else",
        arguments: [
            // Height and width, the window, and what is left of the kernel.
            ([1, 1], SpatialWindow(kernel: 3, padding: .all(1)), [1, 1]),
            ([1, 5], SpatialWindow(kernel: 3, padding: .all(1)), [1, 3]),
            ([2, 2], SpatialWindow(kernel: 3, padding: .all(1)), [3, 3]),
            ([2, 3], SpatialWindow(kernel: 5, padding: .all(2)), [3, 5]),
            ([2, 2], SpatialWindow(kernel: 3, strides: 2, padding: .all(1)), [2, 2]),
            ([3, 3], SpatialWindow(kernel: 3, dilations: 3, padding: .all(3)), [1, 1]),
            (
                [4, 1], SpatialWindow(kernel: .init(2, 3), padding: .explicit(top: 0, left: 2, bottom: 0, right: 0)),
                [2, 1]
            ),
            ([6, 7], SpatialWindow(kernel: 3, padding: .same), [3, 3]),
        ])
    func reachableTaps(_ size: [Int], _ window: SpatialWindow, _ left: [Int]) throws {
        var network = Network()
        let x = network.input([2, 4, .fixed(size[0]), .fixed(size[1])])
        let weight = network.constant([6, 2, window.kernel.vertical, window.kernel.horizontal])
        network.output(try network.append(Operators.Conv(window: window, groups: 2), x, weight, network.constant([6])))
        let passed = try network.graph.applying([.reachableTaps])
        #expect(passed.violations() == [])
        let kept = try #require(passed.nodes[0].inputs[1].flatMap(passed.constant))
        #expect(Array(kept.shape) == [6, 2] + left)
        let inputs = ["x": Tensor.random([2, 4, size[0], size[1]], 7)]
        for instructionSet in InstructionSet.available {
            let plain = try Run(network.graph, instructionSet, passes: [.channelsLast]).outputs(inputs)[0]
            let trimmed = try Run(passed, instructionSet, passes: [.channelsLast]).outputs(inputs)[0]
            #expect(plain.type == trimmed.type)
            expectClose(trimmed.doubles, plain.doubles, relative: 3e-6, "\(size), \(instructionSet)")
        }
    }

    @Test("a normalisation that has a ReLU and a residual already is not folded without them")
    func fusedNormalizationIsNotFolded() throws {
        var network = Network()
        let x = network.input([2, 3, 6, 7])
        let y = try network.conv(x, to: 3)
        var operation = Operators.BatchNormalization()
        operation.activation = .relu
        let each: [Graph.Value?] = [
            network.constant([3], in: 0.5...2), network.constant([3]), network.constant([3]),
            network.constant([3], in: 0.5...2),
        ]
        network.output(try network.graph.append(operation, [y] + each + [x])[0])
        let inputs = ["x": Tensor.random([2, 3, 6, 7], 5)]
        let plain = try Run(network.graph, .portable, passes: [.channelsLast]).outputs(inputs)
        let passed = try Run(network.graph, .portable).outputs(inputs)
        expectClose(passed[0].doubles, plain[0].doubles, relative: 3e-6, "folded")
    }

    @Test("a normalisation and a ReLU behind a transposed convolution become part of it")
    func normalizedTransposedConvolution() throws {
        for (kernel, strides, hasBias) in [(2, 2, false), (3, 2, true), (1, 2, true), (3, 1, true)] {
            var network = Network()
            let x = network.input([2, 5, 6, 7])
            let weights = [network.constant([5, 18, kernel, kernel])] + (hasBias ? [network.constant([18])] : [])
            let y = try network.graph.append(
                Operators.ConvTranspose(
                    window: SpatialWindow(kernel: .init(kernel, kernel), strides: .init(strides, strides))),
                [x] + weights)[0]
            network.output(try network.relu(network.normalization(y)))
            let inputs = ["x": Tensor.random([2, 5, 6, 7], 5)]
            #expect(
                try network.graph.applying(Pass.inference).nodes.map(\.operation.name).filter { $0 != "Transpose" } == [
                    "ConvTranspose"
                ])
            for instructionSet in InstructionSet.available {
                let plain = try Run(network.graph, instructionSet, passes: [.channelsLast]).outputs(inputs)
                let passed = try Run(network.graph, instructionSet).outputs(inputs)
                expectClose(
                    passed[0].doubles, plain[0].doubles, relative: 3e-6, "\(kernel), \(strides), \(instructionSet)")
            }
        }
    }

    @Test("a normalisation in training is fused with what follows, and its gradients stay")
    func trainingFusion() throws {
        var network = Network()
        let x = network.input([3, 4, 6, 7])
        let y = try network.conv(x, to: 4)
        let z = try network.relu(network.add(network.normalization(y, isTraining: true), x))
        let w = try network.relu(network.normalization(network.conv(z, to: 5), isTraining: true))
        let flat = try network.append(Operators.Flatten(), network.append(Operators.GlobalAveragePool(), w))
        let loss = try network.append(
            Operators.SoftmaxCrossEntropy(), flat,
            network.graph.addConstant(Tensor([0, 3, 2] as [Int64], shape: [3])))
        network.output(loss, name: "loss")
        func gradients(_ passes: [Pass]) throws -> (outputs: [Tensor], names: [String]) {
            var graph = try network.graph.applying(passes)
            let gradient = try graph.appendGradients(of: graph.outputs[0].value, withRespectTo: [graph.inputs[0].value])
            graph.addOutput("gradient", try #require(gradient[0]))
            let run = try Run(graph, .portable, passes: Pass.training)
            return (try run.outputs(["x": Tensor.random([3, 4, 6, 7], 5)]), graph.nodes.map(\.operation.name))
        }
        let plain = try gradients([.channelsLast]), fused = try gradients(Pass.beforeDifferentiation)
        #expect(!fused.names.contains("Relu"))
        #expect(fused.names.count < plain.names.count)
        for (a, b) in zip(plain.outputs, fused.outputs) {
            expectClose(b.doubles, a.doubles, relative: 1e-5, "fused training")
        }
    }

    @Test("statistics that are read between a normalisation and its ReLU keep both apart or in order")
    func statisticsReadEarly() throws {
        var network = Network()
        let x = network.input([3, 4, 6, 7])
        let each: [Graph.Value?] = [
            network.constant([4], in: 0.5...2), network.constant([4]), network.constant([4]),
            network.constant([4], in: 0.5...2),
        ]
        let made = try network.graph.append(Operators.BatchNormalization(isTraining: true), [x] + each)
        network.output(try network.relu(made[1]), name: "mean")
        network.output(try network.relu(made[0]))
        let inputs = ["x": Tensor.random([3, 4, 6, 7], 5)]
        let plain = try Run(network.graph, .portable, passes: [.channelsLast]).outputs(inputs)
        let passed = try Run(network.graph, .portable).outputs(inputs)
        for (a, b) in zip(plain, passed) { expectClose(b.doubles, a.doubles, relative: 1e-6, "statistics") }
    }
}
