import FaceRecognition
import Foundation
import Images
import Streams
import Testing

@Suite struct GalleryTests {
    private static let encoding = "test"
    private let folder = FileManager.default.temporaryDirectory.appending(path: UUID().uuidString)
    private let gallery: Gallery

    init() throws {
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        gallery = try Gallery(folder.appending(path: "people.gallery").path, mayBeNew: true, encoding: Self.encoding)
    }

    private func face(_ direction: Int, _ turn: Float = 0) -> FaceRecognizer.EncodedFace {
        var embedding = [Float](repeating: 0, count: 8)
        embedding[direction] = (1 - turn * turn).squareRoot()
        embedding[7] = turn
        let box = Rectangle(x: 1, y: 2, width: 30, height: 40)
        return FaceRecognizer.EncodedFace(
            face: Face(box: box, landmarks: [Point(1, 2), Point(3, 4)], score: 0.9), embedding: embedding)
    }

    private func file(_ name: String, _ content: String = "") throws -> Gallery.PhotoFile {
        let path = folder.appending(path: name).path
        try Data((content.isEmpty ? name : content).utf8).write(to: URL(filePath: path))
        return try #require(Gallery.PhotoFile(path))
    }

    /// Three people in four photos; the faces have the numbers 1 to 7.
    private func fill() throws {
        try gallery.keep(file("a.jpg"), hash: "a", [face(0), face(1)])
        try gallery.keep(file("b.jpg"), hash: "b", [face(0, 0.1), face(2)])
        try gallery.keep(file("c.jpg"), hash: "c", [face(1, 0.1), face(0, -0.1)])
        try gallery.keep(file("d.jpg"), hash: "d", [face(4)])
    }

    private func owners() throws -> [Int64?] { try gallery.faces().map(\.person) }

    @Test("faces are grouped, and who is alone is nobody") func cluster() throws {
        try fill()
        #expect(try gallery.cluster(upTo: 0.5) == 5)
        #expect(try owners() == [1, 2, 1, nil, 2, 1, nil])
        #expect(try gallery.people().map(\.faces) == [3, 2] && gallery.people()[0].label == "#1")
        // A new photo joins who is there.
        try gallery.name("#2", "Rosa")
        try gallery.keep(file("e.jpg"), hash: "e", [face(1, -0.1), face(4, 0.1)])
        #expect(try gallery.cluster(upTo: 0.5) == 3)
        #expect(try owners() == [1, 2, 1, nil, 2, 1, 3, 2, 3])
        #expect(try gallery.counts() == (5, 9, 1))
        try FileManager.default.removeItem(at: folder)
    }

    @Test("each change can be taken back, one after the other") func undo() throws {
        try fill()
        var states: [[Int64?]] = [], names: [[String?]] = []
        func note() throws {
            states.append(try owners())
            names.append(try gallery.people().sorted { $0.id < $1.id }.map(\.name))
        }
        try note()
        _ = try gallery.cluster(upTo: 0.5)
        try note()
        try gallery.name("#1", "Otto")
        try note()
        try gallery.name("#2", "Rosa")
        try note()
        #expect(try gallery.split([3, 6]) == 3)
        try note()
        try gallery.name("#3", "Rosa")
        #expect(try owners() == [1, 2, 2, nil, 2, 2, nil])
        try note()
        try gallery.merge("Otto", "Rosa")
        #expect(try owners() == [1, 1, 1, nil, 1, 1, nil] && gallery.people().map(\.name) == ["Otto"])
        for words in ["merge Otto Rosa", "name #3 Rosa", "split 3 6", "name #2 Rosa", "name #1 Otto", "cluster"] {
            #expect(try gallery.undo() == words)
            #expect(try owners() == states.removeLast())
            #expect(try gallery.people().sorted { $0.id < $1.id }.map(\.name) == names.removeLast())
        }
        #expect(try gallery.undo() == nil)
        try FileManager.default.removeItem(at: folder)
    }

    @Test("who is removed is gone from the file too") func remove() throws {
        try fill()
        _ = try gallery.cluster(upTo: 0.5)
        try gallery.name("#1", "Ottokar the Unmistakable")
        try gallery.name("#2", "Rosa")
        #expect(try gallery.remove("Ottokar the Unmistakable") == 3)
        #expect(try owners() == [2, nil, 2, nil] && gallery.people().map(\.label) == ["Rosa"])
        for name in try FileManager.default.contentsOfDirectory(atPath: folder.path) where name.contains("gallery") {
            let bytes = try Data(contentsOf: folder.appending(path: name))
            #expect(bytes.range(of: Data("Ottokar the".utf8)) == nil, "\(name)")
        }
        // What had nothing to do with them can still be taken back.
        #expect(try gallery.undo() == "name #2 Rosa")
        // The photos are known, so that they do not come back.
        let photo = try #require(Gallery.PhotoFile(folder.appending(path: "a.jpg").path))
        #expect(try gallery.isCurrent(photo))
        try FileManager.default.removeItem(at: folder)
    }

    @Test("files that were renamed or copied are not encoded again; those that changed are") func files() throws {
        try fill()
        _ = try gallery.cluster(upTo: 0.5)
        let old = folder.appending(path: "a.jpg").path
        try FileManager.default.moveItem(atPath: old, toPath: old + ".new.jpg")
        let renamed = try #require(Gallery.PhotoFile(old + ".new.jpg"))
        #expect(try gallery.knows("a") && gallery.takeUp(renamed, hash: "a") && gallery.isCurrent(renamed))
        #expect(try gallery.counts().photos == 4 && gallery.faces().first?.photo == renamed.path)
        let copy = try file("copy.jpg", "b.jpg")
        #expect(try gallery.takeUp(copy, hash: "b") && gallery.counts() == (5, 9, 3))
        #expect(try owners().suffix(2) == [1, nil])
        #expect(try !gallery.knows("x") && !gallery.takeUp(copy, hash: "x"))
        try gallery.keep(copy, hash: "x", [face(3)])
        #expect(try gallery.counts() == (5, 8, 3))
        try FileManager.default.removeItem(atPath: copy.path)
        #expect(try gallery.prune() == 1 && gallery.counts().photos == 4)
        try FileManager.default.removeItem(at: folder)
    }

    @Test("the nearest of the named ones names a face") func known() throws {
        try fill()
        _ = try gallery.cluster(upTo: 0.5)
        try gallery.name("#2", "Rosa")
        let people = try KnownPeople(gallery)
        #expect(people.count == 2)
        let embedding = try #require(face(1, 0.05).embedding)
        let match = try #require(people.nearest(to: embedding))
        #expect(match.name == "Rosa" && match.distance < 0.06)
        #expect(KnownPeople().nearest(to: [1, 0]) == nil)
        #expect(KnownPeople.name(ofPhoto: "people/Otto Meier.jpg", in: "people") == "Otto Meier")
        #expect(KnownPeople.name(ofPhoto: "people/Rosa/1.jpg", in: "people/") == "Rosa")
        try FileManager.default.removeItem(at: folder)
    }

    @Test("what is no gallery, or another one, is refused in one line") func refused() throws {
        let path = folder.appending(path: "other").path
        var error = #expect(throws: InputError.self) { _ = try Gallery(path, mayBeNew: false, encoding: nil) }
        #expect(error?.description == "\(path): no such gallery; face-match index makes one of a folder of photos")
        try Data("hello, this is text and no database at all".utf8).write(to: URL(filePath: path))
        error = #expect(throws: InputError.self) { _ = try Gallery(path, mayBeNew: true, encoding: nil) }
        #expect(error?.description == "\(path): no gallery, or damaged")
        error = #expect(throws: InputError.self) { _ = try Gallery(gallery.path, mayBeNew: true, encoding: "best") }
        #expect(error?.description.contains("were encoded by 'test', not by 'best'") == true)
        error = #expect(throws: InputError.self) { try gallery.name("Nobody", "Rosa") }
        #expect(error?.description.contains("nobody is called 'Nobody'") == true)
        try FileManager.default.removeItem(at: folder)
    }
}
