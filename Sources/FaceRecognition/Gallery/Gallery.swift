internal import Foundation
internal import GRDB
internal import Images
internal import Streams

/// People, photos, faces and what they are compared by, in an SQLite file.
///
/// Each change is kept together or not at all, so that whoever was killed in the middle of indexing finds the gallery as it
/// was after the last photo.
package final class Gallery: Sendable {
    /// The file.
    package let path: String
    let queue: DatabaseQueue

    private static let version = 1

    /// Opens a gallery, or makes it.
    ///
    /// - Parameters:
    ///   - isNew: whether it may be made.
    ///   - encoding: what makes the embeddings that its faces are compared with; nil where none are.
    /// - Throws: `InputError` where the file is none of this kind, of another version or encoding, damaged, or in use.
    package init(_ path: String, mayBeNew isNew: Bool, encoding: String?) throws {
        self.path = path
        guard isNew || FileManager.default.fileExists(atPath: path) else {
            throw InputError(path, "no such gallery", remedy: "face-match index makes one of a folder of photos")
        }
        var configuration = Configuration()
        configuration.busyMode = .timeout(5)
        configuration.prepareDatabase { database in
            try database.execute(sql: "PRAGMA synchronous = NORMAL; PRAGMA secure_delete = ON")
        }
        do {
            queue = try DatabaseQueue(path: path, configuration: configuration)
            // Who only reads waits for nobody who writes.
            if try !queue.read({ try Self.check($0, path: path, encoding: encoding) }) {
                // What the file keeps of itself from now on.
                try queue.writeWithoutTransaction { try $0.execute(sql: "PRAGMA journal_mode = WAL") }
                try queue.write { try Self.prepare($0, encoding: encoding ?? "") }
            }
        } catch let error as DatabaseError { throw Self.error(path, error) }
    }

    /// Whether a gallery is there, rather than nothing.
    private static func check(_ database: Database, path: String, encoding: String?) throws -> Bool {
        let version = try Int.fetchOne(database, sql: "PRAGMA user_version") ?? 0
        guard try database.tableExists("gallery") || version != 0 else {
            guard try Int.fetchOne(database, sql: "SELECT count(*) FROM sqlite_master") == 0 else {
                throw InputError(path, "a database of something else", remedy: "name a new file for the gallery")
            }
            return false
        }
        guard version == Self.version else {
            throw InputError(
                path, "a gallery of version \(version), where this program has version \(Self.version)",
                remedy: "index the photos into a new file")
        }
        let own = try String.fetchOne(database, sql: "SELECT encoding FROM gallery") ?? ""
        guard let encoding, own != encoding else { return true }
        throw InputError(
            path, "its faces were encoded by '\(own)', not by '\(encoding)'",
            remedy: "use that, or index the photos into a new file")
    }

    private static func prepare(_ database: Database, encoding: String) throws {
        // Another process may have been first.
        guard try !database.tableExists("gallery") else { return }
        try database.execute(sql: schema)
        try database.execute(sql: "INSERT INTO gallery VALUES (?)", arguments: [encoding])
    }

    private static let schema = """
        CREATE TABLE gallery (encoding TEXT NOT NULL);
        CREATE TABLE person (id INTEGER PRIMARY KEY AUTOINCREMENT, name TEXT);
        CREATE TABLE photo (
            id INTEGER PRIMARY KEY, path TEXT NOT NULL UNIQUE, hash TEXT NOT NULL, size INTEGER NOT NULL,
            modified REAL NOT NULL
        );
        CREATE INDEX photo_by_hash ON photo (hash);
        CREATE TABLE face (
            id INTEGER PRIMARY KEY AUTOINCREMENT, photo INTEGER NOT NULL REFERENCES photo ON DELETE CASCADE,
            person INTEGER REFERENCES person ON DELETE SET NULL, x REAL NOT NULL, y REAL NOT NULL, width REAL NOT NULL,
            height REAL NOT NULL, score REAL NOT NULL, landmarks BLOB NOT NULL, embedding BLOB NOT NULL
        );
        CREATE INDEX face_by_photo ON face (photo);
        CREATE INDEX face_by_person ON face (person);
        CREATE TABLE change (id INTEGER PRIMARY KEY AUTOINCREMENT, words TEXT NOT NULL);
        CREATE TABLE changed_person (
            change INTEGER NOT NULL REFERENCES change ON DELETE CASCADE, person INTEGER NOT NULL, existed INTEGER NOT NULL,
            name TEXT
        );
        CREATE TABLE changed_face (
            change INTEGER NOT NULL REFERENCES change ON DELETE CASCADE,
            face INTEGER NOT NULL REFERENCES face ON DELETE CASCADE, person INTEGER
        );
        PRAGMA user_version = \(version);
        """

    /// Does some work that is kept together, or not at all.
    func write<Value>(_ work: (Database) throws -> Value) throws -> Value {
        do { return try queue.write(work) } catch let error as DatabaseError { throw Self.error(path, error) }
    }

    /// Reads what is there at one moment.
    func read<Value>(_ work: (Database) throws -> Value) throws -> Value {
        do { return try queue.read(work) } catch let error as DatabaseError { throw Self.error(path, error) }
    }

    private static func error(_ path: String, _ error: DatabaseError) -> InputError {
        switch error.resultCode {
        case .SQLITE_NOTADB, .SQLITE_CORRUPT: InputError(path, "no gallery, or damaged")
        case .SQLITE_FULL, .SQLITE_IOERR:
            InputError(path, "cannot be written, the disk is full or fails", remedy: "what was written before is kept")
        case .SQLITE_BUSY: InputError(path, "another program is writing it")
        case .SQLITE_CANTOPEN: InputError(path, "cannot be opened or made")
        case .SQLITE_READONLY: InputError(path, "cannot be written, it is read-only")
        default: InputError(path, error.message ?? "\(error.resultCode)")
        }
    }
}

// MARK: - Numbers as bytes

extension [Float] {
    /// Little-endian, four bytes a number.
    var bytes: Data {
        Data(flatMap { number in (0..<4).map { UInt8(truncatingIfNeeded: number.bitPattern >> (8 * UInt32($0))) } })
    }

    /// nil where the bytes are no whole numbers.
    init?(bytes: Data) {
        guard bytes.count % 4 == 0 else { return nil }
        let bytes = [UInt8](bytes)
        self = stride(from: 0, to: bytes.count, by: 4).map { place in
            let low = UInt32(bytes[place]) | UInt32(bytes[place + 1]) << 8
            return Float(bitPattern: low | UInt32(bytes[place + 2]) << 16 | UInt32(bytes[place + 3]) << 24)
        }
    }
}
