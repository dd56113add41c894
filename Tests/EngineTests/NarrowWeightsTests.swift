import AllocationCounter
import Engine
import Foundation
import Kernels
import OperatorCases
import Testing

/// A network of one operator with weights, for as many rows as are asked for.
struct WeightsCase: Sendable, CustomTestStringConvertible {
    var name: String
    /// Whether the rows lie behind the steps.
    var hasSteps = false
    var build: @Sendable (_ graph: inout Graph, _ x: Graph.Value) throws -> [Graph.Value]

    var testDescription: String { name }

    static let inputs = 37, units = 41

    static func weights(_ graph: inout Graph, _ shape: Shape, _ seed: UInt64) -> Graph.Value {
        graph.addConstant(Tensor.random(shape, seed, in: -0.3...0.3), name: "weights \(seed)")
    }

    static func recurrent(_ name: String, _ operation: any Operator, passes: Int = 1) -> WeightsCase {
        WeightsCase(name: name, hasSteps: true) { graph, x in
            let gates = operation is Operators.LSTM ? 4 : 3
            return try graph.append(
                operation,
                [
                    x, weights(&graph, [passes, gates * units, inputs], 1),
                    weights(&graph, [passes, gates * units, units], 2),
                    weights(&graph, [passes, 2 * gates * units], 3),
                ])
        }
    }

    static let all: [WeightsCase] = [
        recurrent("LSTM", Operators.LSTM()), recurrent("LSTM backwards", Operators.LSTM(direction: .reverse)),
        recurrent("LSTM in both directions", Operators.LSTM(direction: .bidirectional), passes: 2),
        recurrent("GRU", Operators.GRU()), recurrent("GRU, reset after", Operators.GRU(resetsAfter: true)),
        WeightsCase(name: "MatMul") { graph, x in
            try graph.append(Operators.MatMul(), [x, weights(&graph, [inputs, units], 1)])
        },
        WeightsCase(name: "Gemm") { graph, x in
            try graph.append(
                Operators.Gemm(transposesB: true),
                [x, weights(&graph, [units, inputs], 1), weights(&graph, [units], 2)])
        },
        WeightsCase(name: "Gemm with factors and a ReLU") { graph, x in
            let y = try graph.append(
                Operators.Gemm(alpha: 0.5, beta: 2),
                [x, weights(&graph, [inputs, units], 1), weights(&graph, [units], 2)])
            return try graph.append(Operators.Relu(), y)
        },
    ]

    /// The network, for x `[steps, rows, inputs]`, or `[rows, inputs]`.
    func graph(rows: Int) throws -> Graph {
        var graph = Graph()
        let dimensions: [Engine.Dimension] = (hasSteps ? [3] : []) + [.fixed(rows), .fixed(Self.inputs)]
        let outputs = try build(&graph, graph.addInput("x", dimensions: dimensions))
        for (place, output) in outputs.enumerated() { graph.addOutput("\(place)", output) }
        return graph
    }

    func x(rows: Int) -> Tensor {
        Tensor.random(hasSteps ? [3, rows, Self.inputs] : [rows, Self.inputs], 9, in: -2...2)
    }
}

@Suite struct NarrowWeightsTests {
    @Test(
        "halves stay halves, and give the bits of the floats that they are", arguments: WeightsCase.all,
        [ElementType.f16, .bf16])
    func halves(_ row: WeightsCase, type: ElementType) throws {
        for rows in [1, 2, 5, 40] {
            let graph = try row.graph(rows: rows).keepingWeights(as: type), x = row.x(rows: rows)
            let passed = try graph.applying(Pass.inference)
            #expect(!passed.nodes.contains { $0.operation is Operators.Cast })
            #expect(passed.violations() == [])
            let wide = try graph.keepingWeights(as: .f32)
            #expect(!wide.nodes.contains { $0.operation is Operators.Cast })
            for instructionSet in InstructionSet.available {
                let narrow = try Run(graph, instructionSet).outputs(["x": x])
                #expect(try narrow == Run(wide, instructionSet).outputs(["x": x]), "\(rows) rows, \(instructionSet)")
                #expect(try narrow == Run(graph, instructionSet, threads: 3).outputs(["x": x]))
            }
        }
    }

    @Test("integers give bits that depend neither on threads nor on company", arguments: WeightsCase.all)
    func company(_ row: WeightsCase) throws {
        let rows = 40, whole = try row.graph(rows: rows).keepingWeights(as: .i8), x = row.x(rows: rows)
        #expect(try !whole.applying(Pass.inference).nodes.contains { $0.operation is Operators.DequantizeLinear })
        /// Rows of a tensor `[…, rows, width]`.
        func part(_ tensor: Tensor, _ places: Range<Int>) throws -> Tensor {
            let width = tensor.shape[tensor.shape.rank - 1], all = tensor.floats
            let outer = tensor.shape.dropLast(2).reduce(1, *)
            let values = (0..<outer).flatMap {
                all[($0 * rows + places.lowerBound) * width..<($0 * rows + places.upperBound) * width]
            }
            return Tensor(values, shape: Shape(tensor.shape.dropLast(2) + [places.count, width]))
        }
        for instructionSet in InstructionSet.available {
            let outputs = try Run(whole, instructionSet).outputs(["x": x])
            #expect(try outputs == Run(whole, instructionSet, threads: 3).outputs(["x": x]))
            for places in [0..<1, 7..<9, 3..<20] {
                let graph = try row.graph(rows: places.count).keepingWeights(as: .i8)
                let alone = try Run(graph, instructionSet).outputs(["x": try part(x, places)])
                let expected = try outputs.map { try part($0, places) }
                #expect(alone == expected, "rows \(places), \(instructionSet)")
            }
        }
    }

    @Test(
        "a sequence of integers step by step has the bits of the whole",
        arguments: [
            Operators.LSTM(), Operators.GRU(), Operators.GRU(resetsAfter: true),
        ] as [any Operator], [1, 40])
    func stepping(_ operation: any Operator, rows: Int) throws {
        let isLSTM = operation is Operators.LSTM
        let gates = isLSTM ? 4 : 3, states = isLSTM ? 2 : 1, steps = 5, units = 37
        func run(_ x: Tensor, _ begin: [Tensor], _ instructionSet: InstructionSet) throws -> [Tensor] {
            var graph = Graph()
            var given = ["x": x]
            let input = graph.addInput("x", dimensions: x.shape.map { .fixed($0) })
            let weights = [
                WeightsCase.weights(&graph, [1, gates * units, 13], 1),
                WeightsCase.weights(&graph, [1, gates * units, units], 2),
            ]
            let initial = begin.enumerated().map { index, tensor in
                given["\(index)"] = tensor
                return graph.addInput("\(index)", dimensions: tensor.shape.map { .fixed($0) })
            }
            let outputs = try graph.append(operation, [input] + weights + [nil, nil] + initial)
            for (place, output) in outputs.enumerated() { graph.addOutput("\(place)", output) }
            return try Run(graph.keepingWeights(as: .i8), instructionSet).outputs(given)
        }
        let x = Tensor.random([steps, rows, 13], 4)
        for instructionSet in InstructionSet.available {
            let begin = (0..<states).map { Tensor.random([1, rows, units], 5 + UInt64($0)) }
            let whole = try run(x, begin, instructionSet)
            var state = begin
            for step in 0..<steps {
                let made = try run(x.rows([step]), state, instructionSet)
                #expect(made[0] == whole[0].rows([step]), "step \(step), \(instructionSet)")
                state = Array(made.dropFirst())
            }
            #expect(state == Array(whole.dropFirst()), "\(instructionSet)")
        }
    }

    /// Row · weights' row in integers, as the kernels have it, in double.
    private func product(_ row: ArraySlice<Float>, _ weights: ArraySlice<Float>) -> Double {
        func integers(_ values: ArraySlice<Float>) -> ([Double], Double) {
            let most = values.map(abs).max() ?? 0, factor = 127 / most
            return (values.map { Double(($0 * factor).rounded(.toNearestOrEven)) }, Double(most / 127))
        }
        let (a, unit) = integers(row)
        let scale = (weights.map(abs).max() ?? 0) / 127
        let sum = zip(a, weights).reduce(0) { $0 + $1.0 * Double(($1.1 / scale).rounded(.toNearestOrEven)) }
        return sum * unit * Double(scale)
    }

    @Test("a step of integers is its definition", arguments: [1, 3, 12])
    func step(rows: Int) throws {
        let inputs = 19, units = 70
        let w = Tensor.random([1, 4 * units, inputs], 1), r = Tensor.random([1, 4 * units, units], 2)
        let b = Tensor.random([1, 8 * units], 3), x = Tensor.random([1, rows, inputs], 4, in: -3...3)
        let h = Tensor.random([1, rows, units], 5), c = Tensor.random([1, rows, units], 6)
        var graph = Graph()
        let values = [
            graph.addInput("x", dimensions: [1, .fixed(rows), .fixed(inputs)]), graph.addConstant(w),
            graph.addConstant(r), graph.addConstant(b), nil,
            graph.addInput("h", dimensions: [1, .fixed(rows), .fixed(units)]),
            graph.addInput("c", dimensions: [1, .fixed(rows), .fixed(units)]),
        ]
        graph.addOutput("y", try graph.append(Operators.LSTM(), values)[0])
        var expected: [Double] = []
        let (ws, rs, bs, xs, hs, cs) = (w.floats, r.floats, b.floats, x.floats, h.floats, c.floats)
        for row in 0..<rows {
            func gate(_ gate: Int, _ unit: Int) -> Double {
                let place = gate * units + unit
                return product(
                    xs[row * inputs..<(row + 1) * inputs], ws[place * inputs..<(place + 1) * inputs])
                    + product(hs[row * units..<(row + 1) * units], rs[place * units..<(place + 1) * units])
                    + Double(bs[place]) + Double(bs[4 * units + place])
            }
            for unit in 0..<units {
                func logistic(_ x: Double) -> Double { 1 / (1 + exp(-x)) }
                let cell =
                    logistic(gate(2, unit)) * Double(cs[row * units + unit]) + logistic(gate(0, unit))
                    * tanh(gate(3, unit))
                expected.append(logistic(gate(1, unit)) * tanh(cell))
            }
        }
        let narrow = try graph.keepingWeights(as: .i8), given = ["x": x, "h": h, "c": c]
        for instructionSet in InstructionSet.available {
            let got = try Run(narrow, instructionSet).outputs(given)[0]
            // σ and tanh to 5e-7.
            expectClose(got.doubles, expected, relative: 2e-6, "\(rows) rows, \(instructionSet)")
        }
        let plain = try Run(graph, .portable).outputs(given)[0]
        expectClose(plain.doubles, expected, relative: 0.05, "against floats")
    }

    @Test(
        "a table of vectors stays narrow, and gives the floats that it holds", arguments: [ElementType.f16, .bf16, .i8])
    func table(type: ElementType) throws {
        var graph = Graph()
        let numbers = graph.addInput("numbers", .i64, dimensions: [2, 3])
        let table = graph.addConstant(Tensor.random([50, 9], 1), name: "table")
        graph.addOutput("y", try graph.append(Operators.Gather(), [table, numbers])[0])
        let narrow = try graph.keepingWeights(as: type)
        #expect(try narrow.applying(Pass.inference).nodes.map(\.operation.name) == ["Gather"])
        let given = ["numbers": Tensor([0, 49, 7, -1, 50, 3] as [Int64], shape: [2, 3])]
        for instructionSet in InstructionSet.available {
            #expect(
                try Run(narrow, instructionSet).outputs(given)
                    == Run(narrow.keepingWeights(as: .f32), instructionSet).outputs(given))
        }
    }

    @Test("an embedding in front of narrow weights still becomes a table")
    func recurrentTable() throws {
        var graph = Graph()
        let numbers = graph.addInput("numbers", .i64, dimensions: [4, 2])
        let table = WeightsCase.weights(&graph, [11, 37], 4)
        let x = try graph.append(Operators.Gather(), [table, numbers])[0]
        graph.addOutput("y", try WeightsCase.all[0].build(&graph, x)[0])
        let given = ["numbers": Tensor([0, 4, 10, 3, 3, 1, 9, -1] as [Int64], shape: [4, 2])]
        for type in [ElementType.f16, .i8] {
            let narrow = try graph.keepingWeights(as: type), passed = try narrow.applying(Pass.inference)
            #expect(passed.nodes.map(\.operation.name) == ["Gather", "LSTM"] && passed.nodes[1].inputs[1] == nil)
            let a = try Run(narrow, .portable).outputs(given)[0], b = try Run(graph, .portable).outputs(given)[0]
            expectClose(a.doubles, b.doubles, relative: type == .f16 ? 1e-3 : 0.05, "\(type)")
        }
    }

    @Test("an embedding whose sequences are turned round, batch first, becomes a table too")
    func recurrentTableOfBatches() throws {
        var graph = Graph()
        let numbers = graph.addInput("numbers", .i64, dimensions: [2, 4])
        let table = WeightsCase.weights(&graph, [11, 37], 4)
        let vectors = try graph.append(Operators.Gather(), [table, numbers])[0]
        let x = try graph.append(Operators.Transpose(order: [1, 0, 2]), [vectors])[0]
        graph.addOutput("y", try WeightsCase.all[0].build(&graph, x)[0])
        let given = ["numbers": Tensor([0, 4, 10, 3, 3, 1, 9, -1] as [Int64], shape: [2, 4])]
        let passed = try graph.applying(Pass.beforeBinding)
        #expect(
            passed.nodes.map(\.operation.name) == ["Transpose", "Gather", "LSTM"] && passed.nodes[2].inputs[1] == nil)
        // The products are the same ones, summed in another order.
        var plain = Graph()
        let sequence = plain.addInput("x", dimensions: [4, 2, 37])
        plain.addOutput("y", try WeightsCase.all[0].build(&plain, sequence)[0])
        let values = try #require(graph.constant(table)).floats
        var rows: [Float] = []
        for number in [0, 3, 4, 1, 10, 9, 3, 10] { rows += values[number * 37..<(number + 1) * 37] }
        let vectorsInTurn = ["x": Tensor(rows, shape: [4, 2, 37])]
        for instructionSet in InstructionSet.available {
            let a = try Run(graph, instructionSet).outputs(given)[0]
            let b = try Run(plain, instructionSet).outputs(vectorsInTurn)[0]
            expectClose(a.doubles, b.doubles, relative: 1e-5, "\(instructionSet)")
        }
    }

    @Test("a matrix that is transposed before it is multiplied with is kept in fewer bits")
    func transposedWeights() throws {
        var graph = Graph()
        let x = graph.addInput("x", dimensions: [3, 40])
        let weights = WeightsCase.weights(&graph, [24, 40], 4)
        let turned = try graph.append(Operators.Transpose(order: [1, 0]), [weights])[0]
        graph.addOutput("y", try graph.append(Operators.MatMul(), [x, turned])[0])
        let narrow = try graph.keepingWeights(as: .i8)
        #expect(narrow.nodes.map(\.operation.name) == ["DequantizeLinear", "MatMul"])
        let wide = try narrow.keepingWeights(as: .f32)
        #expect(wide.nodes.map(\.operation.name) == ["Transpose", "MatMul"])
        let kept = try #require(wide.nodes[0].inputs[0])
        #expect(wide[kept].name == graph[weights].name && wide.type(of: kept).shape == [24, 40])
        let given = ["x": Tensor.random([3, 40], 2)]
        let a = try Run(narrow, .portable).outputs(given)[0], b = try Run(graph, .portable).outputs(given)[0]
        expectClose(a.doubles, b.doubles, relative: 0.05, "int8")
    }

    @Test("convolutions with narrow weights are those of the floats") func convolution() throws {
        var network = Network()
        network.output(try network.relu(network.normalization(network.conv(network.input([2, 3, 6, 7]), to: 5))))
        let x = ["x": Tensor.random([2, 3, 6, 7], 3)]
        for type in [ElementType.f16, .bf16, .i8] {
            let narrow = try network.graph.keepingWeights(as: type)
            #expect(narrow.nodes.count == network.graph.nodes.count + 1)
            #expect(
                try narrow.applying(Pass.inference).nodes.map(\.operation.name) == ["Transpose", "Conv", "Transpose"])
            let a = try Run(narrow, .portable).outputs(x)
            #expect(try a == Run(narrow.keepingWeights(as: .f32), .portable).outputs(x))
        }
    }

    @Test("a model keeps narrow weights in fewer bytes, asked for when it is loaded")
    func memory() throws {
        func bytes(_ weights: ElementType?) throws -> Int {
            var graph = Graph()
            let x = graph.addInput("x", dimensions: [1, 64])
            graph.addOutput(
                "y", try graph.append(Operators.MatMul(), [x, WeightsCase.weights(&graph, [64, 512], 1)])[0])
            let model = try Model(graph, options: .init(threads: 1, weights: weights))
            _ = try model.run(["x": Tensor.random([1, 64], 2)])
            return model.packedByteCount
        }
        let floats = try bytes(nil)
        #expect(floats == 64 * 512 * 4)
        #expect(try bytes(.f16) == floats / 2 && bytes(.bf16) == floats / 2)
        // A unit and a correction for each column.
        #expect(try bytes(.i8) == floats / 4 + 512 * 8)
    }

    @Test("integers are the nearest, and what is no weight, or has no finite half, stays as it is")
    func conversion() throws {
        var graph = Graph()
        graph.metadata = ["task": "test"]
        let x = graph.addInput("x", dimensions: [2, 3])
        let w = graph.addConstant(Tensor([1, -2, 0.25, 0, 0, 0, 3, 100_000, 1], shape: [3, 3]), name: "w")
        let y = try graph.append(Operators.MatMul(), [x, w])[0]
        let other = graph.addConstant(Tensor([1, 2, 3, 4, 5, 6], shape: [2, 3]), name: "other")
        graph.addOutput("y", try graph.append(Operators.Add(), [y, other])[0])
        #expect(try graph.keepingWeights(as: .f16).nodes.count == 2)
        let narrow = try graph.keepingWeights(as: .i8)
        #expect(narrow.metadata == graph.metadata)
        #expect(narrow.nodes.map(\.name) == ["w.floats"] + graph.nodes.map(\.name))
        let numbers = try #require(narrow.nodes[0].inputs[0].flatMap(narrow.constant))
        let scales = try #require(narrow.nodes[0].inputs[1].flatMap(narrow.constant))
        // The largest of each column is 127.
        #expect(numbers.integers == [42, 0, 32, 0, 0, 0, 127, 127, 127])
        let largest: [Float] = [3, 100_000, 1]
        #expect(scales.floats == largest.map { $0 / 127 })
        let wide = try narrow.keepingWeights(as: .f32)
        #expect(wide.nodes.map(\.name) == graph.nodes.map(\.name))
        #expect(wide.nodes[0].inputs[1].map { wide[$0].name } == "w")
        #expect(throws: GraphError(fault: "weights cannot be kept as i64; they can as f32, f16, bf16, i8")) {
            try graph.keepingWeights(as: .i64)
        }
    }

    @Test("integers that are not around zero, or have a scale for each input, are floats before a product")
    func otherIntegers() throws {
        for (axis, zero, lowest) in [(0, 0, -127), (1, 3, -127), (1, 0, -128)] as [(Int, Int8, Float)] {
            var graph = Graph()
            let x = graph.addInput("x", dimensions: [1, 6])
            let numbers = (0..<36).map { max(lowest, Float(($0 * 37) % 256 - 128)) }
            let bytes = numbers.map { UInt8(bitPattern: Int8($0)) }
            let values = [
                graph.addConstant(try Tensor(bytes: bytes, TensorType(.i8, [6, 6]))),
                graph.addConstant(Tensor.random([6], 1, in: 0.1...1)),
                graph.addConstant(
                    try Tensor(
                        bytes: Array(repeating: UInt8(bitPattern: zero), count: 6), TensorType(.i8, [6]))),
            ]
            let w = try graph.append(Operators.DequantizeLinear(axis: axis), values)[0]
            graph.addOutput("y", try graph.append(Operators.MatMul(), [x, w])[0])
            let passed = try graph.applying(Pass.inference)
            #expect(passed.nodes.map(\.operation.name) == ["MatMul"])
            #expect(passed.nodes[0].inputs[1].flatMap(passed.constant) != nil, "axis \(axis), zero \(zero)")
        }
    }

    @Test("a step with narrow weights allocates nothing", .enabled(if: engram_counts_allocations()))
    func allocations() throws {
        for type in [ElementType.f16, .i8] {
            for row in WeightsCase.all {
                let run = try Run(row.graph(rows: 2).keepingWeights(as: type), InstructionSet.preferred())
                _ = try run.outputs(["x": row.x(rows: 2)])
                let before = engram_thread_allocations()
                run.session.run()
                #expect(engram_thread_allocations() == before, "\(row.name)")
            }
        }
    }

    static let goldens = Result { try Goldens("narrow") }

    @Test("operators and networks give what ONNX Runtime gives", arguments: 0..<20)
    func onnxRuntime(_ index: Int) throws {
        let goldens = try Self.goldens.get()
        try #require(goldens.entries.count == 20)
        let entry = goldens.entries[index], tensors = try entry.inputs.compactMap { try $0.map(goldens.tensor) }
        var graph = Graph()
        var given: [String: Tensor] = [:], relative = 0.0
        if entry.operator == "DequantizeLinear" {
            let values = tensors.enumerated().map { place, tensor in
                given["\(place)"] = tensor
                return graph.addInput("\(place)", tensor.elementType, dimensions: tensor.shape.map { .fixed($0) })
            }
            let operation = Operators.DequantizeLinear(axis: entry.attributes.axis ?? 1)
            graph.addOutput("y", try graph.append(operation, values)[0])
        } else {
            let isInteger = tensors.count == 8
            // σ and tanh are approximations, and ONNX Runtime multiplies what the integers stand for by floats.
            relative = isInteger ? 0.02 : 1e-5
            func weights(_ place: Int) throws -> Graph.Value {
                let numbers = graph.addConstant(tensors[place])
                guard isInteger else { return try graph.append(Operators.Cast(to: .f32), [numbers])[0] }
                return try graph.append(
                    Operators.DequantizeLinear(axis: 1), [numbers, graph.addConstant(tensors[5 + place])])[0]
            }
            func input(_ place: Int) -> Graph.Value {
                given["\(place)"] = tensors[place]
                return graph.addInput("\(place)", dimensions: tensors[place].shape.map { .fixed($0) })
            }
            let direction = entry.attributes.direction.flatMap(RecurrentDirection.init) ?? .forward
            let outputs = try graph.append(
                Operators.LSTM(direction: direction),
                [input(0), weights(1), weights(2), graph.addConstant(tensors[3]), nil, input(4), input(5)])
            for (place, output) in outputs.enumerated() { graph.addOutput("\(place)", output) }
        }
        for instructionSet in InstructionSet.available {
            let got = try Run(graph, instructionSet).outputs(given)
            for (place, output) in try entry.outputs.map(goldens.tensor).enumerated() {
                expectClose(
                    got[place].doubles, output.doubles, relative: relative,
                    "case \(index), \(entry.operator), output \(place), \(instructionSet)")
            }
        }
    }
}
