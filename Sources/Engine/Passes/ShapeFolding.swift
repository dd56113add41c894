extension Pass {
    /// Makes constants of what follows from shapes in the current binding: only for a graph whose sizes are settled.
    package static let shapeFolding = Pass(name: "shape folding") { graph throws(GraphError) in
        try graph.rewritten { _, node, rewriting throws(GraphError) in
            let known = node.outputs.compactMap(graph.known)
            guard known.count == node.outputs.count else { return try rewriting.keep(node) }
            for (output, tensor) in zip(node.outputs, known) {
                rewriting[output] = rewriting.target.addConstant(tensor, name: graph[output].name)
            }
        }
    }
}
