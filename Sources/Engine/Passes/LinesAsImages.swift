extension Pass {
    /// Makes images of one row of lines `[N, C, W]` where an operator works on images, and lines again of what it gives. Only for a graph
    /// whose sizes are settled.
    package static let linesAsImages = Pass(name: "lines as images") { graph throws(GraphError) in
        try graph.rewritten { _, node, rewriting throws(GraphError) in
            guard let operation = node.operation as? any SpatialOperator, let x = node.inputs[0],
                graph.type(of: x).shape.rank == 3
            else { return try rewriting.keep(node) }
            var inputs = rewriting.inputs(of: node)
            for index in operation.spatialInputs where inputs.indices.contains(index) {
                guard let input = inputs[index] else { continue }
                let image = Operators.Reshaped(shape: rewriting.target.type(of: input).shape.asImage)
                inputs[index] = try rewriting.target.append(image, [input], name: "\(node.name).image_\(index)")[0]
            }
            let made = try rewriting.target.append(operation, inputs, name: node.name)
            for (old, new) in zip(node.outputs, made) {
                let shape = rewriting.target.type(of: new).shape
                rewriting[old] =
                    shape.rank == 4
                    ? try rewriting.target.append(
                        Operators.Reshaped(shape: shape.asLine), [new], name: "\(node.name).line",
                        outputNames: [graph[old].name])[0] : new
            }
        }
    }
}
