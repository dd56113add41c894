import ArgumentParser
import FaceRecognition
import Terminal

/// `face-match embed`: the numbers that faces are compared by.
struct Embed: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Write the numbers that faces are compared by.",
        discussion: """
            A JSON object a photo: {"file","faces":[{"box","landmarks","score","embedding"}]}. An embedding has 128 numbers \
            and a length of 1; two of one person are near one another.

            Example:
              face-match embed party.jpg --quality best
            """)

    @Argument(help: ArgumentHelp("Photos; - for standard input.", valueName: "file"))
    var files: [String]

    @OptionGroup var photos: PhotoOptions
    @OptionGroup var embedder: EmbedderOptions
    @OptionGroup var common: CommonOptions

    func run() throws {
        let isOne = files.count == 1
        let recognizer = try photos.recognizer(embedder, threads: isOne ? common.threadCount : 1)
        let results = Results(of: FaceMatch.name, json: true)
        try recognizer.photos(files, threads: isOne ? 1 : common.threadCount) {
            $0.faces
        } take: { number, result in
            let file = files[number]
            do {
                let faces = try result.get().map(\.json)
                results.answer("", json: ["file": .string(file), "faces": .array(faces)])
            } catch { results.failure(of: file, error) }
        }
        try results.end()
    }
}

extension FaceRecognizer.EncodedFace {
    /// As of the face, with the embedding behind it.
    fileprivate var json: JSONValue {
        guard case .object(let members) = face.json else { return face.json }
        return .object(members + [.init("embedding", embedding.map { .array($0.map { .number($0) }) } ?? .null)])
    }
}
