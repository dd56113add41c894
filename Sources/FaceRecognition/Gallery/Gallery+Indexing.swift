internal import Images
package import Progress
internal import Streams

extension Gallery {
    /// What became of the photos.
    package struct Indexed: Hashable, Sendable {
        package var photos = 0
        /// Of those, how many were there already.
        package var current = 0
        package var faces = 0
        package var faults = 0
    }

    private enum Content: Sendable {
        case known(hash: String)
        case new(hash: String, [FaceRecognizer.EncodedFace])
    }

    /// Takes photos up: those whose files have not changed are left as they are, and the others encoded. Each is kept when it is
    /// done, so whoever stops goes on from there.
    ///
    /// - Parameters:
    ///   - threads: how many are read at a time.
    ///   - shouldStop: asked after each photo.
    ///   - fault: told of each that cannot be read.
    package func index(
        _ paths: [String], by recognizer: FaceRecognizer, threads: Int, progress: ProgressHandler = { _ in },
        shouldStop: () -> Bool = { false }, fault: (String, any Error) -> Void
    ) throws -> Indexed {
        var outcome = Indexed()
        var task = TaskProgress("indexing", unit: "photos", total: paths.count)
        var files: [PhotoFile] = []
        for path in paths {
            // One that is not there is told of where it is read.
            let file = PhotoFile(path) ?? PhotoFile(path: path, size: -1, modified: 0)
            if try isCurrent(file) { outcome.current += 1 } else { files.append(file) }
        }
        outcome.photos = outcome.current
        task.completed = outcome.current
        progress(.advanced(task))
        try Parallel.each(files, threads: threads) { file -> Content in
            let stream = try ByteStream(path: file.path), bytes = try stream.rest(limit: recognizer.limits.bytes)
            let hash = ContentHash.text(of: bytes)
            if try knows(hash) { return .known(hash: hash) }
            let image = try Image(decoding: bytes, named: file.path, limits: recognizer.limits)
            return .new(hash: hash, try recognizer.photo(of: image, path: file.path).faces)
        } take: { number, result in
            if shouldStop() { throw CancellationError() }
            task.completed += 1
            let file = files[number]
            do {
                switch try result.get() {
                case .known(let hash):
                    // Another one of its content may have been taken away meanwhile.
                    if try takeUp(file, hash: hash) { outcome.current += 1 }
                case .new(let hash, let faces):
                    // Its twin may be among those that were read with it.
                    if try !takeUp(file, hash: hash) { try keep(file, hash: hash, faces) }
                    outcome.faces += faces.count
                }
                outcome.photos += 1
            } catch let error as InputError where error.file == path {
                throw error
            } catch {
                outcome.faults += 1
                fault(file.path, error)
            }
            progress(.advanced(task))
        }
        progress(.finished(task))
        return outcome
    }
}
