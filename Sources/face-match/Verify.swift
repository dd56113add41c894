import ArgumentParser
import FaceRecognition
import Streams
import Terminal

/// `face-match verify`: whether two photos show one person.
struct Verify: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Tell whether two photos show the same person.",
        discussion: """
            Each photo shows one face; of several --largest takes the largest, and --all all: whether somebody is in both. The status is 0 wherever there is an answer.

            Example:
              face-match verify passport.jpg door.jpg --json
            """)

    @Argument(help: ArgumentHelp("A photo.", valueName: "photo"))
    var left: String
    @Argument(help: ArgumentHelp("Another one.", valueName: "photo"))
    var right: String

    @Flag(help: "Where a photo shows several faces, take the largest.")
    var largest = false

    @Flag(help: "Where a photo shows several faces, take all: the two that are nearest decide.")
    var all = false

    @OptionGroup var limit: ThresholdOptions
    @OptionGroup var photos: PhotoOptions
    @OptionGroup var embedder: EmbedderOptions
    @OptionGroup var common: CommonOptions

    func validate() throws {
        if largest, all { throw ValidationError("--largest and --all exclude each other") }
    }

    func run() throws {
        let recognizer = try photos.recognizer(embedder, threads: common.threadCount)
        let calibration = recognizer.embedder?.calibration, threshold = try limit.distance(calibration)
        let (lefts, rights) = (try faces(in: left, recognizer), try faces(in: right, recognizer))
        let distances = lefts.flatMap { a in rights.map { FaceEmbedder.distance(a, $0) } }
        guard let distance = distances.min() else { return }
        let probability = calibration?.probability(ofDistance: distance)
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

    /// The vectors that count.
    private func faces(in file: String, _ recognizer: FaceRecognizer) throws -> [[Float]] {
        let faces = try recognizer.photo(file).faces.filter { $0.embedding != nil }
            .sorted { $0.face.box.area > $1.face.box.area }
        guard !faces.isEmpty else { throw InputError(file, "no face found") }
        guard faces.count == 1 || largest || all else {
            throw InputError(
                file, "\(faces.count) faces found", remedy: "--largest takes the largest, --all takes all")
        }
        return faces.prefix(all ? faces.count : 1).compactMap(\.embedding)
    }
}
