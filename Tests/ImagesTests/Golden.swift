import Foundation
import Images

/// Files made by tools/goldens/images.py, and what Pillow makes of them.
enum Golden {
    static let folder = URL(filePath: #filePath).deletingLastPathComponent().appending(path: "Goldens")

    static let files = ((try? FileManager.default.contentsOfDirectory(atPath: folder.path)) ?? [])
        .filter { name in FileManager.default.fileExists(atPath: path(name + ".ppm")) }.sorted()

    static func path(_ name: String) -> String { folder.appending(path: name).path }

    static func bytes(_ name: String) throws -> [UInt8] { Array(try Data(contentsOf: folder.appending(path: name))) }

    static func image(_ name: String) throws -> Image { try Image(contentsOf: path(name)) }

    /// The picture that most of the files show.
    static func picture() throws -> Image { try image("picture.ppm") }
}

extension Image {
    /// The largest difference of any number of a pixel from another picture's; nil where the sizes differ.
    func largestDifference(from other: Image) -> Int? {
        guard width == other.width, height == other.height else { return nil }
        return zip(pixels, other.pixels).map { abs(Int($0) - Int($1)) }.max()
    }
}
