extension Pass {
    /// Leaves out nodes that no output and no update depends on.
    package static let deadCode = Pass(name: "dead code") { graph throws(GraphError) in
        var isLive = Array(repeating: false, count: graph.entries.count)
        for output in graph.outputs { isLive[output.value.index] = true }
        for update in graph.updates { isLive[update.value.index] = true }
        var keeps = Array(repeating: false, count: graph.nodes.count)
        for (index, node) in graph.nodes.enumerated().reversed()
        where node.outputs.contains(where: { isLive[$0.index] }) {
            keeps[index] = true
            for input in node.inputs.compactMap({ $0 }) { isLive[input.index] = true }
        }
        return try graph.rewritten { index, node, rewriting throws(GraphError) in
            if keeps[index] { try rewriting.keep(node) }
        }
    }
}
