import ArgumentParser
import Engine
import FaceRecognition
import Foundation
import Streams
import Tables
import Terminal

/// `face-match identify`: who is in photos.
struct Identify: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Name the faces in photos.",
        discussion: """
            KNOWN is a gallery with named people, a folder of photos whose sub-folder's name, or file's without its ending, is \
            the person, or a network that 'train' has made, which knows the people that it was trained on. A line a face, file,name: unknown_person where nobody is near enough, no_persons_found for a photo without \
            a face.

            Examples:
              face-match identify people/ party.jpg
              face-match identify family.gallery ~/Pictures/2024 --json
              face-match identify runs/faces-1/model.onnx party.jpg
            """)

    @Argument(help: ArgumentHelp("A gallery, a folder of people, or a trained network.", valueName: "known"))
    var known: String

    @Argument(help: ArgumentHelp("Photos, and folders of photos; - for standard input.", valueName: "file"))
    var inputs: [String]

    @OptionGroup var limit: ThresholdOptions
    @OptionGroup var draw: DrawOption

    @OptionGroup var photos: PhotoOptions
    @OptionGroup var embedder: EmbedderOptions
    @OptionGroup var common: CommonOptions

    func run() throws {
        let files = try PhotoFolder.photos(inputs)
        var embedder = embedder
        let isNetwork = Self.isNetwork(known)
        // A network that knows people also encodes the faces, and another one's vectors cannot be compared with its directions.
        if isNetwork { embedder.embedder = known }
        let recognizer = try photos.recognizer(embedder)
        let results = Results(of: FaceMatch.name, json: common.json)
        let people = try isNetwork ? ownPeople(recognizer) : people(recognizer, embedder, results)
        let own = recognizer.embedder, calibration = isNetwork ? own?.metadata?.peopleCalibration : own?.calibration
        let limit = try limit.distance(calibration, ordinary: ThresholdOptions.amongMany)
        let draw = try draw.writer(of: files)
        try recognizer.photos(files, threads: common.threadCount) { photo in
            let faces = photo.faces.map { face in
                let nearest = face.embedding.flatMap(people.nearest)
                return (
                    face: face.face, nearest: nearest, name: nearest.flatMap { $0.distance <= limit ? $0.name : nil }
                )
            }
            try draw(
                photo, faces.map { FaceLabel(box: $0.face.box, name: $0.name ?? "unknown", isKnown: $0.name != nil) })
            return faces
        } take: { number, result in
            let file = files[number]
            do {
                let faces = try result.get()
                let words = faces.isEmpty ? ["no_persons_found"] : faces.map { $0.name ?? "unknown_person" }
                results.answer(
                    words.map { CSVText.field(file) + "," + CSVText.field($0) }.joined(separator: "\n"),
                    json: [
                        "file": .string(file),
                        "faces": .array(
                            faces.map { face, nearest, name in
                                guard case .object(let members) = face.json else { return face.json }
                                return .object(
                                    [
                                        .init("name", name.map { .string($0) } ?? .null),
                                        .init("nearest", nearest.map { .string($0.name) } ?? .null),
                                        .init("distance", nearest.map { .number($0.distance) } ?? .null),
                                        .init(
                                            "probability",
                                            nearest.flatMap { calibration?.probability(ofDistance: $0.distance) }
                                                .map { .number($0) } ?? .null),
                                    ] + members)
                            }),
                    ])
            } catch { results.failure(of: file, error) }
        }
        try results.end()
    }

    func validate() throws {
        if embedder.embedder != nil, Self.isNetwork(known) {
            throw ValidationError("--embedder does not go with \(known), which is a network itself")
        }
    }

    private static func isNetwork(_ path: String) -> Bool { path.hasSuffix(".onnx") }

    /// Those whom the network was trained on.
    private func ownPeople(_ recognizer: FaceRecognizer) throws -> KnownPeople {
        do {
            guard let people = try recognizer.embedder?.people() else {
                throw GraphError(fault: "it knows no people, as a network does that 'train' has made")
            }
            return people
        } catch let error as GraphError { throw InputError(known, error.fault) }
    }

    /// Those of the gallery, or of the folder, of whose photos the largest face counts.
    private func people(
        _ recognizer: FaceRecognizer, _ embedder: EmbedderOptions, _ results: Results
    ) throws -> KnownPeople {
        guard (try? FileManager.default.contentsOfDirectory(atPath: known)) != nil else {
            return try KnownPeople(Gallery(known, mayBeNew: false, encoding: embedder.encoding()))
        }
        var people = KnownPeople()
        let files = try PhotoFolder.photos([known])
        try recognizer.photos(files, threads: common.threadCount) {
            $0.faces.max { $0.face.box.area < $1.face.box.area }
        } take: { number, result in
            do {
                if let embedding = try result.get()?.embedding {
                    people.append(KnownPeople.name(ofPhoto: files[number], in: known), embedding)
                } else {
                    StandardError.shared.error("\(files[number]): no face found", from: FaceMatch.name)
                }
            } catch { results.failure(of: files[number], error) }
        }
        return people
    }
}
