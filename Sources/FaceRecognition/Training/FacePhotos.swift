internal import Foundation
package import Images
package import Progress
internal import Streams

/// Chips of the faces in a folder of photos that has a folder a person.
package struct FacePhotos: Sendable {
    /// A chip, with its margin, and whose it is.
    package struct Chip: Sendable {
        package var image: Image
        /// The person's place in ``FacePhotos/people``.
        package var person: Int
    }

    /// By name.
    package private(set) var people: [String] = []
    package private(set) var chips: [Chip] = []

    /// Reads photos, of each of which the largest face counts.
    ///
    /// - Parameters:
    ///   - folder: has a folder a person; what is in none is left out.
    ///   - recognizer: finds the faces; without a detector the photos are chips already.
    ///   - threads: how many photos are read at a time.
    ///   - shouldStop: true ends it with `CancellationError`.
    /// - Throws: `InputError` where there are not at least two people with photos. What cannot be read is told as a message and left out.
    package init(
        _ folder: String, by recognizer: FaceRecognizer, _ aligner: FaceAligner, threads: Int,
        progress: ProgressHandler, shouldStop: () -> Bool
    ) throws {
        guard (try? FileManager.default.contentsOfDirectory(atPath: folder)) != nil else {
            throw InputError(folder, "no such folder", remedy: "a folder a person is wanted, with photos in it")
        }
        let root = folder.hasSuffix("/") ? String(folder.dropLast()) : folder
        let paths = try PhotoFolder.photos([root])
        func person(of path: String) -> String? {
            let inside = path.dropFirst(root.count).split(separator: "/")
            return inside.count > 1 ? String(inside[0]) : nil
        }
        let own = paths.filter { person(of: $0) != nil }
        if own.count < paths.count {
            let rest = paths.count - own.count
            progress(
                .message(
                    "\(root): \(rest == 1 ? "1 photo is" : "\(rest) photos are") in no person's folder and left out"))
        }
        var task = TaskProgress("reading", unit: "photos", total: own.count), numbers: [String: Int] = [:]
        progress(.advanced(task))
        try recognizer.photos(own, threads: threads) { photo -> Image? in
            guard recognizer.detector != nil else { return aligner.chip(ofAligned: photo.image) }
            return photo.faces.max { $0.face.box.area < $1.face.box.area }
                .flatMap { aligner.chip(of: $0.face, in: photo.image) }
        } take: { number, result in
            do {
                if let image = try result.get(), let name = person(of: own[number]) {
                    let person = numbers[name] ?? people.count
                    if numbers.updateValue(person, forKey: name) == nil { people.append(name) }
                    chips.append(Chip(image: image, person: person))
                } else {
                    progress(.message("\(own[number]): no face found; left out"))
                }
            } catch { progress(.message("\(error); left out")) }
            task.completed += 1
            progress(.advanced(task))
            if shouldStop() { throw CancellationError() }
        }
        progress(.finished(task))
        guard people.count > 1 else {
            throw InputError(
                root, "photos of \(people.count == 1 ? "one person" : "nobody")",
                remedy: "a folder a person is wanted, of at least two, with photos in it")
        }
    }

    /// Those to learn from, and those that are held back: of each person with two more than `count`, the last so many.
    func split(holdingBack count: Int) -> (learned: [Chip], heldBack: [Chip]) {
        var learned: [Chip] = [], heldBack: [Chip] = []
        for chips in Dictionary(grouping: chips, by: \.person).sorted(by: { $0.key < $1.key }).map(\.value) {
            let kept = chips.count >= count + 2 ? chips.count - count : chips.count
            learned += chips.prefix(kept)
            heldBack += chips.dropFirst(kept)
        }
        return (learned, heldBack)
    }
}
