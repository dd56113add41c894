import Foundation
import Images
import Streams
import Testing

@Suite struct ReadingTests {
    @Test("there are files of all kinds") func kinds() {
        #expect(
            Set(Golden.files.map { $0.split(separator: ".").last }) == ["png", "jpg", "webp", "heic", "ppm", "pgm"])
        #expect(Golden.files.count > 30)
    }

    @Test("a picture is what Pillow reads, upright and on white", arguments: Golden.files) func read(_ name: String)
        throws
    {
        let image = try Golden.image(name), expected = try Golden.image(name + ".ppm")
        // Colours of lossy kinds are rounded in another place, and Pillow turns CMYK without looking at its sum.
        let tolerance = name.hasSuffix("jpg") || name.hasSuffix("heic") || name == "lossy.webp" ? 3 : 1
        let difference = try #require(image.largestDifference(from: expected))
        #expect(difference <= tolerance)
    }

    @Test("the content decides, not the name") func content() throws {
        let place = FileManager.default.temporaryDirectory.appending(path: UUID().uuidString + ".jpg")
        defer { try? FileManager.default.removeItem(at: place) }
        try Data(Golden.bytes("rgb8.png")).write(to: place)
        #expect(try Image(contentsOf: place.path) == Golden.picture())
    }

    @Test("what is cut off anywhere is an error that names the file, and no trap", arguments: Golden.files)
    func cut(_ name: String) throws {
        let bytes = try Golden.bytes(name)
        for count in stride(from: 0, to: bytes.count, by: 10) {
            // Behind the pixels there may be words, without which the picture is whole.
            guard let image = try? Image(decoding: Array(bytes.prefix(count)), named: name) else { continue }
            let whole = try Golden.image(name)
            let isWhole = image == whole
            #expect(isWhole, "\(count) of \(bytes.count) bytes")
            #expect(count > bytes.count / 3)
        }
        let error = #expect(throws: InputError.self) {
            _ = try Image(decoding: Array(bytes.prefix(bytes.count / 3)), named: name)
        }
        #expect(error?.file == name)
    }

    @Test("any byte may be another one: a picture or an error, and no trap", arguments: Golden.files)
    func damaged(_ name: String) throws {
        let bytes = try Golden.bytes(name)
        var limits = ImageLimits()
        limits.pixels = 1_000_000
        for place in stride(from: 0, to: bytes.count, by: 7) {
            var damaged = bytes
            damaged[place] ^= 0xA5
            _ = try? Image(decoding: damaged, named: name, limits: limits)
        }
    }

    @Test("sizes beyond the limit are refused before there is memory for them", arguments: Golden.files)
    func limits(_ name: String) throws {
        var limits = ImageLimits()
        limits.pixels = 15 * 22 - 1
        let error = #expect(throws: InputError.self) {
            _ = try Image(decoding: Golden.bytes(name), named: name, limits: limits)
        }
        #expect(error?.description.contains("more than the 329 that are allowed; --max-pixels allows more") == true)
    }

    @Test(
        "what is no picture is told so",
        arguments: [
            ("", "x: empty"),
            ("hello", "x: not an image that can be read; those are JPEG, PNG, WebP, HEIC, PGM or PPM"),
            ("P5 3", "x: a damaged PGM or PPM file: it is cut off"),
            ("P5 2 2 255 abc", "x: a damaged PGM or PPM file: it is cut off"),
            ("P5 0 2 255 abc", "x: a damaged PGM or PPM file: 0×2 pixels"),
            ("P2 1 1 70000 1", "x: a damaged PGM or PPM file: the largest value is 70000"),
            ("P2 1 1 5 9", "x: a damaged PGM or PPM file: a value of 9, above 5"),
            ("P2 1 x 5 9", "x: a damaged PGM or PPM file: the height is no number"),
            ("P2 1 99999999999999 5 9", "x: a damaged PGM or PPM file: the height is too large"),
        ])
    func noPicture(_ text: String, _ words: String) {
        let error = #expect(throws: InputError.self) { _ = try Image(decoding: Array(text.utf8), named: "x") }
        #expect(error?.description == words)
    }
}
