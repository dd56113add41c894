public import Engine

/// A plan for people.
public enum PlanText {
    /// The steps, their kernels, and the arena of a graph with a batch size.
    ///
    /// - Throws: `GraphError` where the sizes do not fit; `ShapeError` where no memory holds such a batch.
    public static func text(of graph: Graph, batch: Int, threads: Int?) throws -> String {
        let options = Model.Options(threads: threads ?? Model.Options.processorCount)
        return try Model(graph, options: options).plan(for: graph.inputTypes(batch: batch)).description
    }
}
