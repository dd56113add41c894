import FaceRecognition
import Foundation
import Images
import Testing

@Suite struct DetectionTests {
    private static let path = URL(filePath: #filePath).deletingLastPathComponent()
        .appending(path: "../../sample-data/astronaut.jpg").path

    private let detector: FaceDetector
    private let photo: Image

    init() throws {
        detector = try FaceWeights().detector()
        photo = try Image(contentsOf: Self.path)
    }

    @Test("one face in a portrait, where it is") func portrait() throws {
        let faces = try detector.faces(in: photo)
        #expect(faces.count == 1)
        let face = try #require(faces.first)
        #expect(face.box.overlap(with: Rectangle(x: 182, y: 58, width: 88, height: 120)) > 0.8)
        // The eyes above the nose above the mouth, left before right.
        let points = face.landmarks
        #expect(points[0].x < points[1].x && points[3].x < points[4].x)
        #expect(points[0].y < points[2].y && points[2].y < points[3].y)
        #expect(face.score > 0.9)
    }

    @Test("the same face in a photo of any size", arguments: [(300, 300), (517, 611), (1_600, 1_600), (200, 90)])
    func sizes(_ width: Int, _ height: Int) throws {
        let x = Double(width) / 512, y = Double(height) / 512
        let face = try #require(try detector.faces(in: photo.resized(width: width, height: height)).first)
        let expected = Rectangle(x: 182 * x, y: 58 * y, width: 88 * x, height: 120 * y)
        #expect(face.box.overlap(with: expected) > 0.6)
    }

    @Test("a face on its side, on its head or mirrored is found where it is", arguments: [3, 6, 8]) func turned(
        _ way: Int
    ) throws {
        var options = FaceDetector.Options()
        options.triesTurned = true
        let upright = try #require(try detector.faces(in: photo).first), side = photo.turned(by: way)
        let faces = try detector.faces(in: side, options)
        #expect(faces.count == 1)
        let face = try #require(faces.first), size = Double(photo.width)
        // Where the tip of the nose has come to.
        let nose = upright.landmarks[2]
        let expected = [
            3: Point(size - nose.x, size - nose.y), 6: Point(size - nose.y, nose.x), 8: Point(nose.y, size - nose.x),
        ]
        let place = try #require(expected[way])
        #expect((face.landmarks[2] - place).length < 3)
        #expect(abs(face.box.middle.x - face.landmarks[2].x) < 60 && abs(face.box.middle.y - face.landmarks[2].y) < 60)
    }

    @Test(
        "a face that is looked for in all orientations has the landmarks that it has in its own",
        arguments: [0.6, 1, 2])
    func turnedOrNot(_ scale: Double) throws {
        var options = FaceDetector.Options()
        options.triesTurned = true
        let side = Int(512 * scale), picture = photo.resized(width: side, height: side)
        let upright = try #require(try detector.faces(in: picture).first)
        let faces = try detector.faces(in: picture, options)
        #expect(faces.count == 1 && faces.first?.landmarks == upright.landmarks)
    }

    @Test("boxes lie in the photo, also of a face at its edge") func edge() throws {
        let piece = photo.cropped(x: 215, y: 80, width: 200, height: 200)
        for face in try detector.faces(in: piece) {
            #expect(face.box.x >= 0 && face.box.y >= 0)
            #expect(face.box.x + face.box.width <= 200 && face.box.y + face.box.height <= 200)
        }
    }

    @Test("no face in a photo of nothing, of one pixel too") func none() throws {
        #expect(try detector.faces(in: Image(width: 1, height: 1)).isEmpty)
        #expect(try detector.faces(in: Image(width: 640, height: 30)).isEmpty)
    }

    @Test("small faces and large ones are found in a large picture, which is looked at in tiles") func tiles() throws {
        // Faces of 88 pixels, shrunk to about 30, on a grid that meets the tiles' edges; and one of about 1,000.
        var large = Image(width: 4_200, height: 2_500), places: [Point] = []
        let small = photo.resized(width: 176, height: 176),
            big = photo.cropped(x: 130, y: 0, width: 200, height: 250)
                .resized(width: 2_000, height: 2_500)
        func lay(_ image: Image, _ left: Int, _ top: Int) {
            for y in 0..<image.height { for x in 0..<image.width { large[left + x, top + y] = image[x, y] } }
        }
        lay(big, 0, 0)
        for left in stride(from: 2_010, through: 4_000, by: 181) {
            for top in stride(from: 5, through: 2_300, by: 190) {
                lay(small, left, top)
                places.append(Point(Double(left) + 226 * 0.344, Double(top) + 118 * 0.344))
            }
        }
        var options = FaceDetector.Options()
        options.smallestFace = 20
        let faces = try detector.faces(in: large, options)
        func near(_ place: Point) -> Int { faces.count { ($0.box.middle - place).length < 12 } }
        #expect(places.count > 100 && places.allSatisfy { near($0) == 1 })
        let largest = try #require(faces.max { $0.box.area < $1.box.area })
        let expected = Rectangle(x: 520, y: 580, width: 880, height: 1_200)
        #expect(largest.box.overlap(with: expected) > 0.6)
        #expect(faces.count < places.count + 8)
    }
}
