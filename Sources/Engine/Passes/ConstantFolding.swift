extension Pass {
    /// Computes what depends on constants alone.
    package static let constantFolding = Pass(name: "constant folding") { graph throws(GraphError) in
        try graph.rewritten { _, node, rewriting throws(GraphError) in
            let inputs = rewriting.inputs(of: node)
            let tensors = inputs.map { $0.flatMap { rewriting.target.constant($0) } }
            let types = node.outputs.map(graph.type(of:))
            let bytes = types.reduce(0) { $0 + $1.byteCount }
            guard !inputs.isEmpty, zip(inputs, tensors).allSatisfy({ $0 == nil || $1 != nil }), bytes <= 64 << 20,
                let folded = try Evaluation.evaluated(
                    node.operation, Operands(types: tensors.map { $0?.type }, constants: tensors), types)
            else { return try rewriting.keep(node, inputs: inputs) }
            for (output, tensor) in zip(node.outputs, folded) {
                rewriting[output] = rewriting.target.addConstant(tensor, name: graph[output].name)
            }
        }
    }
}
