internal import Kernels

extension Pass {
    /// Computes what depends on constants alone.
    package static let constantFolding = Pass(name: "constant folding") { graph throws(GraphError) in
        try graph.rewritten { _, node, rewriting throws(GraphError) in
            let inputs = rewriting.inputs(of: node)
            let tensors = inputs.map { $0.flatMap { rewriting.target.constant($0) } }
            let bytes = node.outputs.reduce(0) { $0 + graph.type(of: $1).byteCount }
            guard !inputs.isEmpty, zip(inputs, tensors).allSatisfy({ $0 == nil || $1 != nil }), bytes <= 64 << 20 else {
                return try rewriting.keep(node, inputs: inputs)
            }
            for (output, tensor) in zip(node.outputs, try node.evaluated(tensors)) {
                rewriting[output] = rewriting.target.addConstant(tensor, name: graph[output].name)
            }
        }
    }
}

extension Graph.Node {
    /// The outputs for constant inputs, computed on one thread; portably, so that constants are the same on all machines.
    fileprivate func evaluated(_ tensors: [Tensor?]) throws(GraphError) -> [Tensor] {
        var graph = Graph()
        var given: [String: Tensor] = [:]
        var inputs: [Graph.Value?] = []
        for (index, tensor) in tensors.enumerated() {
            guard let tensor else {
                inputs.append(nil)
                continue
            }
            // What a shape rule must know stays a constant.
            if tensor.elementType == .i64 {
                inputs.append(graph.addConstant(tensor))
            } else {
                given["\(index)"] = tensor
                inputs.append(
                    graph.addInput("\(index)", tensor.elementType, dimensions: tensor.shape.map { .fixed($0) }))
            }
        }
        let outputs = try graph.append(operation, inputs, name: name)
        for (index, output) in outputs.enumerated() { graph.addOutput("\(index)", output) }
        let planned = try graph.applying([.channelsLast, .transposes, .deadCode])
        let kernels: KernelSet
        do { kernels = try KernelSet(.portable) } catch { throw GraphError(fault: error.description) }
        let session = Session(
            try Plan(planned, kernels: kernels, weights: WeightCache()), pool: ThreadPool(threadCount: 1))
        for (index, port) in session.plan.inputs.enumerated() {
            if let tensor = given[port.name] { session.set(index, to: tensor) }
        }
        session.run()
        return outputs.indices.map { session.output($0) }
    }
}
