import ArgumentParser
import FraudDetection
import Pipelines
import Progress
import Tables
import Terminal

/// `fraud-score features RECIPE FILE…`
struct Features: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Write the features of transactions as CSV.",
        discussion: """
            Columns are the recipe's id, its features of history and its numbers.

            Example:
              fraud-score features pipelines/fraud.yaml payments.csv.gz > features.csv
            """)

    @Argument(help: "A recipe, YAML.")
    var recipe: String

    @Argument(help: "Tables, CSV, packed with gzip or not, in the order of time.")
    var files: [String]

    @OptionGroup var common: CommonOptions

    func run() throws {
        let recipe = try Recipe.read(recipe, as: FraudRecipe.self).content
        let columns = recipe.columns, rejects = Rejects()
        var history = try History(recipe.history, keys: columns.keyNames)
        StandardOutput.line(
            ([columns.id.isEmpty ? "line" : columns.id] + recipe.history.features + columns.numbers)
                .map(CSVText.field).joined(separator: ","))
        var task = TaskProgress("reading", unit: "rows")
        for path in files {
            var file = try TransactionFile(path, columns)
            while let row = try file.next() {
                switch row {
                case .reject(let reject): rejects.tell(file: file.name, reject)
                case .transaction(let transaction):
                    let values = history.append(transaction) + transaction.numbers
                    StandardOutput.line(
                        ([CSVText.field(transaction.id)] + values.map { $0.isNaN ? "" : $0.description })
                            .joined(separator: ","))
                }
                task.completed += 1
                if task.completed % 1_024 == 0 { common.progress(.advanced(task)) }
            }
        }
        common.progress(.finished(task))
        try rejects.end()
    }
}
