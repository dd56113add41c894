import Foundation
import Images
import Streams
import Testing

@Suite struct WritingTests {
    private let folder = FileManager.default.temporaryDirectory.appending(path: UUID().uuidString)

    init() throws { try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true) }

    @Test("PNG keeps each pixel, JPEG nearly", arguments: [("a.png", 0), ("a.jpg", 12), ("b.JPEG", 12)])
    func write(_ name: String, _ tolerance: Int) throws {
        let image = try Golden.picture().resized(width: 220, height: 150), path = folder.appending(path: name).path
        try image.write(to: path, quality: 95)
        let again = try Image(contentsOf: path)
        #expect(try #require(again.largestDifference(from: image)) <= tolerance)
        #expect(try FileManager.default.contentsOfDirectory(atPath: folder.path) == [name])
        try FileManager.default.removeItem(at: folder)
    }

    @Test("another ending, or a folder that is not there, is an error")
    func refused() throws {
        let image = Image(width: 1, height: 1)
        var error = #expect(throws: InputError.self) { try image.write(to: "a.gif") }
        #expect(error?.description == "a.gif: not the name of a picture; it ends with .png, .jpg or .jpeg")
        error = #expect(throws: InputError.self) { try image.write(to: "nowhere/a.png") }
        #expect(error?.description == "nowhere/a.png: cannot be written: No such file or directory")
        try FileManager.default.removeItem(at: folder)
    }
}
