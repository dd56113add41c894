internal import Engine
internal import Glibc
internal import NeuralNetworks
internal import Pipelines
package import Progress
internal import Streams

/// A recipe judged on rows without times: of so many parts each is held back once, and judges what was learned from the others.
package struct CrossValidation: Sendable {
    /// What a part said.
    package struct Fold: Hashable, Sendable {
        package var rows: Int
        package var figures: RankingFigures
    }

    package let folds: [Fold]

    /// The mean over the folds, and its standard error; nil where a fold could not say.
    package func mean(_ figure: (RankingFigures) -> Double?) -> (mean: Double, error: Double)? {
        let values = folds.compactMap { figure($0.figures) }
        guard values.count == folds.count, values.count > 1 else { return nil }
        let mean = values.reduce(0, +) / Double(values.count)
        let squares = values.reduce(0) { $0 + ($1 - mean) * ($1 - mean) }
        return (mean, sqrt(squares / Double(values.count * (values.count - 1))))
    }

    /// Trains and judges once for each fold, each with as many frauds as the others.
    ///
    /// - Parameter onReject: told of each row that is left out.
    /// - Throws: `InputError` where the table has too few frauds or too few others; `CancellationError` where it was to stop.
    package init(
        _ recipe: FraudRecipe, data: [String], folds count: Int, threads: Int,
        progress: @escaping ProgressHandler = { _ in },
        onReject: TransactionFile.RejectHandler = { _, _ in }, shouldStop: () -> Bool = { false }
    ) throws {
        let table = try FeatureTable(data, recipe.columns, recipe.history, progress: progress, onReject: onReject)
        let parts = Self.parts(of: table, count, seed: recipe.training.seed)
        guard parts.allSatisfy({ part in Set(part.lazy.map { table.labels[$0] }).count == 2 }) else {
            throw InputError(
                data.joined(separator: ", "), "too few frauds, or too few others, for \(count) folds",
                remedy: "the recipe's column of labels is '\(recipe.columns.label)'")
        }
        var folds: [Fold] = []
        var task = TaskProgress("cross-validation", unit: "epochs", total: count * recipe.training.epochs)
        for (number, held) in parts.enumerated() {
            let rows = parts.enumerated().filter { $0.offset != number }.flatMap(\.element).sorted()
            let learner = FraudLearner(recipe, table, rows: rows)
            var training = try learner.training(threads: threads)
            for _ in 0..<recipe.training.epochs {
                try training.epoch(over: learner.dataset, batchSize: recipe.training.batchSize)
                task.completed += 1
                progress(.advanced(task))
                if shouldStop() { throw CancellationError() }
            }
            folds.append(Fold(rows: held.count, figures: try learner.figures(training, rows: held)))
        }
        progress(.finished(task))
        self.folds = folds
    }

    /// Rows that have labels, dealt out class by class in an order that the seed decides.
    private static func parts(of table: FeatureTable, _ count: Int, seed: UInt64) -> [[Int]] {
        var parts = Array(repeating: [Int](), count: count), next = 0
        for label in [Label.fraud, .genuine] {
            let rows = (0..<table.count).filter { table.labels[$0] == label }
            for place in BatchOrder.shuffled(count: rows.count, seed: seed, epoch: Int(label.rawValue)) {
                parts[next % count].append(rows[place])
                next += 1
            }
        }
        return parts.map { $0.sorted() }
    }
}
