extension Graph {
    /// Appends the gradients of a scalar with respect to values that it is computed from (reverse accumulation).
    ///
    /// - Parameters:
    ///   - loss: a scalar.
    ///   - values: mostly states, the network's weights.
    /// - Returns: for each of `values` its gradient, of its shape; nil where the loss does not depend on it.
    /// - Throws: `GraphError` naming a node without a gradient between them.
    /// - Source: Griewank, Walther 2008, "Evaluating Derivatives", section 3.2.
    package mutating func appendGradients(of loss: Value, withRespectTo values: [Value]) throws(GraphError) -> [Value?]
    {
        var isNeeded = Array(repeating: false, count: entries.count)
        for value in values { isNeeded[value.index] = true }
        let forward = nodes
        for node in forward where node.inputs.contains(where: { $0.map { isNeeded[$0.index] } ?? false }) {
            for output in node.outputs { isNeeded[output.index] = true }
        }

        var contributions: [Value: [Value]] = [:]
        contributions[loss] = [addConstant(Tensor([1], shape: type(of: loss).shape))]
        var sums: [Value: Value] = [:]
        for node in forward.reversed() where node.outputs.contains(where: { isNeeded[$0.index] }) {
            var outputGradients: [Value?] = []
            for output in node.outputs { outputGradients.append(try sum(of: output, contributions, &sums)) }
            guard outputGradients.contains(where: { $0 != nil }) else { continue }
            let needs = node.inputs.map { $0.map { isNeeded[$0.index] } ?? false }
            guard needs.contains(true) else { continue }
            let backward = Backward(node: node, outputGradients: outputGradients, needs: needs)
            let gradients = try node.operation.differentiate(backward, in: &self)
            for (input, gradient) in zip(node.inputs, gradients) {
                guard let input, let gradient, isNeeded[input.index] else { continue }
                contributions[input, default: []].append(gradient)
            }
        }
        var results: [Value?] = []
        for value in values { results.append(try sum(of: value, contributions, &sums)) }
        return results
    }

    /// The gradient of a value from those of its readers, which all are known by then.
    private mutating func sum(of value: Value, _ contributions: [Value: [Value]], _ sums: inout [Value: Value])
        throws(GraphError) -> Value?
    {
        if let known = sums[value] { return known }
        guard let parts = contributions[value], var total = parts.first else { return nil }
        for part in parts.dropFirst() {
            total = try append(Operators.Add(), [total, part], name: "\(label(of: value)).gradient")[0]
        }
        sums[value] = total
        return total
    }
}
