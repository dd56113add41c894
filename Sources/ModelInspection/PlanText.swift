public import Engine

/// A plan for people.
public enum PlanText {
    /// The steps, their kernels, and the arena of a graph with a batch size.
    ///
    /// - Throws: `GraphError` where the sizes do not fit; `ShapeError` where no memory holds such a batch.
    public static func text(of graph: Graph, batch: Int, threads: Int?) throws -> String {
        var types: [String: TensorType] = [:]
        for input in graph.inputs {
            let type = graph.type(of: input.value)
            var shape = Array(type.shape)
            if case .symbol = input.dimensions.first { shape[0] = batch }
            types[graph[input.value].name] = TensorType(type.elementType, try Shape(checking: shape))
        }
        let options = Model.Options(threads: threads ?? Model.Options.processorCount)
        return try Model(graph, options: options).plan(for: types).description
    }
}
