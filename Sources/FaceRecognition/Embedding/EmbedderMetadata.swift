internal import Engine
internal import FoundationEssentials
internal import ModelFiles
internal import Streams

/// What a network that tells faces apart says of itself in its file, under one key, as JSON.
package struct EmbedderMetadata: Codable, Hashable, Sendable {
    /// How faces lie in its pictures.
    package var template: FaceAligner.Template
    /// What black and white are in them.
    package var pixels: PixelRange
    /// Whether it was learned from pictures that are chips already, and takes others like them.
    package var isAligned: Bool
    /// Who is told apart: each has a direction, a row of the last weights.
    package var people: [String]
    /// What the distance of two faces says.
    package var calibration: Calibration?
    /// What the distance of a face and a person's direction says.
    package var peopleCalibration: Calibration?

    package init(
        template: FaceAligner.Template = .dlib150, pixels: PixelRange = .bytes, isAligned: Bool = false,
        people: [String] = []
    ) {
        (self.template, self.pixels, self.isAligned, self.people) = (template, pixels, isAligned, people)
    }

    private enum CodingKeys: String, CodingKey {
        case template, pixels, people, calibration
        case isAligned = "is_aligned"
        case peopleCalibration = "people_calibration"
    }

    /// Where a model has it.
    static let key = "engram.faces"
    /// The output that is compared; of networks that have none of this name it is the first one.
    static let output = "embedding"
    /// The people's directions.
    static let directions = "cosine_classifier_1.weight"

    /// Of a network that says nothing of itself, what it says is nil.
    ///
    /// - Throws: `GraphError` where it is damaged.
    init?(_ graph: Graph) throws(GraphError) {
        guard let text = graph.metadata[Self.key] else { return nil }
        do { self = try JSONDecoder().decode(Self.self, from: Data(text.utf8)) } catch {
            throw GraphError(fault: "its metadata \(Self.key) is damaged: '\(text.prefix(60))'")
        }
        guard calibration?.isSound ?? true, peopleCalibration?.isSound ?? true else {
            throw GraphError(fault: "its metadata \(Self.key) has a calibration that cannot be")
        }
    }

    /// Of a network's file.
    package init?(contentsOf path: String) throws {
        let graph = try Graph(contentsOfONNX: path)
        do throws(GraphError) { try self.init(graph) } catch { throw InputError(path, "\(error)") }
    }

    /// As the model has it: keys are sorted, so that the same model gives the same bytes.
    var text: String {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        guard let data = try? encoder.encode(self) else { preconditionFailure("\(self) has no JSON") }
        return String(decoding: data, as: UTF8.self)
    }

    /// A direction a person in a network, at a length of 1.
    ///
    /// - Throws: `GraphError` where it has others.
    func directions(in graph: Graph) throws(GraphError) -> [[Float]] {
        guard let weights = graph.constant(named: Self.directions), weights.shape.rank == 2,
            weights.elementType == .f32, weights.shape[0] == people.count
        else { throw GraphError(fault: "it has no directions of its \(people.count) people") }
        let numbers = weights.floats, length = weights.shape[1]
        return people.indices.map { FaceEmbedder.direction(of: [Array(numbers[$0 * length..<($0 + 1) * length])]) }
    }
}

extension Graph {
    /// The first constant of a name that a node takes.
    func constant(named name: String) -> Tensor? {
        nodes.lazy.flatMap(\.inputs).compactMap { $0 }.first { self[$0].name == name }.flatMap { constant($0) }
    }
}
