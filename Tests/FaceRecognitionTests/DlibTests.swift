import FaceRecognition
import Foundation
import Images
import Testing

/// Against dlib itself: tools/goldens/faces.py.
@Suite struct DlibTests {
    private struct Golden: Decodable {
        struct Shape: Decodable {
            var box: [Double]
            var landmarks: [[Double]]
        }
        var shapes: [Shape]
        var descriptor: [Float]
    }

    private static let folder = URL(filePath: #filePath).deletingLastPathComponent()

    private let golden: Golden
    private let photo: Image
    private let embedder: FaceEmbedder

    init() throws {
        golden = try JSONDecoder().decode(
            Golden.self, from: Data(contentsOf: Self.folder.appending(path: "Goldens/dlib.json")))
        photo = try Image(contentsOf: Self.folder.appending(path: "../../sample-data/astronaut.jpg").path)
        embedder = try FaceWeights().embedder(quality: .fast)
    }

    @Test("landmarks are dlib's, to the pixel that it rounds them to") func landmarks() throws {
        for shape in golden.shapes {
            let box = Rectangle(
                x: shape.box[0], y: shape.box[1], width: shape.box[2], height: shape.box[2])
            let landmarks = try FaceWeights().predictor().landmarks(in: photo, box: box)
            #expect(landmarks.count == shape.landmarks.count)
            for (ours, theirs) in zip(landmarks, shape.landmarks) {
                // Pixels' middles are at a half, and dlib's are whole numbers.
                #expect(abs(ours.x - 0.5 - theirs[0]) <= 0.51 && abs(ours.y - 0.5 - theirs[1]) <= 0.51)
            }
        }
    }

    @Test("a chip is dlib's") func chip() throws {
        let expected = try Image(contentsOf: Self.folder.appending(path: "Goldens/chip.png").path)
        let landmarks = golden.shapes[0].landmarks.map { Point($0[0] + 0.5, $0[1] + 0.5) }
        let chip = try #require(AlignmentTemplate.dlib150.chip(of: photo, landmarks: landmarks))
        #expect(chip.width == expected.width && chip.height == expected.height)
        let differences = zip(chip.pixels, expected.pixels).map { abs(Int($0) - Int($1)) }
        // dlib's is a third of a pixel smaller, since it counts a box's sides by their last pixels.
        #expect(Double(differences.reduce(0, +)) / Double(differences.count) < 2)
    }

    @Test("the numbers of a chip are dlib's") func descriptor() throws {
        let chip = try Image(contentsOf: Self.folder.appending(path: "Goldens/chip.png").path)
        let vector = try #require(try embedder.vectors(of: [chip]).first)
        #expect(vector.count == 128)
        #expect(zip(vector, golden.descriptor).allSatisfy { abs($0 - $1) < 1e-4 })
    }

    @Test("an embedding does not depend on its company, and has a length of 1") func company() throws {
        let chip = try Image(contentsOf: Self.folder.appending(path: "Goldens/chip.png").path)
        let alone = try embedder.vectors(of: [chip])[0]
        let others = (1...5).map { chip.warped(by: .scaling(x: 1 + Double($0) / 50, y: 1), width: 150, height: 150) }
        for count in 1...5 {
            #expect(try embedder.vectors(of: others[..<count] + [chip]).last == alone)
        }
        let faces = try FaceWeights().detector().faces(in: photo)
        let embedding = try #require(try embedder.embeddings(of: faces, in: photo)[0])
        #expect(abs(embedding.reduce(0) { $0 + $1 * $1 } - 1) < 1e-5)
    }
}
