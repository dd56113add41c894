internal import Foundation
package import Streams

/// The photos in folders.
package enum PhotoFolder {
    /// Endings of what a camera, a phone or a scanner writes, in small letters; what a file is, its content decides.
    private static let endings: Set<String> = [
        "jpg", "jpeg", "jpe", "jfif", "png", "apng", "webp", "heic", "heif", "avif", "pgm", "ppm", "pnm",
    ]

    /// Files as they are, and of folders all photos in them and in their folders, by name; hidden ones and `Thumbs.db` are passed
    /// over.
    ///
    /// - Throws: `InputError` where a folder has no photo; what cannot be read is left to its reader.
    package static func photos(_ paths: [String]) throws(InputError) -> [String] {
        var photos: [String] = []
        for path in paths {
            guard (try? FileManager.default.contentsOfDirectory(atPath: path)) != nil,
                let names = try? FileManager.default.subpathsOfDirectory(atPath: path)
            else {
                photos.append(path)
                continue
            }
            let own = names.filter { name in
                !name.split(separator: "/").contains { $0.hasPrefix(".") }
                    && endings.contains(name.split(separator: ".").last.map { $0.lowercased() } ?? "")
            }
            guard !own.isEmpty else { throw InputError(path, "no photos in the folder") }
            let root = path.hasSuffix("/") ? String(path.dropLast()) : path
            photos += own.sorted().map { root + "/" + $0 }
        }
        return photos
    }
}
