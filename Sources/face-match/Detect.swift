import ArgumentParser
import FaceRecognition
import Images
import Terminal

/// `face-match detect`: where the faces are.
struct Detect: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Find the faces in photos.",
        discussion: """
            A line a face: the file, the box's left, top, width and height in pixels of the upright photo, and how sure the \
            detector is.

            Examples:
              face-match detect party.jpg
              face-match detect *.jpg --min-face 48 --json
            """)

    @Argument(help: ArgumentHelp("Photos; - for standard input.", valueName: "file"))
    var files: [String]

    @Flag(help: "Look for faces on their side and on their head too.")
    var turned = false

    @OptionGroup var draw: DrawOption
    @OptionGroup var photos: PhotoOptions
    @OptionGroup var common: CommonOptions

    func run() throws {
        let isOne = files.count == 1
        var recognizer = try photos.recognizer(nil, threads: isOne ? common.threadCount : 1)
        recognizer.detection.triesTurned = turned
        let results = Results(of: FaceMatch.name, json: common.json), draw = try draw.writer(of: files)
        try recognizer.photos(
            files, threads: isOne ? 1 : common.threadCount
        ) { photo in
            let faces = photo.faces.map(\.face)
            try draw(photo, faces.map { FaceLabel(box: $0.box) })
            return faces
        } take: { number, result in
            let file = files[number]
            do {
                let faces = try result.get(), lines = faces.map { "\(file): \($0.words)" }
                results.answer(
                    faces.isEmpty ? "\(file): no face found" : lines.joined(separator: "\n"),
                    json: ["file": .string(file), "faces": .array(faces.map(\.json))])
            } catch { results.failure(of: file, error) }
        }
        try results.end()
    }
}

extension Face {
    fileprivate var words: String {
        [box.x, box.y, box.width, box.height].map { String(Int($0.rounded())) }.joined(separator: " ")
            + ", score \(FigureText.fixed(Double(score), decimals: 2))"
    }

    /// `{"box":[x,y,w,h],"landmarks":[[x,y],…],"score":…}`
    var json: JSONValue {
        func rounded(_ value: Double) -> JSONValue { .number((value * 100).rounded() / 100) }
        return [
            "box": .array([box.x, box.y, box.width, box.height].map(rounded)),
            "landmarks": .array(landmarks.map { .array([rounded($0.x), rounded($0.y)]) }), "score": .number(score),
        ]
    }
}
