import ArgumentParser
import FaceRecognition
import Foundation
import Images
import Streams

/// Where photos with boxes and names go.
struct DrawOption: ParsableArguments {
    @Option(help: ArgumentHelp("Also write the photos with boxes and names into this folder.", valueName: "folder"))
    var draw: String?

    /// What writes a photo of some files, if photos are asked for; makes the folder.
    func writer(of files: [String]) throws -> @Sendable (FaceRecognizer.Photo, [FaceLabel]) throws -> Void {
        guard let draw else { return { _, _ in } }
        do { try FileManager.default.createDirectory(atPath: draw, withIntermediateDirectories: true) } catch {
            throw InputError(draw, "the folder cannot be made")
        }
        // Files of one name in several folders stay apart.
        var names: [String: String] = [:], taken: Set<String> = []
        for file in files where names[file] == nil {
            let name = file.split(separator: "/").last.map(String.init) ?? "photo"
            let stem = name.lastIndex(of: ".").map { String(name[..<$0]) } ?? name
            var own = stem, number = 1
            while !taken.insert(own).inserted {
                number += 1
                own = "\(stem)-\(number)"
            }
            names[file] = "\(draw)/\(own).jpg"
        }
        return { [names] photo, labels in
            guard let name = names[photo.path] else { return }
            try photo.image.drawn(labels).write(to: name)
        }
    }
}
