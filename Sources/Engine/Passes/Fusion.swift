extension Pass {
    /// Takes a bias, a residual and a ReLU that follow a convolution, a normalisation or a product into it.
    package static let fusion = Pass(name: "fusion") { graph throws(GraphError) in
        try graph.fused {
            $0 is Operators.Conv || $0 is Operators.ConvTranspose || $0 is Operators.BatchNormalization
                || $0 is Operators.Gemm || $0 is Operators.MatMul
        }
    }

    /// Takes a residual and a ReLU that follow a normalisation into it; its gradient is fused alike.
    package static let normalizationFusion = Pass(name: "normalisation fusion") { graph throws(GraphError) in
        try graph.fused { $0 is Operators.BatchNormalization }
    }
}

/// What follows a node and can be done as its results are stored.
private struct Tail {
    var root: Int
    var bias: Graph.Value?
    var residual: Graph.Value?
    var activation = FusedActivation.identity
    /// The last node that is taken in.
    var end: Int
}

extension Graph {
    fileprivate func fused(_ isRoot: (any Operator) -> Bool) throws(GraphError) -> Graph {
        let readers = readers(), makers = makers()
        var tails: [Int: Tail] = [:]
        var absorbed = Set<Int>()
        for (index, node) in nodes.enumerated() where isRoot(node.operation) {
            var tail = Tail(root: index, activation: Self.activation(of: node.operation), end: index)
            // The fused node comes last, and so must the readers of its other outputs.
            let limit = node.outputs.dropFirst().flatMap { readers[$0.index] }.min() ?? .max
            while let next = only(readerOf: nodes[tail.end].outputs[0], readers), !absorbed.contains(next),
                tails[next] == nil, next < limit
            {
                guard take(nodes[next], into: &tail, makers) else { break }
                absorbed.insert(tail.end)
                tail.end = next
            }
            if tail.end != index { tails[tail.end] = tail }
        }
        return try rewritten { index, node, rewriting throws(GraphError) in
            if absorbed.contains(index) { return }
            guard let tail = tails[index] else { return try rewriting.keep(node) }
            let root = nodes[tail.root]
            var inputs = rewriting.inputs(of: root)
            func put(_ value: Graph.Value?, at place: Int, _ rewriting: inout GraphRewriting) {
                guard let value else { return }
                while inputs.count <= place { inputs.append(nil) }
                inputs[place] = rewriting[value]
            }
            let operation: any Operator
            switch root.operation {
            case var conv as Operators.Conv:
                conv.activation = tail.activation
                put(tail.bias, at: 2, &rewriting)
                put(tail.residual, at: 3, &rewriting)
                operation = conv
            case var transposed as Operators.ConvTranspose:
                transposed.activation = tail.activation
                operation = transposed
            case var normalization as Operators.BatchNormalization:
                normalization.activation = tail.activation
                put(tail.residual, at: 5, &rewriting)
                operation = normalization
            case var gemm as Operators.Gemm:
                gemm.activation = tail.activation
                put(tail.bias, at: 2, &rewriting)
                operation = gemm
            default:
                var gemm = Operators.Gemm()
                gemm.activation = tail.activation
                put(tail.bias, at: 2, &rewriting)
                operation = gemm
            }
            // The fused node has the root's outputs, the first of which is the tail's.
            var whole = root
            whole.outputs[0] = node.outputs[0]
            try rewriting.keep(whole, as: operation, inputs: inputs)
        }
    }

    /// What an operator applies last already.
    private static func activation(of operation: any Operator) -> FusedActivation {
        switch operation {
        case let conv as Operators.Conv: conv.activation
        case let transposed as Operators.ConvTranspose: transposed.activation
        case let normalization as Operators.BatchNormalization: normalization.activation
        case let gemm as Operators.Gemm: gemm.activation
        default: .identity
        }
    }

    /// The node that alone reads a value which is no output.
    private func only(readerOf value: Value, _ readers: [[Int]]) -> Int? {
        guard readers[value.index].count == 1, !outputs.contains(where: { $0.value == value }),
            !updates.contains(where: { $0.value == value })
        else { return nil }
        return readers[value.index][0]
    }

    /// Adds a node to a tail; false where it does not fit.
    private func take(_ node: Node, into tail: inout Tail, _ makers: [Int?]) -> Bool {
        let root = nodes[tail.root], value = nodes[tail.end].outputs[0]
        guard tail.activation == .identity else { return false }
        let isMatrix = root.operation is Operators.Gemm || root.operation is Operators.MatMul
        if isMatrix,
            type(of: value).shape.rank != 2
                || root.inputs.prefix(2).contains(where: { $0.map { type(of: $0).shape.rank } != 2 })
        {
            return false
        }
        switch node.operation {
        case is Operators.Relu:
            tail.activation = .relu
            return true
        case is Operators.Add:
            guard let other = node.inputs.first(where: { $0 != value }) ?? nil else { return false }
            let shape = type(of: other).shape
            if isMatrix {
                // A bias along the columns.
                guard tail.bias == nil, root.inputs.count < 3, shape == [type(of: value).shape[1]] else { return false }
                if let gemm = root.operation as? Operators.Gemm, gemm.beta != 1 { return false }
                tail.bias = other
                return true
            }
            guard tail.residual == nil, !(root.operation is Operators.ConvTranspose), shape == type(of: value).shape
            else { return false }
            if root.operation is Operators.Conv, root.inputs.count > 3, root.inputs[3] != nil { return false }
            if root.operation is Operators.BatchNormalization, root.inputs.count > 5, root.inputs[5] != nil {
                return false
            }
            tail.residual = other
            return true
        default:
            return false
        }
    }
}
