internal import Engine
internal import FoundationEssentials
internal import Pipelines
internal import Streams

/// What a model's file says beside the graph, under keys that begin with `engram.`.
package struct FraudMetadata: Sendable {
    static let task = "fraud"

    package var name = "fraud"
    package var columns: Columns
    package var history: HistoryRules
    package var encoder: FeatureEncoder
    package var calibration = Calibration()
    package var budget = AlertBudget()

    init(columns: Columns, history: HistoryRules, encoder: FeatureEncoder) {
        self.columns = columns
        self.history = history
        self.encoder = encoder
    }

    private enum Key: String {
        case task = "engram.task"
        case name = "engram.name"
        case columns = "engram.columns"
        case history = "engram.history"
        case encoder = "engram.encoder"
        case calibration = "engram.calibration"
        case budget = "engram.budget"
    }

    /// The entries of a model's file.
    var entries: [String: String] {
        [
            Key.task.rawValue: Self.task, Key.name.rawValue: name, Key.columns.rawValue: Self.json(columns),
            Key.history.rawValue: Self.json(history), Key.encoder.rawValue: Self.json(encoder),
            Key.calibration.rawValue: Self.json(calibration), Key.budget.rawValue: Self.json(budget),
        ]
    }

    /// What a state is of: scores of another model go on with it only where this is the same.
    package var subject: String { Self.json(columns) + Self.json(history) }

    /// Reads the entries of a file.
    ///
    /// - Throws: `InputError` on what is missing, damaged or impossible.
    init(_ entries: [String: String], file: String) throws {
        guard let task = entries[Key.task.rawValue] else {
            throw InputError(
                file, "not a model of fraud: there is no engram.task among its metadata",
                remedy: "such models are made by fraud-score train")
        }
        guard task == Self.task else { throw InputError(file, "a model for '\(task)', not for '\(Self.task)'") }
        columns = try Self.value(.columns, of: entries, file: file)
        history = try Self.value(.history, of: entries, file: file)
        encoder = try Self.value(.encoder, of: entries, file: file)
        calibration = try Self.value(.calibration, of: entries, file: file)
        budget = try Self.value(.budget, of: entries, file: file)
        guard budget.isValid else { throw InputError(file, "its \(Key.budget.rawValue) is damaged") }
        name = entries[Key.name.rawValue] ?? name
        do throws(RecipeFault) {
            try columns.validate()
            try history.validate()
            try history.habit.validate()
            _ = try history.parsed(keys: columns.keyNames)
        } catch {
            throw InputError(file, error.fault, remedy: error.remedy)
        }
        guard encoder.fits(numbers: history.features.count + columns.numbers.count, columns.categories.count) else {
            throw InputError(file, "its \(Key.encoder.rawValue) is for other columns than it names")
        }
    }

    /// Checks that the graph takes the columns that the entries speak of.
    ///
    /// - Throws: `InputError` where it does not.
    func check(against graph: Graph, file: String) throws {
        guard graph.inputs.count == 1, let input = graph.inputs.first, graph.outputs.count == 1,
            let output = graph.outputs.first, graph.type(of: input.value).elementType == .f32,
            input.dimensions.count == 2, case .symbol = input.dimensions[0],
            input.dimensions[1] == .fixed(encoder.width), graph.type(of: output.value).shape.rank == 2,
            graph.type(of: output.value).shape[1] == 1
        else {
            throw InputError(
                file,
                "the network does not take rows of \(encoder.width) numbers and give one, as a model of fraud does")
        }
    }

    private static func value<Value: Decodable>(_ key: Key, of entries: [String: String], file: String) throws -> Value
    {
        guard let text = entries[key.rawValue] else {
            throw InputError(file, "there is no \(key.rawValue) among its metadata")
        }
        do { return try JSONDecoder().decode(Value.self, from: Data(text.utf8)) } catch {
            throw InputError(file, "its \(key.rawValue) is damaged: '\(text.prefix(60))'")
        }
    }

    /// JSON whose keys are sorted, so that the same model gives the same bytes.
    private static func json(_ value: some Encodable) -> String {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        guard let data = try? encoder.encode(value) else { preconditionFailure("\(value) has no JSON") }
        return String(decoding: data, as: UTF8.self)
    }
}
