import Audio
import Engine
import FoundationEssentials
import Pipelines

/// What a model's file says beside the graph, under keys that begin with `engram.`.
package struct KeywordMetadata: Sendable {
    /// What `engram.task` is.
    static let task = "keywords"
    /// Under which key the recipe as run stands.
    static let recipe = "engram.recipe"

    package var name = "keywords"
    package var labels: KeywordLabels
    package var frontEnd: KeywordFrontEnd
    /// How far the labels that the network was trained on were smoothed: ε of ``probabilities(ofLogits:labelSmoothing:)``.
    package var labelSmoothing: Float = 0
    package var detection = DetectionParameters()

    package init(labels: KeywordLabels, frontEnd: KeywordFrontEnd) {
        self.labels = labels
        self.frontEnd = frontEnd
    }

    private enum Key: String {
        case task = "engram.task"
        case name = "engram.name"
        case labels = "engram.labels"
        case frontEnd = "engram.frontEnd"
        case labelSmoothing = "engram.labelSmoothing"
        case detection = "engram.detection"
    }

    /// The entries of a model's file.
    package var entries: [String: String] {
        [
            Key.task.rawValue: Self.task, Key.name.rawValue: name, Key.labels.rawValue: Self.json(labels.all),
            Key.frontEnd.rawValue: Self.json(frontEnd), Key.labelSmoothing.rawValue: Self.json(labelSmoothing),
            Key.detection.rawValue: Self.json(detection),
        ]
    }

    /// Reads the entries of a file.
    ///
    /// - Throws: ``SpeechError`` on what is missing, damaged or impossible.
    init(_ entries: [String: String], file: String) throws {
        guard let task = entries[Key.task.rawValue] else {
            throw SpeechError(
                file, "not a keyword model: there is no engram.task among its metadata",
                remedy: "such models are made by keyword-transcribe train")
        }
        guard task == Self.task else {
            throw SpeechError(file, place: Key.task.rawValue, "a model for '\(task)', not for '\(Self.task)'")
        }
        let names: [String] = try Self.value(.labels, of: entries, file: file)
        guard let labels = KeywordLabels(outputs: names) else {
            throw SpeechError(
                file, place: Key.labels.rawValue,
                "\(names.count) labels that do not name \(KeywordLabels.silence) and words once each")
        }
        self.labels = labels
        frontEnd = try Self.value(.frontEnd, of: entries, file: file)
        if entries[Key.labelSmoothing.rawValue] != nil {
            labelSmoothing = try Self.value(.labelSmoothing, of: entries, file: file)
        }
        guard (0..<1).contains(labelSmoothing) else {
            throw SpeechError(file, place: Key.labelSmoothing.rawValue, "\(labelSmoothing) where 0 to below 1 can be")
        }
        if entries[Key.detection.rawValue] != nil { detection = try Self.value(.detection, of: entries, file: file) }
        name = entries[Key.name.rawValue] ?? name
        try Self.check(frontEnd, .frontEnd, file: file)
        try Self.check(detection, .detection, file: file)
    }

    /// Checks that the graph takes the images and gives the labels that the entries speak of.
    ///
    /// - Throws: ``SpeechError`` where it does not.
    func check(against graph: Graph, file: String) throws {
        guard graph.inputs.count == 1, let input = graph.inputs.first, graph.outputs.count == 1,
            let output = graph.outputs.first
        else {
            throw SpeechError(
                file,
                "\(graph.inputs.count) inputs and \(graph.outputs.count) outputs where a keyword model has one each")
        }
        let wanted: [Dimension] = [.fixed(1), .fixed(frontEnd.frames), .fixed(frontEnd.logMel.bands)]
        let type = graph.type(of: input.value)
        guard type.elementType == .f32, input.dimensions.count == 4, Array(input.dimensions.dropFirst()) == wanted,
            case .symbol = input.dimensions[0]
        else {
            let dimensions = input.dimensions.map(\.description).joined(separator: ", ")
            throw SpeechError(
                file, place: Key.frontEnd.rawValue,
                "images of \(frontEnd.frames) × \(frontEnd.logMel.bands) where the network takes \(type.elementType)[\(dimensions)]"
            )
        }
        let shape = graph.type(of: output.value).shape
        guard shape.rank == 2, shape[1] == labels.all.count else {
            throw SpeechError(
                file, place: Key.labels.rawValue, "\(labels.all.count) labels where the network's output is \(shape)")
        }
    }

    private static func check(_ part: some RecipePart, _ key: Key, file: String) throws {
        do { try part.validate() } catch {
            throw SpeechError(file, place: key.rawValue, error.fault, remedy: error.remedy)
        }
    }

    private static func value<Value: Decodable>(_ key: Key, of entries: [String: String], file: String) throws -> Value
    {
        guard let text = entries[key.rawValue] else {
            throw SpeechError(file, "there is no \(key.rawValue) among its metadata")
        }
        do { return try JSONDecoder().decode(Value.self, from: Data(text.utf8)) } catch {
            throw SpeechError(file, place: key.rawValue, "damaged: '\(text.prefix(60))'")
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
