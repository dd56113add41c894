extension Pass {
    /// Computes what depends on constants alone, but keeps weights in the fewer bits in which their readers take them.
    package static let constantFolding = Pass(name: "constant folding") { graph throws(GraphError) in
        let readers = graph.readers()
        return try graph.rewritten { _, node, rewriting throws(GraphError) in
            if let weights = graph.narrowWeights(of: node, readers: readers) {
                let value = node.outputs[0]
                rewriting[value] = rewriting.target.addConstant(weights, name: graph[value].name)
                return
            }
            let inputs = rewriting.inputs(of: node), target = rewriting.target
            let isConstant = inputs.allSatisfy { input in
                input.map { target.isConstant($0) } ?? true
            }
            let types = node.outputs.map(graph.type(of:))
            let bytes = types.reduce(0) { $0 + $1.byteCount }
            guard !inputs.isEmpty, isConstant, bytes <= 64 << 20 else {
                return try rewriting.keep(node, inputs: inputs)
            }
            var tensors: [Tensor?] = []
            for input in inputs { tensors.append(try input.flatMap(target.loaded)) }
            guard
                let folded = try Evaluation.evaluated(
                    node.operation, Operands(types: tensors.map { $0?.type }, constants: tensors), types)
            else { return try rewriting.keep(node, inputs: inputs) }
            for (output, tensor) in zip(node.outputs, folded) {
                rewriting[output] = rewriting.target.addConstant(tensor, name: graph[output].name)
            }
        }
    }
}
