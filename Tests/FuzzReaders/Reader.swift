import Engine
import FraudDetection
import Images
import ModelFiles
import ModelInspection
import Pipelines
import SpeechRecognition
import Text

/// What reads files of strangers, by the end of their names.
enum Reader: String, CaseIterable {
    case onnx, safetensors, npy, yaml, jsonl, csv
    case jpg, png, webp, heic, pgm, ppm

    /// Reads a file, and does with it what a user would; returns what it is.
    func read(_ path: String) throws -> String {
        switch self {
        case .onnx: try readModel(path)
        case .safetensors: "\(try Safetensors(contentsOf: path).tensors.count) tensors"
        case .npy: "\(try Tensor(contentsOfNPY: path))"
        case .jsonl: "\(try DialogueReader.dialogues(path: path).count) dialogues"
        case .csv: try readTable(path)
        case .jpg, .png, .webp, .heic, .pgm, .ppm: try readImage(path)
        case .yaml: try Recipe.read(path, as: KeywordRecipe.self).content.name
        }
    }

    /// The features of a table of transactions, as `sample-data/transactions.csv` is one.
    private func readTable(_ path: String) throws -> String {
        var columns = Columns(), rules = HistoryRules()
        (columns.id, columns.time, columns.amount) = ("TRANSACTION_ID", "TX_DATETIME", "TX_AMOUNT")
        (columns.keys, columns.label) = (["card": "CUSTOMER_ID", "terminal": "TERMINAL_ID"], "TX_FRAUD")
        rules.features = ["ratio", "hour", "card_large_7d", "terminal_run_age_30d", "terminal_risk_7d"]
        rules.habit.key = "card"
        var history = try History(rules, keys: columns.keyNames)
        var file = try TransactionFile(path, columns), rows = 0, rejects = 0
        while let row = try file.next() {
            switch row {
            case .transaction(let transaction): rows += history.append(transaction).count
            case .reject: rejects += 1
            }
        }
        return "\(rows) features, \(rejects) rejects"
    }

    private func readImage(_ path: String) throws -> String {
        var limits = ImageLimits()
        limits.pixels = 1 << 22
        let image = try Image(contentsOf: path, limits: limits)
        return "\(image.width)×\(image.height) pixels"
    }

    private func readModel(_ path: String) throws -> String {
        let graph = try Graph(contentsOfONNX: path)
        let summary = ModelSummary(of: graph)
        // A model may well ask for more memory and time than a test has.
        let types = try graph.inputTypes(batch: 2)
        let bound = try graph.bound(to: types)
        guard bound.byteCount < 64 << 20, bound.multiplyAdds < 100_000_000 else { return "large" }
        let inputs = types.mapValues { Tensor(zeros: $0.shape, $0.elementType) }
        let outputs = try Model(graph, options: Model.Options(threads: 1)).run(inputs)
        return "\(summary.operators.count) operators, \(outputs.count) outputs"
    }
}

extension Graph {
    /// Bytes of all values together; `Int.max` where that is more than an `Int` has.
    fileprivate var byteCount: Int {
        var sum = 0
        for value in nodes.flatMap(\.outputs) + inputs.map(\.value) {
            let (next, overflow) = sum.addingReportingOverflow(type(of: value).byteCount)
            guard !overflow else { return .max }
            sum = next
        }
        return sum
    }
}
