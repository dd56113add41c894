/// The columns of a table as a dense layer wants them: numbers piecewise-linear encoded, the levels of categories as vectors.
///
/// A number x becomes one number for each piece between two edges: clip((x − e₀) / (e₁ − e₀), 0, 1) − ½. So a linear layer behind is a function
/// of each column that bends at its edges.
///
/// - Shapes: f32 `[N, numbers + categories]` → `[N, pieces + dimensions]`; a table `[levels, dimensions]` for each category (normal with
///   deviation 1). A category's column has the number of its level; where it is none, its vector is zeros.
/// - Source: Gorishniy, Rubachev, Babenko 2022, "On Embeddings for Numerical Features in Tabular Deep Learning", section 3.2, eq. 1; Guo, Berkhahn 2016, "Entity Embeddings of Categorical Variables".
public struct TabularEncoding: Layer {
    /// A category's vectors.
    public struct Category: Hashable, Sendable {
        /// How many there are.
        public var levels: Int
        /// Of each.
        public var dimensions: Int

        /// So many vectors.
        public init(levels: Int, dimensions: Int) {
            self.levels = levels
            self.dimensions = dimensions
        }
    }

    /// Of each number's column the edges of its pieces, in rising order; none where there are fewer than two.
    public var edges: [[Float]]
    /// The columns behind the numbers.
    public var categories: [Category]
    public var kind: String { "encoding" }

    /// An encoding of columns of numbers, and of categories behind them.
    public init(edges: [[Float]], categories: [Category] = []) {
        self.edges = edges
        self.categories = categories
    }

    public func append(to network: inout NetworkBuilder, _ x: Graph.Value) throws(GraphError) -> Graph.Value {
        let type = network.graph.type(of: x), columns = edges.count + categories.count
        guard type.elementType == .f32, type.shape.rank == 2, type.shape[1] == columns else {
            throw GraphError(fault: "\(network.layerName) takes f32 [N, \(columns)], not \(type)")
        }
        var parts: [Graph.Value] = []
        if let pieces = try pieces(in: &network, of: x) { parts.append(pieces) }
        for (place, category) in categories.enumerated() {
            parts.append(try vector(of: category, in: &network, x, column: edges.count + place, number: place + 1))
        }
        guard let first = parts.first else { throw GraphError(fault: "\(network.layerName) has nothing to encode") }
        return parts.count == 1 ? first : try network.apply(Operators.Concat(axis: 1), parts)[0]
    }

    private func pieces(in network: inout NetworkBuilder, of x: Graph.Value) throws(GraphError) -> Graph.Value? {
        var columns: [Int64] = [], starts: [Float] = [], scales: [Float] = []
        for (column, edges) in edges.enumerated() {
            for (start, end) in zip(edges, edges.dropFirst()) {
                guard start < end, (end - start).isFinite else {
                    throw GraphError(
                        fault: "\(network.layerName) has a piece from \(start) to \(end) in column \(column)")
                }
                columns.append(Int64(column))
                starts.append(start)
                scales.append(1 / (end - start))
            }
        }
        guard !columns.isEmpty else { return nil }
        let count = columns.count
        func constant(_ name: String, _ tensor: Tensor) -> Graph.Value {
            network.graph.addConstant(tensor, name: network.name(name))
        }
        var y = try network.apply(
            Operators.Gather(axis: 1), [x, constant("columns", Tensor(columns, shape: [count]))])[0]
        y = try network.apply(Operators.Sub(), [y, constant("starts", Tensor(starts, shape: [count]))])[0]
        y = try network.apply(Operators.Mul(), [y, constant("scales", Tensor(scales, shape: [count]))])[0]
        y = try network.apply(
            Operators.Clip(), [y, constant("least", Tensor(Float(0))), constant("most", Tensor(Float(1)))])[0]
        return try network.apply(Operators.Sub(), [y, constant("centre", Tensor(Float(0.5)))])[0]
    }

    private func vector(
        of category: Category, in network: inout NetworkBuilder, _ x: Graph.Value, column: Int, number: Int
    ) throws(GraphError) -> Graph.Value {
        guard category.levels >= 1, category.dimensions >= 1 else {
            throw GraphError(
                fault: "\(network.layerName) has \(category.levels) vectors of \(category.dimensions) dimensions")
        }
        let weight = try network.parameter(
            "category_\(number).weight", [category.levels, category.dimensions], .normal(deviation: 1))
        let place = network.graph.addConstant(
            Tensor([Int64(column)], shape: []), name: network.name("category_\(number).column"))
        let level = try network.apply(Operators.Gather(axis: 1), [x, place])[0]
        let integer = try network.apply(Operators.Cast(to: .i64), [level])[0]
        return try network.apply(Operators.Gather(), [weight, integer])[0]
    }
}
