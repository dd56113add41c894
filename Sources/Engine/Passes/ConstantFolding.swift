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
    /// The outputs for constant inputs, computed on one thread.
    fileprivate func evaluated(_ tensors: [Tensor?]) throws(GraphError) -> [Tensor] {
        var graph = Graph()
        var given: [String: Tensor] = [:]
        var inputs: [Graph.Value?] = []
        for (index, tensor) in tensors.enumerated() {
            guard let tensor else {
                inputs.append(nil)
                continue
            }
            // What a shape rule must know stays a constant; the rest are inputs, so that this folds nothing again.
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
        let results = try Model(graph, options: Model.Options(threads: 1)).run(given)
        return try outputs.indices.map { index throws(GraphError) in
            guard let tensor = results["\(index)"] else {
                throw GraphError(node: name, operation: operation.name, fault: "gives no output \(index)")
            }
            return tensor
        }
    }
}
