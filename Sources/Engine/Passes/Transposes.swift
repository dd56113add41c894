extension Pass {
    /// Joins transposes that follow each other, leaves out those that do nothing, and makes those that move only dimensions of 1 views.
    package static let transposes = Pass(name: "transposes") { graph throws(GraphError) in
        try graph.rewritten { _, node, rewriting throws(GraphError) in
            guard let transpose = node.operation as? Operators.Transpose, let input = node.inputs[0] else {
                return try rewriting.keep(node)
            }
            var order = transpose.order(of: graph.type(of: input).shape.rank)
            var x = rewriting[input]
            // In the target what came before is joined already.
            if let before = rewriting.target.nodes.last(where: { $0.outputs[0] == x }),
                let earlier = before.operation as? Operators.Transpose, let source = before.inputs[0]
            {
                let first = earlier.order(of: order.count)
                order = order.map { first[$0] }
                x = source
            }
            let joined = Operators.Transpose(order: order)
            if order == Array(order.indices) {
                rewriting[node.outputs[0]] = x
            } else if joined.keepsElements(of: rewriting.target.type(of: x).shape) {
                try rewriting.keep(
                    node, as: Operators.Reshaped(shape: graph.type(of: node.outputs[0]).shape), inputs: [x])
            } else {
                try rewriting.keep(node, as: joined, inputs: [x])
            }
        }
    }
}
