import ArgumentParser
import FaceRecognition
import Streams
import Terminal

/// `face-match verify`: whether two photos show one person.
struct Verify: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Tell whether two photos show the same person.",
        discussion: """
            Each photo shows one face; of several --largest takes the largest. The status is 0 wherever there is an answer.

            Example:
              face-match verify passport.jpg door.jpg --json
            """)

    @Argument(help: ArgumentHelp("A photo.", valueName: "photo"))
    var left: String
    @Argument(help: ArgumentHelp("Another one.", valueName: "photo"))
    var right: String

    @Flag(help: "Where a photo shows several faces, take the largest.")
    var largest = false

    @OptionGroup var limit: ThresholdOptions
    @OptionGroup var photos: PhotoOptions
    @OptionGroup var embedder: EmbedderOptions
    @OptionGroup var common: CommonOptions

    func run() throws {
        let threshold = try limit.distance(embedder.calibration)
        let recognizer = try photos.recognizer(embedder, threads: common.threadCount)
        let embeddings = try [left, right].map { file in
            let faces = try recognizer.photo(file).faces
            guard let face = faces.max(by: { $0.face.box.area < $1.face.box.area }), let embedding = face.embedding
            else {
                throw InputError(file, "no face found")
            }
            guard faces.count == 1 || largest else {
                throw InputError(file, "\(faces.count) faces found", remedy: "--largest takes the largest")
            }
            return embedding
        }
        let distance = FaceEmbedder.distance(embeddings[0], embeddings[1])
        let probability = embedder.calibration?.probability(ofDistance: distance)
        let isSame = distance <= threshold
        let words = isSame ? "the same person" : "different people"
        let figures = [distance, threshold].map { FigureText.fixed($0, decimals: 3) }
        let chance = probability.map { ", probability " + FigureText.fixed($0, decimals: 3) } ?? ""
        Results(of: FaceMatch.name, json: common.json).answer(
            "\(words): distance \(figures[0]), threshold \(figures[1])\(chance)",
            json: [
                "left": .string(left), "right": .string(right), "distance": .number(distance),
                "threshold": .number(threshold), "same": .bool(isSame),
                "probability": probability.map { .number($0) } ?? .null,
            ])
    }
}
