import Engine
import Kernels
import ModelFiles
import Testing

/// Operators as nodes of ONNX, each a model (tools/goldens/operators.py, nodes.py, recurrent.py).
@Suite struct NodeGoldenTests {
    /// A file of goldens, and what it holds.
    static let files: [(name: String, goldens: Result<Goldens, any Error>)] =
        ["operators", "nodes", "recurrent"].map { name in (name, Result { try Goldens(name) }) }

    struct Case: CustomTestStringConvertible, Sendable {
        let file, index: Int
        let name: String
        var testDescription: String { name }
    }

    static let cases = files.indices.flatMap { file -> [Case] in
        guard let goldens = try? files[file].goldens.get() else { return [] }
        return goldens.entries.indices.filter { goldens.entries[$0].model != nil }.map { index in
            Case(
                file: file, index: index, name: "\(files[file].name), case \(index), \(goldens.entries[index].operator)"
            )
        }
    }

    @Test("the goldens are there") func goldensAreThere() throws {
        for (_, goldens) in Self.files { _ = try goldens.get() }
        #expect(Self.cases.count == 670)
    }

    @Test("operators give what ONNX Runtime or PyTorch gives", arguments: cases)
    func node(_ row: Case) throws {
        let goldens = try Self.files[row.file].goldens.get(), entry = goldens.entries[row.index]
        let graph = try goldens.graph(#require(entry.model))
        var given: [String: Tensor] = [:]
        for (index, place) in entry.inputs.enumerated() {
            if let place, !entry.constants.contains(index) { given["\(index)"] = try goldens.tensor(place) }
        }
        let expected = try entry.outputs.map(goldens.tensor)
        for instructionSet in InstructionSet.available {
            let got = try Run(graph, instructionSet).outputs(given)
            #expect(got.count == expected.count)
            for (index, (a, b)) in zip(got, expected).enumerated() {
                #expect(a.type == b.type)
                // Sums of float32 in another order, and functions of two makers; integers are exact.
                expectClose(
                    a.doubles, b.doubles, relative: b.elementType == .f32 ? 2e-6 : 0,
                    "\(row.name), output \(index), \(instructionSet)")
            }
        }
    }

    /// Operators of ours that stand in no file of ONNX, and the golden that computes with them.
    private static let within = [
        "AdamWUpdate": "AdamWTrajectory", "AveragePoolGradient": "AveragePoolGradients",
        "BatchNormalizationGradient": "BatchNormalizationTraining", "BinaryCrossEntropy": "BinaryCrossEntropyGradient",
        "BinaryCrossEntropyGradient": "BinaryCrossEntropyGradient", "ChannelSum": "ConvGradients",
        "ClipScale": "SGDTrajectory", "ConvInputGradient": "ConvGradients", "ConvWeightGradient": "ConvGradients",
        "FunctionGradient": "gradient of Sigmoid", "GRUGradient": "GRUGradients",
        "GatherGradient": "gradient of Gather",
        "GlobalAveragePoolGradient": "gradient of GlobalAveragePool", "LSTMGradient": "LSTMGradients",
        "MaxPoolGradient": "MaxPoolGradients", "MeanSquares": "MeanSquaresGradient",
        "ReduceToShape": "gradient of Div", "ReluGradient": "gradient of Relu",
        "Reshaped": "gradient of LayerNormalization", "RowNormalizationGradient": "gradient of LayerNormalization",
        "SGDUpdate": "SGDTrajectory", "Scale": "MeanSquaresGradient", "Section": "gradient of Concat",
        "SoftmaxCrossEntropyGradient": "SoftmaxCrossEntropyGradient", "SoftmaxGradient": "gradient of Softmax",
    ]
    /// Operators without a golden, and why.
    private static let without = [
        "InvertedResidual": "a pass writes it for three convolutions, whose bits PassTests hold it to",
        "MovingAverageUpdate": "one multiply-add, which its rows in OperatorCases hold against its formula in double",
        "PiecewiseLinear":
            "a pass writes it, and PassTests hold it against the operators that it stands for, which have goldens",
        "PixelUnshuffle":
            "a pass writes it before a convolution, and PassTests hold both to the convolution that they stand for",
    ]

    @Test("every operator has a golden, or a reason why it has none") func everyOperator() throws {
        var found: Set<String> = []
        for (_, goldens) in Self.files { found.formUnion(try goldens.get().entries.map(\.operator)) }
        found.formUnion(try NarrowWeightsTests.goldens.get().entries.map(\.operator))
        found.formUnion(try GradientGoldenTests.goldens.get().entries.map { "gradient of \($0.operator)" })
        let names = OperatorRegistry.all.map { $0.name }
        for name in names {
            let golden = OperatorNames.onnxName(of: name) ?? Self.within[name]
            #expect(golden.map(found.contains) ?? false != Self.without.keys.contains(name), "\(name)")
        }
        #expect(Set(Self.within.keys).union(Self.without.keys).subtracting(names) == [])
    }
}
