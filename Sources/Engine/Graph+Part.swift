extension Graph {
    /// The part of the graph that follows from a value alone, which becomes its input.
    ///
    /// - Parameters:
    ///   - value: what the part is given.
    ///   - name: what it is called as an input.
    ///   - dimensions: its own, as an input has them.
    /// - Throws: `GraphError` where an output needs more than that value.
    package func part(behind value: Value, named name: String, dimensions: [Dimension]) throws(GraphError) -> Graph {
        var part = Graph(), map: [Value: Value] = [:]
        map[value] = part.addInput(name, type(of: value), dimensions: dimensions)
        /// The value in the part; nil where it follows from something else.
        func mapped(_ value: Value) throws(GraphError) -> Value? {
            if let known = map[value] { return known }
            guard let tensor = try loaded(value) else { return nil }
            let made = part.addConstant(tensor, name: self[value].name)
            map[value] = made
            return made
        }
        for node in nodes where !node.outputs.contains(value) {
            let given = node.inputs.compactMap(\.self)
            guard given.contains(where: { map[$0] != nil && !isConstant($0) }),
                given.allSatisfy({ map[$0] != nil || isConstant($0) })
            else { continue }
            var inputs: [Value?] = []
            for input in node.inputs { inputs.append(try input.flatMap(mapped)) }
            let made = try part.append(
                node.operation, inputs, name: node.name, outputNames: node.outputs.map { self[$0].name })
            for (old, new) in zip(node.outputs, made) { map[old] = new }
        }
        for output in outputs {
            guard let made = map[output.value] else {
                throw GraphError(fault: "the output '\(output.name)' needs more than '\(name)'")
            }
            part.addOutput(output.name, made)
        }
        return part
    }
}
