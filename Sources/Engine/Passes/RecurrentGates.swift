extension Pass {
    /// Lets recurrent operators keep what their gradients need.
    package static let recurrentGates = Pass(name: "recurrent gates") { graph throws(GraphError) in
        try graph.rewritten { _, node, rewriting throws(GraphError) in
            switch node.operation {
            case var lstm as Operators.LSTM:
                lstm.keepsGates = true
                try rewriting.keep(node, as: lstm)
            case var gru as Operators.GRU:
                gru.keepsGates = true
                try rewriting.keep(node, as: gru)
            default: try rewriting.keep(node)
            }
        }
    }
}
