internal import NeuralNetworks
internal import Pipelines

/// Which rows of a table are learned from, and which judge.
struct FeatureSplit {
    private(set) var training: [Int] = []
    private(set) var validation: [Int] = []
    private(set) var calibration: [Int] = []

    /// Of rows that have a label: by time, where the recipe knows one, and drawn by the seed where it does not.
    init(_ table: FeatureTable, _ recipe: FraudRecipe) {
        let rows = (0..<table.count).filter { table.labels[$0] != .unknown }
        if recipe.columns.time.isEmpty {
            let order = BatchOrder.shuffled(count: rows.count, seed: recipe.training.seed, epoch: -1).map { rows[$0] }
            let held = Int((Double(rows.count) * recipe.split.validationShare).rounded())
            training = order.dropFirst(held).sorted()
            validation = order.prefix(held).sorted()
            calibration = validation
        } else {
            func labelled(in period: FraudRecipe.Period?) -> [Int] {
                guard let range = period?.range else { return [] }
                return rows.filter { range.contains(table.times[$0]) }
            }
            training = labelled(in: recipe.split.training)
            validation = labelled(in: recipe.split.validation)
            calibration = labelled(in: recipe.split.calibration)
        }
    }
}
