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
        onReject: TransactionFile.RejectHandler = { _, _ in }
    ) throws {
        numberNames = rules.features + columns.numbers
        categoryNames = columns.categories
        categories = columns.categories.map { _ in [] }
        let card = columns.keyNames.firstIndex(of: rules.habit.key)
        var history = try History(rules, keys: columns.keyNames)
        let seen = SeenRows()
        var task = TaskProgress("reading", unit: "rows"), row: [Double] = []
        for path in paths {
            let file = try TransactionFile(path, columns), name = file.name
            let chunks = TransactionChunks(file, seen: seen)
            defer { chunks.cancel() }
            while let chunk = try chunks.next() {
                for reject in chunk.rejects { try onReject(name, reject) }
                rejectCount += chunk.rejects.count
                for part in chunk.parts {
                    history.warm(part)
                    for transaction in part {
                        row.removeAll(keepingCapacity: true)
                        history.append(transaction, to: &row)
                        append(transaction, row, card: card)
                    }
                }
                task.completed += chunk.transactions.count + chunk.rejects.count
                progress(.advanced(task))
            }
        }
        progress(.finished(task))
    }

    private mutating func append(_ transaction: Transaction, _ features: [Double], card: Int?) {
        numbers += features.lazy.map(Float.init)
        numbers += transaction.numbers.lazy.map(Float.init)
        for (place, text) in transaction.categories.enumerated() { categories[place].append(text) }
        times.append(transaction.time)
        labels.append(transaction.label)
        if let card { cards.append(transaction.keys[card]) }
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
