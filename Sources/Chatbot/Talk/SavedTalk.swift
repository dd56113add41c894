internal import FoundationEssentials
internal import ModelFiles
internal import Streams

/// A talk as a file keeps it: JSON in UTF-8.
///
/// ```json
/// {"model":"chat 1","seed":1,"temperature":0.9,"candidates":8,"turns":[{"speaker":"user","text":"Hello!"},{"speaker":"bot","text":"Hi!"}]}
/// ```
package struct SavedTalk: Hashable, Codable, Sendable {
    /// The name of the model that spoke.
    package var model: String
    package var seed: UInt64
    /// How answers were drawn; nil where whoever wrote the file did not say.
    package var temperature: Double?
    package var candidates: Int?
    package var turns: [Conversation.Turn]

    package init(_ conversation: Conversation, _ sampling: Sampling) {
        model = conversation.model.name
        seed = conversation.seed
        (temperature, candidates) = (sampling.temperature, sampling.candidates)
        turns = conversation.turns
    }

    /// A talk of a file.
    ///
    /// - Throws: `InputError` where it is none, `ModelFileError` where it cannot be read.
    package init(contentsOf path: String) throws {
        let bytes = try FileBytes.read(path, limit: Self.byteLimit)
        do { self = try JSONDecoder().decode(SavedTalk.self, from: Data(bytes)) } catch {
            throw InputError(path, "not a talk that /save has written")
        }
        var sampling = Sampling()
        (sampling.temperature, sampling.candidates) = (temperature, candidates ?? 1)
        if let fault = sampling.fault { throw InputError(path, fault) }
    }

    /// Writes it, whole or not at all.
    package func write(to path: String) throws {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
        guard let data = try? encoder.encode(self) else { preconditionFailure("a talk has no JSON") }
        try AtomicFile.write(Array(data) + [UInt8(ascii: "\n")], to: path)
    }

    private static let byteLimit = 64 << 20
}
