import AllocationCounter
import Engine
import Kernels
import OperatorCases
import Testing

@Suite struct PlanTests {
    /// Graphs that are planned: whole networks, and what passes are tried with.
    static let graphs: [(name: String, graph: Graph)] = {
        var graphs: [(String, Graph)] = []
        for row in PassCase.all {
            var network = Network()
            try? row.build(&network)
            graphs.append((row.name, network.graph))
        }
        let bound = ["x": TensorType(.f32, [2, 3, 17, 17])]
        if let graph = try? Network.image().graph.bound(to: bound) { graphs.append(("an image network", graph)) }
        if let graph = try? Network.table().graph.bound(to: ["x": TensorType(.f32, [5, 30])]) {
            graphs.append(("a table network", graph))
        }
        return graphs
    }()

    @Test("a run that no memory holds is refused before its work is counted") func tooLarge() throws {
        let side = 1 << 29
        let operations: [(any Operator, Shape, Shape)] = [
            (Operators.MatMul(), [side, side], [side, side]),
            (Operators.Gemm(), [side, side], [side, side]),
            (Operators.Add(), [side, side], [side, side]),
            (
                Operators.Conv(window: SpatialWindow(kernel: 1_048_576)), [1, 1, 1 << 21, 1 << 21],
                [1, 1, 1 << 20, 1 << 20]
            ),
            (
                Operators.Conv(window: SpatialWindow(kernel: 1_024)), [1 << 20, 1 << 15, 1 << 10, 1 << 10],
                [1 << 10, 1 << 15, 1 << 10, 1 << 10]
            ),
        ]
        for (operation, first, second) in operations {
            var graph = Graph()
            let x = graph.addInput("x", TensorType(.f32, first), dimensions: first.map { .fixed($0) })
            let w = graph.addInput("w", TensorType(.f32, second), dimensions: second.map { .fixed($0) })
            let y = try graph.append(operation, [x, w])[0]
            graph.addOutput("y", try graph.append(operation, [x, w])[0])
            graph.addOutput("z", y)
            // Twice what an Int has, where there are products at all.
            #expect([0, .max].contains(graph.multiplyAdds))
            let model = try Model(graph, options: Model.Options(threads: 1))
            let error = #expect(throws: GraphError.self) {
                try model.plan(for: ["x": TensorType(.f32, first), "w": TensorType(.f32, second)])
            }
            #expect(error?.description.hasPrefix("a run needs ") == true, "\(operation.name): \(error)")
        }
    }

    @Test("no memory is used twice at once", arguments: graphs.indices)
    func lifetimes(_ index: Int) throws {
        let graph = try Self.graphs[index].graph.applying(Pass.inference)
        let plan = try Plan(graph, kernels: KernelSet(.portable), weights: WeightCache())
        // Where each value lies, read from the steps: a view lies where its first input does.
        var places: [Graph.Value: Region] = [:]
        for (input, port) in zip(graph.inputs, plan.inputs) { places[input.value] = port.region }
        var born: [Graph.Value: Int] = [:], died: [Graph.Value: Int] = [:]
        for input in graph.inputs { born[input.value] = -1 }
        var steps = plan.steps.makeIterator()
        for (place, node) in graph.nodes.enumerated() {
            for input in node.inputs.compactMap({ $0 }) { died[input] = place }
            if node.operation.placement == .view {
                places[node.outputs[0]] = node.inputs[0].flatMap { places[$0] }
            } else {
                let next = steps.next()
                let step = try #require(next)
                #expect(step.node == node.name)
                for (output, region) in zip(node.outputs, step.outputRegions) { places[output] = region }
            }
            for output in node.outputs { born[output] = place }
        }
        #expect(steps.next() == nil || !graph.updates.isEmpty)
        for output in graph.outputs { died[output.value] = .max }
        // What a value's views need, the value needs.
        for node in graph.nodes.reversed() where node.operation.placement == .view {
            if let input = node.inputs[0] { died[input] = max(died[input] ?? -1, died[node.outputs[0]] ?? -1) }
        }
        func views(_ value: Graph.Value) -> Graph.Value {
            for node in graph.nodes where node.operation.placement == .view && node.outputs[0] == value {
                if let input = node.inputs[0] { return views(input) }
            }
            return value
        }
        let values = places.keys.sorted { $0.index < $1.index }
        for (number, a) in values.enumerated() {
            for b in values[(number + 1)...] where views(a) != views(b) {
                guard let first = places[a], let second = places[b], first.storage == nil, second.storage == nil,
                    first.overlaps(second), let bornA = born[a], let bornB = born[b]
                else { continue }
                // The later may begin where the earlier is read for the last time, if its node overwrites it there.
                let endA = max(died[a] ?? bornA, bornA), endB = max(died[b] ?? bornB, bornB)
                let overwrites = endA == bornB && first.offset == second.offset && first.byteCount == second.byteCount
                #expect(
                    endA < bornB || endB < bornA || overwrites,
                    "\(Self.graphs[index].name): '\(graph.label(of: a))' lives \(bornA)...\(endA) at \(first.offset), '\(graph.label(of: b))' \(bornB)...\(endB) at \(second.offset)"
                )
            }
        }
        #expect(places.values.allSatisfy { $0.storage != nil || $0.offset + $0.byteCount <= plan.arenaBytes })
    }

    @Test("a network's arena is smaller than its tensors together")
    func arenaIsSmall() throws {
        let graph = try Network.image().graph.bound(to: ["x": TensorType(.f32, [2, 3, 33, 33])]).applying(
            Pass.inference)
        let plan = try Plan(graph, kernels: KernelSet(.portable), weights: WeightCache())
        let tensors = graph.nodes.flatMap(\.outputs).reduce(0) { $0 + graph.type(of: $1).byteCount }
        #expect(plan.arenaBytes < tensors)
    }

    @Test("repeated runs give the same bits", arguments: graphs.indices)
    func repeats(_ index: Int) throws {
        let graph = Self.graphs[index].graph
        let inputs = Dictionary(
            uniqueKeysWithValues: graph.inputs.map {
                (graph[$0.value].name, Tensor.random(graph.type(of: $0.value).shape, 3))
            })
        for instructionSet in InstructionSet.available {
            let run = try Run(graph, instructionSet, threads: 2)
            let first = try run.outputs(inputs)
            for _ in 0..<3 { #expect(try run.outputs(inputs) == first) }
        }
    }

    @Test("the counter of allocations counts", .enabled(if: engram_counts_allocations()))
    func counterCounts() {
        let before = (engram_thread_allocations(), engram_process_allocations())
        var arrays: [[Int]] = []
        for size in 1...10 { arrays.append(Array(0..<size * 100)) }
        let storage = Storage(byteCount: 4096)
        #expect(engram_thread_allocations() >= before.0 + 11)
        #expect(engram_process_allocations() >= before.1 + 11)
        #expect(arrays.count == 10 && storage.byteCount == 4096)
    }

    @Test(
        "running an operator allocates nothing", .enabled(if: engram_counts_allocations()), arguments: OperatorCases.all
    )
    func operatorAllocatesNothing(_ row: OperatorCase) throws {
        let (graph, inputs, _) = try row.graph()
        for instructionSet in InstructionSet.available {
            let run = try Run(graph, instructionSet)
            _ = try run.outputs(inputs)
            let before = engram_thread_allocations()
            run.session.run()
            let after = engram_thread_allocations()
            #expect(after == before, "\(row), \(instructionSet): \(after - before) allocations")
        }
    }

    @Test("running a network on two threads allocates nothing", .enabled(if: engram_counts_allocations()))
    func networkAllocatesNothing() async {
        await #expect(processExitsWith: .success) {
            for instructionSet in InstructionSet.available {
                let graph = try Network.image().graph.bound(to: ["x": TensorType(.f32, [2, 3, 40, 40])])
                let run = try Run(graph, instructionSet, threads: 2)
                _ = try run.outputs(["x": Tensor.random([2, 3, 40, 40], 1)])
                // Somebody else in the process may allocate; the runs do not.
                let counts = (0..<20).map { _ in
                    let before = engram_process_allocations()
                    run.session.run()
                    return engram_process_allocations() - before
                }
                try #require(counts.min() == 0 && counts.filter { $0 > 0 }.count < 3, "\(instructionSet): \(counts)")
            }
        }
    }

    @Test(
        "running a gradient allocates nothing", .enabled(if: engram_counts_allocations()),
        arguments: OperatorCases.all.filter(\.isDifferentiable))
    func gradientAllocatesNothing(_ row: OperatorCase) throws {
        let wanted = row.inputs.indices.filter { row.inputs[$0]?.hasGradient ?? false }
        let weights = Tensor(zeros: [row.expected[0].values.count])
        let (graph, inputs) = try row.gradientGraph(weights: weights, wanted: wanted)
        let run = try Run(graph, InstructionSet.preferred(), passes: Pass.training)
        _ = try run.outputs(inputs)
        let before = engram_thread_allocations()
        run.session.run()
        let after = engram_thread_allocations()
        #expect(after == before, "\(row): \(after - before) allocations")
    }

    @Test("states take up their updates, and an update in place overwrites nothing else")
    func updates() throws {
        var graph = Graph()
        let gradient = graph.addInput("gradient", dimensions: [20]), rate = graph.addInput("rate", dimensions: [])
        let w = graph.addState(Tensor.random([20], 1), name: "w"),
            mean = graph.addState(Tensor.random([20], 2), name: "mean")
        let before = try graph.append(Operators.Mul(), [w, mean])[0]
        let made = try graph.append(
            Operators.SGDUpdate(momentum: 0, weightDecay: 0, isNesterov: false), [w, gradient, nil, rate, nil])[0]
        graph.addUpdate(of: w, to: made)
        graph.addUpdate(of: mean, to: try graph.append(Operators.Add(), [before, made])[0])
        graph.addOutput("before", before)
        let run = try Run(graph, .portable, passes: Pass.training)
        var expected = (w: Tensor.random([20], 1).doubles, mean: Tensor.random([20], 2).doubles)
        for step in 0..<3 {
            let slope = Tensor.random([20], UInt64(step) + 3)
            let product = zip(expected.w, expected.mean).map { $0 * $1 }
            let outputs = try run.outputs(["gradient": slope, "rate": Tensor(0.5)])
            expectClose(outputs[0].doubles, product, relative: 1e-6, "step \(step)")
            expected.w = zip(expected.w, slope.doubles).map { $0 - 0.5 * $1 }
            expected.mean = zip(product, expected.w).map { $0 + $1 }
            expectClose(
                try #require(run.states["w"]).array(of: Float.self).map(Double.init), expected.w, relative: 1e-6, "w")
            expectClose(
                try #require(run.states["mean"]).array(of: Float.self).map(Double.init), expected.mean, relative: 1e-6,
                "mean")
        }
    }

    @Test("an update of what is no state is a programmer's error") func updateOfConstant() async {
        await #expect(processExitsWith: .failure) {
            var graph = Graph()
            let x = graph.addInput("x", dimensions: [4])
            let w = graph.addConstant(Tensor(zeros: [4])), rate = graph.addConstant(Tensor(1))
            graph.addOutput(
                "y",
                try graph.append(
                    Operators.SGDUpdate(momentum: 0, weightDecay: 0, isNesterov: false), [w, x, nil, rate, nil])[0])
            _ = try Plan(graph, kernels: KernelSet(.portable), weights: WeightCache())
        }
    }

    @Test("a plan can be read") func description() throws {
        var network = Network()
        let x = network.input([1, 4])
        network.output(try network.relu(network.dense(x, to: 16)))
        let graph = try network.graph.applying(Pass.inference)
        let plan = try Plan(graph, kernels: KernelSet(.portable), weights: WeightCache())
        #expect(
            plan.description == """
                0  Gemm_0  Gemm  product_portable  -> f32[1, 16] @64
                arena 128 bytes, scratch \(plan.scratchBytes) bytes a thread, portable
                """)
    }

    @Test("a convolution's kernel is chosen by its shape without the batch, and can be read", arguments: [1, 2, 64])
    func algorithms(_ images: Int) throws {
        var network = Network()
        let x = network.input(["batch", 16, "size", "size"])
        network.output(try network.conv(network.conv(x, to: 16), to: 16, strides: 2))
        let weights = WeightCache()
        func kernels(size: Int) throws -> [String] {
            let graph = try network.graph.bound(to: ["x": TensorType(.f32, [images, 16, size, size])])
            let plan = try Plan(graph.applying(Pass.inference), kernels: KernelSet(.portable), weights: weights)
            return plan.description.split(separator: "\n").filter { $0.contains("  Conv  ") }.map {
                String($0.prefix { $0 != ">" }.split(separator: " ")[3])
            }
        }
        #expect(try kernels(size: 8) == ["winograd_4x4_portable", "product_portable"])
        #expect(try kernels(size: 12) == ["winograd_6x6_portable", "product_portable"])
        #expect(try kernels(size: 2) == ["product_portable", "product_portable"])
        // Of the first convolution the weights as they are and as Winograd has them, twice; of the second as they are, and for
        // the smallest image without the taps that only meet its padding.
        #expect(weights.byteCount == (9 + 36 + 64 + 9 + 4) * 16 * 16 * 4)
    }
}
