import Engine
import Kernels
import OperatorCases
import Testing

/// Products of factors rounded to bf16, beside those of the factors as they are.
@Suite struct PrecisionTests {
    private static let multipliesPairs: Bool = {
        guard let best = InstructionSet.available.last else { return false }
        return (try? KernelSet(best, precision: .bf16))?.multipliesPairs ?? false
    }()

    /// Operators with their inputs, large enough for pairs.
    private static let rows: [(operation: any Operator, inputs: [Tensor?])] = {
        var rows: [(any Operator, [Tensor?])] = []
        for (transposesA, transposesB) in [(false, false), (false, true), (true, false), (true, true)] {
            rows.append(
                (
                    Operators.Gemm(alpha: 0.5, transposesA: transposesA, transposesB: transposesB),
                    [
                        Tensor.random(transposesA ? [128, 130] : [130, 128], 1),
                        Tensor.random(transposesB ? [140, 128] : [128, 140], 2), Tensor.random([140], 3),
                    ]
                ))
        }
        for direction in RecurrentDirection.allCases {
            let count = direction.count
            for lengths in [nil, Tensor([7 as Int32, 3, 0, 5, 7, 1], shape: [6])] {
                rows.append(
                    (
                        Operators.LSTM(direction: direction),
                        [
                            Tensor.random([7, 6, 34], 1), Tensor.random([count, 192, 34], 2, in: -0.3...0.3),
                            Tensor.random([count, 192, 48], 3, in: -0.3...0.3), Tensor.random([count, 384], 4), lengths,
                            Tensor.random([count, 6, 48], 5), Tensor.random([count, 6, 48], 6),
                        ]
                    ))
            }
        }
        return rows
    }()

    @Test(
        "values and gradients are near those of the whole factors, and the same with two threads",
        .enabled(if: multipliesPairs), arguments: rows.indices)
    func nearness(_ index: Int) throws {
        let (operation, inputs) = Self.rows[index]
        var graph = Graph()
        var given: [String: Tensor] = [:]
        let values = inputs.enumerated().map { place, tensor -> Graph.Value? in
            guard let tensor else { return nil }
            given["\(place)"] = tensor
            return graph.addInput("\(place)", tensor.elementType, dimensions: tensor.shape.map { .fixed($0) })
        }
        let y = try graph.append(operation, values)[0]
        graph.addOutput("loss", try graph.append(Operators.MeanSquares(), [y])[0])
        graph.addOutput("y", y)
        graph = try graph.applying(Pass.beforeDifferentiation)
        let wanted = graph.inputs.map(\.value).filter { graph.type(of: $0).elementType == .f32 }
        let gradients = try graph.appendGradients(of: graph.outputs[0].value, withRespectTo: wanted)
        for (place, gradient) in gradients.enumerated() { graph.addOutput("gradient \(place)", try #require(gradient)) }
        let best = try #require(InstructionSet.available.last)
        func outputs(_ precision: ProductPrecision, threads: Int = 1) throws -> [Tensor] {
            try Run(graph, best, threads: threads, passes: Pass.training, precision: precision).outputs(given)
        }
        let whole = try outputs(.f32), rounded = try outputs(.bf16)
        #expect(try outputs(.bf16, threads: 2) == rounded)
        for (place, (a, b)) in zip(rounded, whole).enumerated() {
            // A factor is off by up to 2⁻⁹ of itself, and the errors of a sum are of either sign.
            expectClose(a.doubles, b.doubles, relative: 0.01, "\(operation.name), output \(place)")
        }
        #expect(rounded[1] != whole[1], "nothing was rounded")
        #expect(zip(rounded, whole).dropFirst(2).contains { $0 != $1 }, "no gradient was rounded")
    }

    @Test("an inference rounds nothing") func inference() throws {
        var network = Network()
        network.output(try network.dense(network.input([64, 128]), to: 64))
        let best = try #require(InstructionSet.available.last), x = ["x": Tensor.random([64, 128], 1)]
        #expect(
            try Run(network.graph, best, precision: .bf16).outputs(x) == Run(network.graph, best).outputs(x))
    }
}
