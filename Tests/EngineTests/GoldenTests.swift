import Engine
import Kernels
import Testing

@Suite struct GoldenTests {
    static let goldens = Result { try Goldens() }

    static func cases(_ isWanted: (Goldens.Entry) -> Bool) -> [Int] {
        guard let goldens = try? goldens.get() else { return [] }
        return goldens.entries.indices.filter { isWanted(goldens.entries[$0]) }
    }

    private func entry(_ index: Int) throws -> (entry: Goldens.Entry, inputs: [Tensor?], outputs: [Tensor]) {
        let goldens = try Self.goldens.get()
        let entry = goldens.entries[index]
        return (entry, try entry.inputs.map { try $0.map(goldens.tensor) }, try entry.outputs.map(goldens.tensor))
    }

    private func compare(_ got: [Tensor], _ expected: [Tensor], relative: Double, _ what: String) {
        #expect(got.count == expected.count, "\(what)")
        for (index, (a, b)) in zip(got, expected).enumerated() {
            #expect(a.shape == b.shape, "\(what), output \(index)")
            expectClose(a.doubles, b.doubles, relative: relative, "\(what), output \(index)")
        }
    }

    @Test("the goldens are there") func goldensAreThere() throws {
        #expect(try Self.goldens.get().entries.count == 162)
    }

    /// Σ y·dy of a network, then the gradients with respect to the named inputs.
    private func gradients(
        _ inputs: [Tensor], _ wanted: [Int], dy: Tensor, _ build: (inout Graph, [Graph.Value]) throws -> [Graph.Value]
    ) throws -> (graph: Graph, given: [String: Tensor]) {
        var graph = Graph()
        var given: [String: Tensor] = [:]
        let values = inputs.enumerated().map { index, tensor in
            given["\(index)"] = tensor
            return graph.addInput("\(index)", tensor.elementType, dimensions: tensor.shape.map { .fixed($0) })
        }
        let outputs = try build(&graph, values)
        let flat = try graph.append(
            Operators.Reshape(), [outputs[0], graph.addConstant(Tensor([1, -1] as [Int64], shape: [2]))])[0]
        let column = graph.addConstant(try dy.reshaped(to: [dy.shape.elementCount, 1]))
        graph.addOutput("loss", try graph.append(Operators.MatMul(), [flat, column])[0])
        for (index, output) in outputs.enumerated() { graph.addOutput("y\(index)", output) }
        graph = try graph.applying(Pass.beforeDifferentiation)
        let found = try graph.appendGradients(
            of: graph.outputs[0].value, withRespectTo: wanted.map { graph.inputs[$0].value })
        for (index, gradient) in zip(wanted, found) { graph.addOutput("gradient \(index)", try #require(gradient)) }
        return (graph, given)
    }

    private func check(
        _ made: (graph: Graph, given: [String: Tensor]), _ outputs: [Tensor], relative: Double, _ what: String
    ) throws {
        for instructionSet in InstructionSet.available {
            let got = try Run(made.graph, instructionSet, passes: Pass.training).outputs(made.given)
            compare(Array(got.dropFirst()), outputs, relative: relative, "\(what), \(instructionSet)")
        }
    }

    @Test("convolutions have PyTorch's gradients", arguments: cases { $0.operator == "ConvGradients" })
    func convolutionGradients(_ index: Int) throws {
        let (entry, inputs, outputs) = try entry(index)
        let tensors = inputs.compactMap(\.self)
        let operation = Operators.Conv(window: entry.attributes.window, groups: entry.attributes.group ?? 1)
        let made = try gradients(Array(tensors.prefix(3)), [0, 1, 2], dy: tensors[3]) { graph, values in
            try graph.append(operation, values)
        }
        try check(made, outputs, relative: 3e-6, "case \(index), \(operation)")
    }

    @Test(
        "normalisation in training is PyTorch's, with running statistics and gradients",
        arguments: cases { $0.operator == "BatchNormalizationTraining" })
    func normalization(_ index: Int) throws {
        let (entry, inputs, outputs) = try entry(index)
        let tensors = inputs.compactMap(\.self)
        let operation = Operators.BatchNormalization(
            epsilon: entry.attributes.epsilon ?? 0, momentum: entry.attributes.momentum ?? 0, isTraining: true)
        let made = try gradients(Array(tensors.prefix(5)), [0, 1, 2], dy: tensors[5]) { graph, values in
            Array(try graph.append(operation, values).prefix(3))
        }
        // Both take differences of float32 sums; PyTorch's own are in float32.
        try check(made, outputs, relative: 1e-5, "case \(index)")
    }

    @Test("losses are PyTorch's, with their gradients", arguments: cases { $0.operator.hasSuffix("Gradient") })
    func losses(_ index: Int) throws {
        let (entry, inputs, outputs) = try entry(index)
        let attributes = entry.attributes
        let operation: any Operator =
            switch entry.operator {
            case "SoftmaxCrossEntropyGradient": Operators.SoftmaxCrossEntropy(smoothing: attributes.smoothing ?? 0)
            case "BinaryCrossEntropyGradient":
                Operators.BinaryCrossEntropy(
                    positiveWeight: attributes.positive_weight ?? 1, focusing: attributes.focusing ?? 0)
            case "MeanSquaresGradient": Operators.MeanSquares()
            default: throw GraphError(fault: "an unknown loss \(entry.operator)")
            }
        let made = try gradients(inputs.compactMap(\.self), [0], dy: Tensor([1], shape: [1])) { graph, values in
            try graph.append(operation, values)
        }
        try check(made, outputs, relative: 2e-6, "case \(index), \(operation)")
    }

    @Test(
        "poolings have PyTorch's gradients",
        arguments: cases { $0.operator == "MaxPoolGradients" || $0.operator == "AveragePoolGradients" })
    func poolings(_ index: Int) throws {
        let (entry, inputs, outputs) = try entry(index)
        let tensors = inputs.compactMap(\.self)
        func pair(_ value: Int?) -> SpatialWindow.Pair { SpatialWindow.Pair(value ?? 1, value ?? 1) }
        let window = SpatialWindow(
            kernel: pair(entry.attributes.kernel), strides: pair(entry.attributes.stride),
            padding: .all(entry.attributes.pad ?? 0))
        let operation: any Operator =
            entry.operator == "MaxPoolGradients"
            ? Operators.MaxPool(window: window) : Operators.AveragePool(window: window)
        let made = try gradients([tensors[0]], [0], dy: tensors[1]) { graph, values in
            try graph.append(operation, values)
        }
        try check(made, outputs, relative: 1e-6, "case \(index)")
    }

    @Test("optimizers go PyTorch's way for five steps", arguments: cases { $0.operator.hasSuffix("Trajectory") })
    func trajectories(_ index: Int) throws {
        let (entry, inputs, outputs) = try entry(index)
        let attributes = entry.attributes
        let tensors = inputs.compactMap(\.self)
        let steps = 5, count = 2
        // One graph that clips and updates both weights; states keep what is between steps.
        var graph = Graph()
        let gradients = (0..<count).map {
            graph.addInput("gradient \($0)", dimensions: tensors[$0].shape.map { .fixed($0) })
        }
        let rate = graph.addInput("rate", dimensions: []), number = graph.addInput("step", .i64, dimensions: [])
        let clip = try graph.append(Operators.ClipScale(limit: attributes.limit ?? 0), gradients)
        for weight in 0..<count {
            let w = graph.addState(tensors[weight], name: "w\(weight)")
            func moment(_ name: String) -> Graph.Value {
                graph.addState(Tensor(zeros: tensors[weight].shape), name: "\(name)\(weight)")
            }
            let made: [Graph.Value]
            if entry.operator == "SGDTrajectory" {
                let momentum = attributes.momentum ?? 0
                made = try graph.append(
                    Operators.SGDUpdate(
                        momentum: momentum, weightDecay: attributes.weight_decay ?? 0,
                        isNesterov: attributes.nesterov ?? false),
                    [w, gradients[weight], momentum == 0 ? nil : moment("v"), rate, clip[0]])
            } else {
                made = try graph.append(
                    Operators.AdamWUpdate(
                        beta1: attributes.betas?[0] ?? 0, beta2: attributes.betas?[1] ?? 0,
                        epsilon: attributes.eps ?? 0,
                        weightDecay: attributes.weight_decay ?? 0),
                    [w, gradients[weight], moment("m"), moment("v"), rate, number, clip[0]])
            }
            graph.addOutput("w\(weight)", made[0])
        }
        graph.addOutput("norm", clip[1])
        for instructionSet in InstructionSet.available {
            let run = try Run(graph, instructionSet, passes: Pass.training)
            for step in 0..<steps {
                var given = [
                    "rate": Tensor((attributes.rate ?? 0) * Float(step + 1)),
                    "step": Tensor([Int64(step + 1)], shape: []),
                ]
                for weight in 0..<count { given["gradient \(weight)"] = tensors[count + step * count + weight] }
                let got = try run.outputs(given)
                let expected = Array(outputs[step * count..<(step + 1) * count]) + [outputs[steps * count + step]]
                compare(got, expected, relative: 1e-6, "case \(index), step \(step + 1), \(instructionSet)")
            }
        }
    }
}
