internal import Synchronization

/// Which ids have come, and where: two rows of one id are one too many.
final class SeenRows: Sendable {
    private struct Place {
        var file: UInt32
        var line: Int
    }

    private let rows = Mutex<(files: [String], places: [String: Place])>(([], [:]))

    /// Begins a file, whose rows are of the number that is given.
    func begin(_ file: String) -> UInt32 {
        rows.withLock {
            $0.files.append(file)
            return UInt32($0.files.count - 1)
        }
    }

    /// Takes a row up; where its id has come before, gives the words for it, and changes nothing.
    func take(_ id: String, file: UInt32, line: Int) -> String? {
        rows.withLock { rows in
            if let place = rows.places[id] {
                let name = place.file == file ? "" : "\(rows.files[Int(place.file)]):"
                return "'\(id)' was there in \(name.isEmpty ? "line " : name)\(place.line)"
            }
            rows.places[id] = Place(file: file, line: line)
            return nil
        }
    }
}
