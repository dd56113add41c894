/// A change of a graph that keeps what it computes: a function from graph to graph, one file each.
package struct Pass: Sendable {
    package let name: String
    package let apply: @Sendable (Graph) throws(GraphError) -> Graph

    /// What is done before an inference is planned.
    package static let inference: [Pass] =
        beforeBinding + [
            .shapeFolding, .linesAsImages, .reachableTaps, .unshuffledStrides, .deadCode, .transposes, .channelsLast,
            .constantFolding, .transposes,
            .deadCode, .fusion, .invertedResiduals,
            .deadCode,
        ]
    /// What of it does not depend on the sizes, so that all plans of a model share the constants that it makes.
    package static let beforeBinding: [Pass] = [
        .deadCode, .constantFolding, .batchNormalizationFolding, .deadCode, .siblingConvolutions, .recurrentTables,
        .piecewiseTables,
        .constantFolding, .deadCode,
    ]
    /// What is done to a network before its gradient is taken.
    package static let beforeDifferentiation: [Pass] = [
        .deadCode, .constantFolding, .shapeFolding, .linesAsImages, .channelsLast, .constantFolding, .transposes,
        .deadCode,
        .normalizationFusion, .recurrentGates,
    ]
    /// What is done to a training step before it is planned.
    package static let training: [Pass] = [.transposes, .deadCode]
}

extension Graph {
    /// The graph after passes.
    package func applying(_ passes: [Pass]) throws(GraphError) -> Graph {
        var graph = self
        for pass in passes { graph = try pass.apply(graph) }
        return graph
    }
}
