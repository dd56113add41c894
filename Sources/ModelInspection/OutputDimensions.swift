internal import Engine

/// The outputs' dimensions as people read them: a number; how it follows from the inputs' symbols, but for rounding (`batch`, `2·time`,
/// `height/4`, `time-2`, `batch·time`); or `?` where that is not so simple.
///
/// The graph has numbers only. It is bound to other sizes to see what changes with which symbol.
struct OutputDimensions {
    private let graph: Graph
    /// What the symbols are in the graph's binding.
    let sizes: [(symbol: String, size: Int)]
    /// Sizes that strides divide, and that lie one unit apart.
    private static let unit = 32, probes = [2, 3, 4].map { $0 * unit }

    init(of graph: Graph) {
        self.graph = graph
        var sizes: [(symbol: String, size: Int)] = []
        for input in graph.inputs {
            for (dimension, size) in zip(input.dimensions, graph.type(of: input.value).shape) {
                guard case .symbol(let name) = dimension, !sizes.contains(where: { $0.symbol == name }) else {
                    continue
                }
                sizes.append((name, size))
            }
        }
        self.sizes = sizes
    }

    /// For each output a text for each dimension.
    func texts() -> [[String]] {
        let before = graph.outputs.map { graph.type(of: $0.value).shape }
        // A symbol that an operator ties to a size cannot be changed, nor one of a huge input; its dimensions are shown as they are.
        let changed = sizes.map(\.symbol).compactMap { symbol -> (symbol: String, shapes: [[Shape]])? in
            let shapes = Self.probes.compactMap { self.shapes(of: [symbol], at: $0) }
            return shapes.count == Self.probes.count ? (symbol, shapes) : nil
        }
        return before.enumerated().map { output, shape in
            shape.indices.map { axis in
                let series = changed.map { ($0.symbol, $0.shapes.map { $0[output][axis] }) }.filter {
                    $0.1 != [$0.1[0], $0.1[0], $0.1[0]] || $0.1[0] != shape[axis]
                }
                switch series.count {
                case 0: return String(shape[axis])
                case 1: return Self.line(series[0].0, series[0].1)
                default: return product(series.map(\.0), output, axis)
                }
            }
        }
    }

    /// The outputs' shapes with some symbols at a size, and the others as they are.
    private func shapes(of symbols: [String], at size: Int) -> [Shape]? {
        var types: [String: TensorType] = [:]
        for input in graph.inputs {
            let type = graph.type(of: input.value)
            let shape = zip(input.dimensions, type.shape).map { dimension, own in
                if case .symbol(let name) = dimension, symbols.contains(name) { size } else { own }
            }
            types[graph[input.value].name] = (try? Shape(checking: shape)).map { TensorType(type.elementType, $0) }
        }
        guard let bound = try? graph.bound(to: types) else { return nil }
        let shapes = bound.outputs.map { bound.type(of: $0.value).shape }
        return zip(shapes, graph.outputs).allSatisfy { $0.rank == graph.type(of: $1.value).shape.rank } ? shapes : nil
    }

    /// A dimension that grows by the same amount with each unit of a symbol.
    private static func line(_ symbol: String, _ values: [Int]) -> String {
        let growth = values[1] - values[0]
        guard values[2] - values[1] == growth, growth > 0 else { return "?" }
        let offset = values[0] - probes[0] / unit * growth
        return term(growth, [symbol], unit) + (offset == 0 ? "" : offset > 0 ? "+\(offset)" : "\(offset)")
    }

    /// A dimension that several symbols change: their product, or not so simple.
    private func product(_ symbols: [String], _ output: Int, _ axis: Int) -> String {
        let values = Self.probes.compactMap { shapes(of: symbols, at: $0)?[output][axis] }
        let powers = Self.probes.map { size in
            symbols.reduce(1) { product, _ in product.multipliedReportingOverflow(by: size).partialValue }
        }
        // In fractions: the first value to its power as the others to theirs.
        guard values.count == powers.count,
            zip(values, powers).allSatisfy({
                $0.multipliedFullWidth(by: powers[0]) == values[0].multipliedFullWidth(by: $1)
            })
        else { return "?" }
        return Self.term(values[0], symbols, powers[0])
    }

    /// `factor`·symbols/`divisor`, with what both have in common left out.
    private static func term(_ factor: Int, _ symbols: [String], _ divisor: Int) -> String {
        var (common, rest) = (factor, divisor)
        while rest != 0 { (common, rest) = (rest, common % rest) }
        let (above, below) = (factor / max(common, 1), divisor / max(common, 1))
        return (above == 1 ? "" : "\(above)·") + symbols.joined(separator: "·") + (below == 1 ? "" : "/\(below)")
    }
}
