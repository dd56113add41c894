import AllocationCounter
import Engine
import Kernels
import OperatorCases
import Testing

@Suite struct RecurrentTests {
    static let goldens = Result { try Goldens("recurrent") }

    static func cases(_ isWanted: (Goldens.Entry) -> Bool) -> [Int] {
        guard let goldens = try? goldens.get() else { return [] }
        return goldens.entries.indices.filter { isWanted(goldens.entries[$0]) }
    }

    private func entry(_ index: Int) throws -> (entry: Goldens.Entry, inputs: [Tensor?], outputs: [Tensor]) {
        let goldens = try Self.goldens.get()
        let entry = goldens.entries[index]
        return (entry, try entry.inputs.map { try $0.map(goldens.tensor) }, try entry.outputs.map(goldens.tensor))
    }

    private func operation(_ entry: Goldens.Entry) throws -> any Operator {
        let direction = entry.attributes.direction.flatMap(RecurrentDirection.init) ?? .forward
        return switch entry.operator {
        case "LSTMGradients": Operators.LSTM(direction: direction)
        case "GRUGradients":
            Operators.GRU(direction: direction, resetsAfter: entry.attributes.linear_before_reset == 1)
        default: throw GraphError(fault: "an unknown operator \(entry.operator)")
        }
    }

    /// A graph of one operator, whose inputs are given by their places.
    private func graph(_ operation: any Operator, _ inputs: [Tensor?]) throws
        -> (graph: Graph, given: [String: Tensor], outputs: [Graph.Value])
    {
        var graph = Graph()
        var given: [String: Tensor] = [:]
        let values = inputs.enumerated().map { index, tensor -> Graph.Value? in
            guard let tensor else { return nil }
            given["\(index)"] = tensor
            return graph.addInput("\(index)", tensor.elementType, dimensions: tensor.shape.map { .fixed($0) })
        }
        let outputs = try graph.append(operation, values, name: "node")
        return (graph, given, outputs)
    }

    @Test("the goldens are there") func goldensAreThere() throws {
        #expect(try Self.goldens.get().entries.count == 33)
    }

    @Test(
        "LSTM and GRU are PyTorch's, forward and back, in both directions and with lengths",
        arguments: cases { $0.source == "torch" })
    func torch(_ index: Int) throws {
        let (entry, all, expected) = try entry(index)
        let states = entry.operator == "LSTMGradients" ? 2 : 1
        let inputs = Array(all.prefix(5 + states)), directions = all.dropFirst(5 + states).compactMap(\.self)
        var (graph, given, outputs) = try graph(operation(entry), inputs)
        var total: Graph.Value?
        for (output, direction) in zip(outputs, directions) {
            let flat = try graph.append(
                Operators.Reshape(), [output, graph.addConstant(Tensor([1, -1] as [Int64], shape: [2]))])[0]
            let column = graph.addConstant(try direction.reshaped(to: [direction.shape.elementCount, 1]))
            let product = try graph.append(Operators.MatMul(), [flat, column])[0]
            total = try total.map { try graph.append(Operators.Add(), [$0, product])[0] } ?? product
        }
        graph.addOutput("loss", try #require(total))
        for (place, output) in outputs.enumerated() { graph.addOutput("\(place)", output) }
        graph = try graph.applying(Pass.beforeDifferentiation)
        let wanted = graph.inputs.map(\.value).filter { graph.type(of: $0).elementType == .f32 }
        let gradients = try graph.appendGradients(of: graph.outputs[0].value, withRespectTo: wanted)
        for (place, gradient) in gradients.enumerated() { graph.addOutput("gradient \(place)", try #require(gradient)) }
        for instructionSet in InstructionSet.available {
            let got = Array(try Run(graph, instructionSet, passes: Pass.training).outputs(given).dropFirst())
            #expect(got.count == expected.count)
            for (place, (a, b)) in zip(got, expected).enumerated() {
                #expect(a.shape == b.shape)
                // PyTorch's own are in float32.
                expectClose(
                    a.doubles, b.doubles, relative: 1e-5,
                    "case \(index), \(entry.operator), output \(place), \(instructionSet)")
            }
        }
    }

    @Test(
        "a sequence step by step, its state handed on, has the bits of the whole",
        arguments: [
            Operators.LSTM(), Operators.GRU(), Operators.GRU(resetsAfter: true),
        ] as [any Operator], [1, 5, 40])
    func stepping(_ operation: any Operator, rows: Int) throws {
        let isLSTM = operation is Operators.LSTM
        let gates = isLSTM ? 4 : 3, states = isLSTM ? 2 : 1, steps = 9, inputs = 13, units = 37
        let weights = [
            Tensor.random([1, gates * units, inputs], 1), Tensor.random([1, gates * units, units], 2),
            Tensor.random([1, 2 * gates * units], 3),
        ]
        let x = Tensor.random([steps, rows, inputs], 4)
        func run(_ x: Tensor, _ begin: [Tensor], _ instructionSet: InstructionSet) throws -> [Tensor] {
            var (graph, given, outputs) = try graph(operation, [x] + weights.map(Optional.init) + [nil] + begin)
            for (place, output) in outputs.enumerated() { graph.addOutput("\(place)", output) }
            return try Run(graph, instructionSet).outputs(given)
        }
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

    /// An embedding of so many words, and an LSTM over it.
    private func embedded(_ direction: RecurrentDirection, words: Int, hasBias: Bool) throws -> (
        graph: Graph, given: [String: Tensor]
    ) {
        let passes = direction.count, units = 35, width = 7
        var graph = Graph()
        let numbers = graph.addInput("numbers", .i64, dimensions: [4, 3])
        let embedding = graph.addConstant(Tensor.random([words, width], 1))
        let x = try graph.append(Operators.Gather(), [embedding, numbers])[0]
        let weights = [
            graph.addConstant(Tensor.random([passes, 4 * units, width], 2)),
            graph.addConstant(Tensor.random([passes, 4 * units, units], 3)),
            hasBias ? graph.addConstant(Tensor.random([passes, 8 * units], 4)) : nil,
        ]
        let hidden = graph.addInput("hidden", dimensions: [.fixed(passes), 3, .fixed(units)])
        let outputs = try graph.append(Operators.LSTM(direction: direction), [x] + weights + [nil, hidden])
        for (place, output) in outputs.enumerated() { graph.addOutput("\(place)", output) }
        let given = [
            "numbers": Tensor([0, 4, 10, 3, 3, 1, 9, -1, 2, 8, 0, 7] as [Int64], shape: [4, 3]),
            "hidden": Tensor.random([passes, 3, units], 5),
        ]
        return (graph, given)
    }

    @Test(
        "an embedding before an LSTM becomes a table of its products", arguments: RecurrentDirection.allCases,
        [true, false])
    func tables(_ direction: RecurrentDirection, hasBias: Bool) throws {
        let (graph, given) = try embedded(direction, words: 11, hasBias: hasBias)
        let whole = try graph.applying(Pass.inference)
        #expect(whole.nodes.map(\.operation.name) == ["Gather", "LSTM"])
        #expect(whole.nodes[1].inputs[1] == nil)
        for instructionSet in InstructionSet.available {
            let plain = try Run(graph, instructionSet, passes: []).outputs(given)
            let folded = try Run(graph, instructionSet).outputs(given)
            for (a, b) in zip(plain, folded) {
                expectClose(b.doubles, a.doubles, relative: 4e-6, "\(direction), \(instructionSet)")
            }
        }
    }

    @Test("an embedding of many words stays") func largeTable() throws {
        let graph = try embedded(.forward, words: 20_000, hasBias: true).graph.applying(Pass.inference)
        #expect(graph.nodes[1].inputs[1] != nil)
    }

    @Test("a row's bits do not depend on the rows and lengths beside it") func company() throws {
        let steps = 6, rows = 33, inputs = 5, units = 20
        let weights: [Tensor?] = [
            Tensor.random([2, 4 * units, inputs], 1), Tensor.random([2, 4 * units, units], 2),
            Tensor.random([2, 8 * units], 3),
        ]
        let x = Tensor.random([rows, steps, inputs], 4)
        let lengths = (0..<rows).map { Int32($0 * 5 % 7) }
        func run(_ wanted: [Int], _ instructionSet: InstructionSet) throws -> [Tensor] {
            var graph = Graph()
            let examples = graph.addInput("x", dimensions: [.fixed(wanted.count), .fixed(steps), .fixed(inputs)])
            let sizes = graph.addInput("lengths", .i32, dimensions: [.fixed(wanted.count)])
            let turned = try graph.append(Operators.Transpose(order: [1, 0, 2]), [examples])[0]
            let outputs = try graph.append(
                Operators.LSTM(direction: .bidirectional),
                [turned] + weights.map { $0.map { graph.addConstant($0) } } + [sizes])
            let y = try graph.append(Operators.Transpose(order: [2, 0, 1, 3]), [outputs[0]])[0]
            let h = try graph.append(Operators.Transpose(order: [1, 0, 2]), [outputs[1]])[0]
            graph.addOutput("y", y)
            graph.addOutput("h", h)
            return try Run(graph, instructionSet).outputs([
                "x": x.rows(wanted), "lengths": Tensor(wanted.map { lengths[$0] }, shape: [wanted.count]),
            ])
        }
        for instructionSet in InstructionSet.available {
            let all = try run(Array(0..<rows), instructionSet)
            for row in [0, 6, 18, 32] {
                let alone = try run([row], instructionSet)
                #expect(alone == all.map { $0.rows([row]) }, "row \(row), \(instructionSet)")
            }
        }
    }

    @Test("a step with state allocates nothing", .enabled(if: engram_counts_allocations()))
    func allocations() throws {
        let units = 8
        for operation in [Operators.LSTM() as any Operator, Operators.GRU()] {
            let gates = operation is Operators.LSTM ? 4 : 3
            var (graph, given, outputs) = try graph(
                operation,
                [
                    Tensor.random([3, 2, 5], 1), Tensor.random([1, gates * units, 5], 2),
                    Tensor.random([1, gates * units, units], 3), nil, Tensor([3, 1] as [Int32], shape: [2]),
                    Tensor.random([1, 2, units], 4),
                ])
            for (place, output) in outputs.enumerated() { graph.addOutput("\(place)", output) }
            let run = try Run(graph, .portable)
            _ = try run.outputs(given)
            let before = engram_thread_allocations()
            run.session.run()
            #expect(engram_thread_allocations() == before)
        }
    }

    @Test(
        "a recurrent operator refuses what does not fit, with words",
        arguments: [
            (Operators.LSTM(), [[3, 2, 4], [1, 20, 4], [1, 20, 5], [1, 40]], nil),
            (
                Operators.LSTM(), [[3, 2, 4], [1, 20, 5], [1, 20, 5]],
                "W [1, 20, 5] and R [1, 20, 5] do not go with X [3, 2, 4]: [1, 4·H, 4] and [1, 4·H, H] are needed"
            ),
            (
                Operators.GRU(direction: .bidirectional), [[3, 2, 4], [1, 15, 4], [1, 15, 5]],
                "W [1, 15, 4] and R [1, 15, 5] do not go with X [3, 2, 4]: [2, 3·H, 4] and [2, 3·H, H] are needed"
            ),
            (
                Operators.LSTM(), [[3, 2, 4], [1, 20, 4], [1, 20, 5], [1, 20]],
                "B has shape [1, 20]; [1, 40] is needed"
            ),
            (
                Operators.LSTM(), [[3, 2, 4], [1, 20, 4], [1, 20, 5], nil, nil, [1, 3, 5]],
                "initial_h has shape [1, 3, 5]; [1, 2, 5] is needed"
            ),
            (
                Operators.LSTM(), [[3, 2, 4], [1, 20, 4], [1, 20, 5], nil, nil, nil, [2, 5]],
                "initial_c has shape [2, 5]; [1, 2, 5] is needed"
            ),
            (
                Operators.LSTM(), [[3, 2, 4], [1, 20, 4], [1, 20, 5], nil, nil, nil, nil, [1, 15]],
                "peepholes (P) are not supported"
            ),
            (
                Operators.GRU(), [[3, 2, 4], [1, 15, 4], [1, 15, 5], nil, [2]],
                "sequence_lens has elements f32; i32 is supported"
            ),
            (
                Operators.GRU(), [[65_537, 0, 4], [1, 15, 4], [1, 15, 5]],
                "X [65537, 0, 4] has 65537 steps; at most 65536 are supported"
            ),
            (Operators.Gather(axis: 2), [[3, 2], [2]], "indices has elements f32; i32 and i64 are supported"),
        ] as [(any Operator, [Shape?], String?)])
    func refusal(_ operation: any Operator, _ shapes: [Shape?], _ text: String?) {
        let types = shapes.map { $0.map { TensorType(.f32, $0) } }
        var found: String?
        do { _ = try operation.infer(Operands(types: types)) } catch { found = error.description }
        #expect(found == text)
    }
}
