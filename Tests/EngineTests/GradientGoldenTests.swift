import Engine
import Kernels
import Testing

/// Gradients of nodes of ONNX (tools/goldens/gradients.py).
@Suite struct GradientGoldenTests {
    static let goldens = Result { try Goldens("gradients") }

    @Test("the goldens are there") func goldensAreThere() throws {
        #expect(try Self.goldens.get().entries.count == 72)
    }

    @Test(
        "values and gradients are PyTorch's, also of equals",
        arguments: (try? goldens.get().entries.indices).map(Array.init) ?? [], [false, true])
    func gradient(_ index: Int, isBehindImages: Bool) throws {
        let goldens = try Self.goldens.get(), entry = goldens.entries[index]
        let tensors = try entry.inputs.map { try $0.map(goldens.tensor) }
        var graph = Graph()
        var given: [String: Tensor] = [:]
        let values = tensors.dropLast().enumerated().map { place, tensor -> Graph.Value? in
            guard let tensor else { return nil }
            if entry.constants.contains(place) { return graph.addConstant(tensor) }
            given["\(place)"] = tensor
            return graph.addInput("\(place)", dimensions: tensor.shape.map { .fixed($0) })
        }
        var operands = values
        if isBehindImages, let image = values[0], graph.type(of: image).shape.rank == 4 {
            // A pooling that changes nothing, so that the operator finds its image channels last.
            operands[0] = try graph.append(Operators.MaxPool(window: SpatialWindow(kernel: 1)), [image])[0]
        }
        let nodes = try goldens.graph(#require(entry.model)).nodes
        let y = try graph.append(#require(nodes.first).operation, operands, name: "node")[0]
        let dy = try #require(tensors.last ?? nil)
        let product = try graph.append(Operators.Mul(), [y, graph.addConstant(dy)])
        graph.addOutput("loss", try graph.append(Operators.ReduceSum(keepsDimensions: false), product)[0])
        graph.addOutput("y", y)
        graph = try graph.applying(Pass.beforeDifferentiation)
        let gradients = try graph.appendGradients(
            of: graph.outputs[0].value, withRespectTo: graph.inputs.map(\.value))
        for (place, gradient) in gradients.enumerated() {
            graph.addOutput("gradient \(place)", try #require(gradient))
        }
        let expected = try entry.outputs.map(goldens.tensor)
        for instructionSet in InstructionSet.available {
            let got = Array(try Run(graph, instructionSet, passes: Pass.training).outputs(given).dropFirst())
            #expect(got.count == expected.count)
            for (place, (a, b)) in zip(got, expected).enumerated() {
                let what = "case \(index), \(entry.operator), output \(place), \(instructionSet)"
                #expect(a.shape == b.shape, "\(what)")
                // Powers and weights of float32, of two makers.
                expectClose(a.doubles, b.doubles, relative: 2e-6, what)
            }
        }
    }
}
