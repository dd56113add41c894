package import Progress
internal import Streams

/// The features of many rows, in the order in which they came.
package struct FeatureTable: Sendable {
    /// Of history, and then the columns of numbers.
    package let numberNames: [String]
    package let categoryNames: [String]
    /// Row for row.
    private var numbers: [Float] = []
    /// Of each category its text, by row.
    package private(set) var categories: [[String]]
    package private(set) var times: [Int64] = []
    package private(set) var labels: [Label] = []
    /// Whose habits count, by row; empty where the recipe knows none.
    package private(set) var cards: [String] = []
    /// Rows that could not be read.
    package private(set) var rejectCount = 0

    package var count: Int { labels.count }

    /// Reads files, one after the other.
    ///
    /// - Parameter onReject: told of each row that is left out.
    /// - Throws: `InputError` where a file cannot be read.
    package init(
        _ paths: [String], _ columns: Columns, _ rules: HistoryRules, progress: ProgressHandler = { _ in },
        onReject: (String, TransactionFile.Reject) -> Void = { _, _ in }
    ) throws {
        numberNames = rules.features + columns.numbers
        categoryNames = columns.categories
        categories = columns.categories.map { _ in [] }
        let card = columns.keyNames.firstIndex(of: rules.habit.key)
        var history = try History(rules, keys: columns.keyNames)
        var task = TaskProgress("reading", unit: "rows")
        for path in paths {
            var file = try TransactionFile(path, columns)
            while let row = try file.next() {
                switch row {
                case .reject(let reject):
                    rejectCount += 1
                    onReject(file.name, reject)
                case .transaction(let transaction):
                    numbers += history.append(transaction).lazy.map(Float.init)
                    numbers += transaction.numbers.lazy.map(Float.init)
                    for (place, text) in transaction.categories.enumerated() { categories[place].append(text) }
                    times.append(transaction.time)
                    labels.append(transaction.label)
                    if let card { cards.append(transaction.keys[card]) }
                }
                task.completed += 1
                if task.completed % 1_024 == 0 { progress(.advanced(task)) }
            }
        }
        progress(.finished(task))
    }

    package func number(_ number: Int, row: Int) -> Float { numbers[row * numberNames.count + number] }

    /// All numbers of a row.
    package func numbers(row: Int) -> ArraySlice<Float> {
        numbers[row * numberNames.count..<(row + 1) * numberNames.count]
    }

    /// The network's inputs of rows, one row behind the other.
    func inputs(_ rows: some Sequence<Int>, _ encoder: FeatureEncoder) -> [Float] {
        var inputs: [Float] = []
        for row in rows { encoder.append(numbers(row: row), categories.lazy.map { $0[row] }, to: &inputs) }
        return inputs
    }
}
