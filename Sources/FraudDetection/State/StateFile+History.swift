package import Progress

extension StateFile {
    /// Takes tables of the past up, without answers.
    ///
    /// - Parameter onReject: told of each row that is left out.
    /// - Throws: `InputError` where a file cannot be read; nothing of it is kept then.
    package func take(
        _ paths: [String], of model: FraudModel, progress: ProgressHandler = { _ in },
        onReject: TransactionFile.RejectHandler = { _, _ in }
    ) throws {
        guard !paths.isEmpty else { return }
        var task = TaskProgress("reading the past", unit: "rows")
        try commit { commit in
            for path in paths {
                var file = try TransactionFile(path, model.metadata.columns)
                while let row = try file.next() {
                    switch row {
                    case .reject(let reject): try onReject(file.name, reject)
                    case .transaction(let transaction):
                        if try commit.answered(transaction.id) != nil {
                            try onReject(file.name, file.reject("'\(transaction.id)' was there before"))
                        } else {
                            try commit.append(transaction, answer: "")
                        }
                    }
                    task.completed += 1
                    if task.completed % 1_024 == 0 { progress(.advanced(task)) }
                }
            }
        }
        progress(.finished(task))
    }
}
