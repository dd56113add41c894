internal import NeuralNetworks

/// From features and categories of a row to the network's inputs: what is missing, and which vector a level has.
///
/// Of a number that was missing somewhere in training a further column tells where it is; in its own column the median stands for it.
package struct FeatureEncoder: Hashable, Sendable, Codable {
    /// What stands for a missing number, by number.
    package private(set) var fills: [Float] = []
    /// The numbers whose absence has a column, behind the numbers.
    package private(set) var indicated: [Int] = []
    /// Of each category.
    package private(set) var levels: [CategoryLevels] = []

    /// The network's inputs.
    package var width: Int { fills.count + indicated.count + levels.count }

    /// Fits to rows of a table.
    package init(_ table: FeatureTable, rows: [Int], network: FraudNetwork) {
        for number in table.numberNames.indices {
            let values = rows.map { table.number(number, row: $0) }
            let present = values.filter { !$0.isNaN }.sorted()
            fills.append(present.isEmpty ? 0 : Quantiles.value(of: present, at: 0.5))
            if present.count < values.count { indicated.append(number) }
        }
        levels = table.categories.map { texts in
            CategoryLevels(of: rows.lazy.map { texts[$0] }, most: network.levels, hashed: network.hashedLevels)
        }
    }

    /// Of each category the most frequent level.
    var usualLevels: [String] { levels.map { $0.known.first ?? "" } }

    /// Whether it is for so many columns, as one from a file may not be.
    func fits(numbers: Int, _ categories: Int) -> Bool {
        fills.count == numbers && levels.count == categories && indicated.allSatisfy(fills.indices.contains)
            && fills.allSatisfy(\.isFinite)
    }

    /// A row of the network's inputs.
    ///
    /// - Parameters:
    ///   - numbers: NaN where one is missing.
    ///   - categories: in the recipe's order.
    package func append(_ numbers: some Sequence<Float>, _ categories: some Sequence<String>, to inputs: inout [Float])
    {
        let start = inputs.count
        inputs += numbers
        let indicators = indicated.map { inputs[start + $0].isNaN ? Float(1) : 0 }
        for (number, fill) in fills.enumerated() where inputs[start + number].isNaN { inputs[start + number] = fill }
        inputs += indicators
        for (levels, text) in zip(levels, categories) { inputs.append(Float(levels.place(of: text))) }
    }

    /// The edges of the pieces of each number and indicator: quantiles of frauds and of genuine rows, the ends of the latter, and what lies on
    /// either side of the thresholds that tell them best.
    ///
    /// - Source: Gorishniy, Rubachev, Babenko 2022, "On Embeddings for Numerical Features in Tabular Deep Learning", sections 3.2.1 (quantiles) and
    ///   3.2.2 (thresholds of a decision tree).
    func edges(_ table: FeatureTable, rows: [Int], network: FraudNetwork) -> [[Float]] {
        let levels = (0..<network.quantiles).map { 0.01 + 0.98 * Double($0) / Double(max(network.quantiles - 1, 1)) }
        let numbers = fills.indices.map { number in
            func values(_ label: Label) -> [Float] {
                rows.filter { table.labels[$0] == label }.map { table.number(number, row: $0) }.filter(\.isFinite)
                    .sorted()
            }
            let frauds = values(.fraud), genuine = values(.genuine)
            var edges: Set<Float> = []
            for values in [frauds, genuine] where !values.isEmpty {
                edges.formUnion(levels.map { Quantiles.value(of: values, at: $0) })
            }
            if let first = genuine.first, let last = genuine.last { edges.formUnion([first, last]) }
            let tree = ThresholdTree(frauds: frauds, genuine: genuine, thresholds: network.thresholds)
            edges.formUnion(tree.steps.flatMap { [$0.below, $0.above] })
            return Self.apart(edges.sorted())
        }
        return numbers + indicated.map { _ in [0, 1] }
    }

    /// Edges less those that hardly differ from the one before: a piece between them would be as steep as rounding lets it be.
    private static func apart(_ edges: [Float]) -> [Float] {
        edges.reduce(into: []) { kept, edge in
            if let last = kept.last, edge - last <= 1e-5 * max(abs(edge), abs(last)) { return }
            kept.append(edge)
        }
    }
}

/// Quantiles of sorted values.
enum Quantiles {
    /// Between the two values around the place, linearly: definition 7 of Hyndman and Fan 1996.
    static func value(of sorted: [Float], at level: Double) -> Float {
        let place = level * Double(sorted.count - 1), low = Int(place)
        let high = min(low + 1, sorted.count - 1), share = Float(place - Double(low))
        return sorted[low] + (sorted[high] - sorted[low]) * share
    }
}
