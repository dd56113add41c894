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
            Columns are the recipe's id, its features of history and its numbers. A recipe names features so, where card is a \
            key of its own and 7d can be any number of days:

              amount, ratio, weekend, night, hour
              card_count_7d, card_mean_7d                   payments in the last 7 days, this one counted; their mean
              card_since_last_30d                           days since the last one, at most 30
              card_large_7d, card_since_large_30d           earlier payments far above the habit
              card_log_ratio_90d, card_mean_ratio_7d        the amount, and earlier ones, against what is usual
              card_known_7d, card_genuine_7d, card_frauds_7d, card_risk_7d, card_genuine_mean_90d
                                                            payments in the 7 days before the label delay
              card_unexplained_7d, card_since_unexplained_90d
                                                            frauds whose amounts were ordinary
              card_since_genuine_90d, card_run, card_run_age_90d
                                                            frauds since the latest genuine payment

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
        let columns = recipe.columns, rejects = RejectFile()
        var history = try History(recipe.history, keys: columns.keyNames)
        StandardOutput.line(
            ([columns.id.isEmpty ? "line" : columns.id] + recipe.history.features + columns.numbers)
                .map(CSVText.field).joined(separator: ","))
        var task = TaskProgress("reading", unit: "rows"), text = ""
        for path in files {
            var file = try TransactionFile(path, columns)
            while let row = try file.next() {
                switch row {
                case .reject(let reject): try rejects.take(file: file.name, reject)
                case .transaction(let transaction):
                    let values = history.append(transaction) + transaction.numbers
                    text += CSVText.field(transaction.id)
                    for value in values { text += value.isNaN ? "," : ",\(value)" }
                    text += "\n"
                    if text.utf8.count > 1 << 16 {
                        StandardOutput.write(text)
                        text = ""
                    }
                }
                task.completed += 1
                if task.completed % 1_024 == 0 { common.progress(.advanced(task)) }
            }
        }
        StandardOutput.write(text)
        common.progress(.finished(task))
        try rejects.end()
    }
}
