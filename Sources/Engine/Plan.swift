package import Kernels

/// A graph for concrete shapes as steps on one arena: order, kernels, and memory by lifetime.
///
/// A plan never changes; sessions run it. Constants lie in their tensors, packed weights in the model's cache, states in storages that all plans of a
/// training share; all else lies in the arena, in memory that is used again once nobody needs what is in it.
package final class Plan: Sendable {
    /// A step, for running and for people.
    package struct PlannedStep: Sendable {
        package let node: String
        package let operation: String
        package let inputs: [TensorType]
        package let outputs: [TensorType]
        package let outputRegions: [Region]
        package let jobs: [Job]
    }

    package struct Port: Sendable {
        package let name: String
        package let type: TensorType
        /// Where it lies in the arena or a storage; nil where an input is read where its tensor lies.
        package let region: Region?
    }

    package let kernels: KernelSet
    package let steps: [PlannedStep]
    package let inputs: [Port]
    package let outputs: [Port]
    package let arenaBytes: Int
    package let scratchBytes: Int
    package let multiplyAdds: Int
    /// The plan that blocks of the batch run through one by one; nil where each step takes the whole batch.
    package let block: Plan?

    /// Plans a graph that the passes have been applied to.
    ///
    /// - Parameters:
    ///   - states: the storage of each state by name.
    package init(_ graph: Graph, kernels: KernelSet, weights: WeightCache, states: [String: Storage] = [:])
        throws(GraphError)
    {
        // Before a step is made, which counts its work.
        for entry in graph.entries { try Self.checkMemory(entry.type.byteCount) }
        var placing = try Placing(graph, kernels: kernels, weights: weights, states: states)
        // An input's memory may be used for something else once nobody needs it; where it begins stays.
        let given = graph.inputs.map { placing.region(of: $0.value) }
        for index in graph.nodes.indices { try placing.place(index) }
        placing.placeUpdates()
        try Self.checkMemory(placing.layout.size)
        self.kernels = kernels
        steps = placing.steps
        arenaBytes = placing.layout.size
        scratchBytes = placing.scratchBytes
        inputs = zip(graph.inputs, given).map {
            Port(name: graph[$0.value].name, type: graph.type(of: $0.value), region: $1)
        }
        outputs = graph.outputs.map {
            Port(name: $0.name, type: graph.type(of: $0.value), region: placing.region(of: $0.value))
        }
        multiplyAdds = graph.multiplyAdds
        block = nil
    }

    /// Plans a batch in blocks.
    ///
    /// - Parameters:
    ///   - batch: rows of each input and output.
    ///   - block: the same graph's plan for a batch of `rows`, in which row follows from row.
    init(_ graph: Graph, batch: Int, of rows: Int, through block: Plan) {
        var layout = ArenaLayout()
        inputs = graph.inputs.map {
            Port(name: graph[$0.value].name, type: graph.type(of: $0.value), region: nil)
        }
        let wholes = graph.outputs.map { output in
            let bytes = graph.type(of: output.value).byteCount
            return Region(arena: layout.allocate(bytes), byteCount: bytes)
        }
        outputs = zip(graph.outputs, wholes).map {
            Port(name: $0.name, type: graph.type(of: $0.value), region: $1)
        }
        let job = Job.blocks(
            of: rows, in: batch, block.steps.flatMap(\.jobs),
            inputs: zip(inputs, block.inputs).enumerated().compactMap { number, ports in
                ports.1.region.map {
                    Job.BlockInput(number: number, byteCount: ports.0.type.byteCount, block: $0)
                }
            },
            outputs: zip(wholes, block.outputs).compactMap { whole, port in
                port.region.map { Job.BlockOutput(whole: whole, block: $0) }
            })
        steps = [
            PlannedStep(
                node: "\(job.count) blocks of \(rows)", operation: "Blocks", inputs: inputs.map(\.type),
                outputs: outputs.map(\.type), outputRegions: wholes, jobs: [job])
        ]
        kernels = block.kernels
        arenaBytes = layout.size
        scratchBytes = 0
        multiplyAdds = graph.multiplyAdds
        self.block = block
    }

    private static func checkMemory(_ byteCount: Int) throws(GraphError) {
        guard byteCount <= Workspace.memoryLimit else {
            throw GraphError(
                fault:
                    "a run needs \(byteCount >> 20) MiB where the machine has \(Workspace.memoryLimit >> 20); try a smaller batch"
            )
        }
    }
}

extension Graph {
    /// Multiply-adds of one run in the current binding; `Int.max` where they are more.
    public var multiplyAdds: Int {
        nodes.reduce(0) { sum, node in
            let (next, overflow) = sum.addingReportingOverflow(
                node.operation.multiplyAdds(node.inputs.map { $0.map(type(of:)) }, node.outputs.map(type(of:))))
            return overflow ? .max : next
        }
    }
}

/// A plan in the making.
private struct Placing {
    let graph: Graph
    let kernels: KernelSet
    let weights: WeightCache
    var layout = ArenaLayout()
    var steps: [Plan.PlannedStep] = []
    var scratchBytes = 0
    /// For each value, the value whose memory it shares.
    private var root: [Int]
    /// For each root, the last node that needs its memory; `Int.max` for what the caller reads.
    private var lastUse: [Int]
    private var regions: [Region?]

    init(_ graph: Graph, kernels: KernelSet, weights: WeightCache, states: [String: Storage]) throws(GraphError) {
        self.graph = graph
        self.kernels = kernels
        self.weights = weights
        root = Array(graph.entries.indices)
        lastUse = Array(repeating: -1, count: graph.entries.count)
        regions = Array(repeating: nil, count: graph.entries.count)
        for node in graph.nodes where node.operation.placement == .view {
            if let input = node.inputs[0] { root[node.outputs[0].index] = root[input.index] }
        }
        for (index, node) in graph.nodes.enumerated() {
            for value in node.inputs.compactMap({ $0 }) + node.outputs {
                lastUse[root[value.index]] = max(lastUse[root[value.index]], index)
            }
        }
        for value in graph.outputs.map(\.value) + graph.updates.map(\.value) { lastUse[root[value.index]] = .max }
        for (index, entry) in graph.entries.enumerated() {
            switch entry.origin {
            case .input:
                regions[index] = Region(arena: layout.allocate(entry.type.byteCount), byteCount: entry.type.byteCount)
            case .constant(let tensor): regions[index] = Region(tensor.storage)
            case .narrow(let narrow): regions[index] = Region(narrow.numbers.storage)
            case .state(let initial):
                guard let storage = states[entry.name], storage.byteCount == initial.storage.byteCount else {
                    preconditionFailure("the state '\(entry.name)' has no storage")
                }
                regions[index] = Region(storage)
            case .stored, .node: break
            }
        }
        for value in graph.storedThatAreReadAsTheyAre {
            guard let stored = graph.stored(value) else { continue }
            regions[value.index] = Region(
                try weights.storage(for: stored, purpose: "as they are") { () throws(GraphError) in
                    try stored.tensor().storage
                })
        }
    }

    func region(of value: Graph.Value) -> Region {
        guard let region = regions[root[value.index]] else {
            preconditionFailure("'\(graph.label(of: value))' has no memory")
        }
        // A view has as many bytes as what it views.
        return region
    }

    mutating func place(_ index: Int) throws(GraphError) {
        let node = graph.nodes[index]
        for (place, output) in node.outputs.enumerated() where root[output.index] == output.index {
            placeOutput(output, place, of: node, at: index)
        }
        if node.operation.placement != .view { try schedule(node) }
        free(after: index, node)
    }

    private mutating func placeOutput(_ output: Graph.Value, _ place: Int, of node: Graph.Node, at index: Int) {
        let bytes = graph.type(of: output).byteCount
        switch node.operation.placement {
        case .overwrites(let pairs):
            if let input = pairs[place].flatMap({ node.inputs[$0] }) {
                precondition(lastUse[root[input.index]] <= index, "'\(node.name)' overwrites what is still needed")
                precondition(
                    region(of: input).storage != nil && graph.constant(Graph.Value(index: root[input.index])) == nil,
                    "'\(node.name)' overwrites what is no state")
                regions[output.index] = region(of: input)
                return
            }
        case .mayOverwrite(let inputs) where place == 0:
            for input in inputs.filter({ $0 < node.inputs.count }).compactMap({ node.inputs[$0] }) {
                let owner = root[input.index]
                if lastUse[owner] == index, let region = regions[owner], region.storage == nil,
                    region.byteCount == bytes,
                    graph.type(of: input).byteCount == bytes
                {
                    regions[output.index] = region
                    regions[owner] = nil  // the output has it now
                    overwritten[input.index] = region
                    return
                }
            }
        case .separate, .view, .mayOverwrite: break
        }
        regions[output.index] = Region(arena: layout.allocate(bytes), byteCount: bytes)
    }

    /// The memory of inputs that the node at hand overwrites.
    private var overwritten: [Int: Region] = [:]

    private mutating func schedule(_ node: Graph.Node) throws(GraphError) {
        let temporaries = Temporaries(layout)
        var inputs: [Step.Input?] = []
        for (operand, value) in node.inputs.enumerated() {
            inputs.append(try value.map { value throws(GraphError) in try input(value, operand, of: node) })
        }
        var step = Step(
            kernels: kernels, inputs: inputs,
            outputs: node.outputs.map { (graph.type(of: $0), region(of: $0)) }, weights: weights,
            allocate: { temporaries.allocate($0) })
        try node.operation.schedule(&step)
        layout = temporaries.release()
        scratchBytes = max(scratchBytes, step.scratchBytes)
        steps.append(
            Plan.PlannedStep(
                node: node.name, operation: node.operation.name,
                inputs: node.inputs.compactMap { $0.map(graph.type(of:)) },
                outputs: node.outputs.map(graph.type(of:)), outputRegions: node.outputs.map(region(of:)),
                jobs: step.jobs))
    }

    private func input(_ value: Graph.Value, _ operand: Int, of node: Graph.Node) throws(GraphError) -> Step.Input {
        if let stored = graph.stored(value), regions[value.index] == nil {
            return Step.Input(type: stored.type, stored: stored)
        }
        let narrow = graph.narrow(value)
        if let narrow, !node.operation.takesNarrow(operand, narrow.type.shape) {
            let floats = try weights.storage(
                for: narrow.numbers.storage, purpose: "floats" + narrow.scaleIdentity
            ) { narrow.floats.storage }
            return Step.Input(type: narrow.type, region: Region(floats))
        }
        return Step.Input(
            type: graph.type(of: value),
            region: overwritten.first { root[$0.key] == root[value.index] }?.value ?? region(of: value),
            constant: graph.constant(value), known: graph.known(value), narrow: narrow)
    }

    /// Memory for the duration of a step.
    private final class Temporaries {
        private var layout: ArenaLayout
        private var regions: [Region] = []
        init(_ layout: ArenaLayout) { self.layout = layout }

        func allocate(_ byteCount: Int) -> Region {
            let region = Region(arena: layout.allocate(byteCount), byteCount: byteCount)
            regions.append(region)
            return region
        }

        func release() -> ArenaLayout {
            for region in regions { layout.free(offset: region.offset, byteCount: region.byteCount) }
            return layout
        }
    }

    private mutating func free(after index: Int, _ node: Graph.Node) {
        overwritten = [:]
        for value in Set((node.inputs.compactMap { $0 } + node.outputs).map { root[$0.index] })
        where lastUse[value] <= index {
            if let region = regions[value], region.storage == nil {
                layout.free(offset: region.offset, byteCount: region.byteCount)
                regions[value] = nil
            }
        }
    }

    /// States take up their new values once everything else is done.
    mutating func placeUpdates() {
        for update in graph.updates {
            let from = region(of: update.value), to = region(of: update.state)
            if from.storage === to.storage, from.offset == to.offset { continue }
            steps.append(
                Plan.PlannedStep(
                    node: "\(graph[update.state].name).update", operation: "Copy",
                    inputs: [graph.type(of: update.value)],
                    outputs: [graph.type(of: update.state)], outputRegions: [to], jobs: [kernels.copy(from, to: to)]))
        }
    }
}

extension Plan: CustomStringConvertible {
    /// A line a step: node, operator, kernels, shapes, and where in the arena.
    package var description: String {
        var lines: [String] = []
        for (index, step) in steps.enumerated() {
            let kernels = step.jobs.reduce(into: [String]()) { if $0.last != $1.kernel { $0.append($1.kernel) } }
                .joined(separator: " + ")
            let places = zip(step.outputs, step.outputRegions).map { type, region in
                "\(type) " + (region.storage == nil ? "@\(region.offset)" : "in its storage")
            }
            lines.append("\(index)  \(step.node)  \(step.operation)  \(kernels)  -> \(places.joined(separator: ", "))")
        }
        lines.append("arena \(arenaBytes) bytes, scratch \(scratchBytes) bytes a thread, \(kernels.instructionSet)")
        if let block { lines.append("each block:\n\(block)") }
        return lines.joined(separator: "\n")
    }
}
