internal import Foundation
internal import GRDB
internal import Images

extension Gallery {
    /// What a photo's file is known by.
    package struct PhotoFile: Hashable, Sendable {
        package var path: String
        package var size: Int
        /// In seconds since 1970.
        package var modified: Double

        init(path: String, size: Int, modified: Double) {
            (self.path, self.size, self.modified) = (path, size, modified)
        }

        /// nil where there is no such file.
        package init?(_ path: String) {
            guard let attributes = try? FileManager.default.attributesOfItem(atPath: path),
                let size = attributes[.size] as? Int, let date = attributes[.modificationDate] as? Date
            else { return nil }
            (self.path, self.size, modified) = (path, size, date.timeIntervalSince1970)
        }
    }

    /// Whether a photo is there, and its file has not changed since.
    package func isCurrent(_ file: PhotoFile) throws -> Bool {
        try read { database in
            let row = try Row.fetchOne(
                database, sql: "SELECT size, modified FROM photo WHERE path = ?", arguments: [file.path])
            return row.map { $0[0] == file.size && $0[1] == file.modified } ?? false
        }
    }

    /// Whether a photo of this content is there, under any name.
    package func knows(_ hash: String) throws -> Bool {
        try read { database in
            try Bool.fetchOne(database, sql: "SELECT 1 FROM photo WHERE hash = ?", arguments: [hash]) ?? false
        }
    }

    /// Takes a file up whose content is known, under this or another name, with the faces that it has.
    ///
    /// - Returns: false where the content is new.
    package func takeUp(_ file: PhotoFile, hash: String) throws -> Bool {
        try write { database in
            guard
                let known = try Int64.fetchOne(
                    database, sql: "SELECT id FROM photo WHERE hash = ? ORDER BY path = ? DESC",
                    arguments: [hash, file.path])
            else { return false }
            let isRenamed =
                try String.fetchOne(database, sql: "SELECT path FROM photo WHERE id = ?", arguments: [known])
                .map { $0 != file.path && !FileManager.default.fileExists(atPath: $0) } ?? false
            let isSame =
                try Bool.fetchOne(
                    database, sql: "SELECT path = ? FROM photo WHERE id = ?", arguments: [file.path, known]) ?? false
            if isRenamed || isSame {
                try database.execute(
                    sql: "DELETE FROM photo WHERE path = ? AND id <> ?", arguments: [file.path, known])
                try database.execute(
                    sql: "UPDATE photo SET path = ?, size = ?, modified = ? WHERE id = ?",
                    arguments: [file.path, file.size, file.modified, known])
                return true
            }
            // Another file of the same content: its faces are the same people's.
            let copy = try insert(file, hash, into: database)
            try database.execute(
                sql: """
                    INSERT INTO face (photo, person, x, y, width, height, score, landmarks, embedding)
                    SELECT ?, person, x, y, width, height, score, landmarks, embedding FROM face WHERE photo = ?
                    ORDER BY id
                    """, arguments: [copy, known])
            return true
        }
    }

    /// Keeps a photo with its faces, instead of what was known of the file.
    package func keep(_ file: PhotoFile, hash: String, _ faces: [FaceRecognizer.EncodedFace]) throws {
        try write { database in
            let photo = try insert(file, hash, into: database)
            for face in faces {
                guard let embedding = face.embedding else { continue }
                let box = face.face.box, landmarks = face.face.landmarks.flatMap { [Float($0.x), Float($0.y)] }
                try database.execute(
                    sql: """
                        INSERT INTO face (photo, x, y, width, height, score, landmarks, embedding) VALUES (?,?,?,?,?,?,?,?)
                        """,
                    arguments: [
                        photo, box.x, box.y, box.width, box.height, Double(face.face.score), landmarks.bytes,
                        embedding.bytes,
                    ])
            }
        }
    }

    private func insert(_ file: PhotoFile, _ hash: String, into database: Database) throws -> Int64 {
        try database.execute(sql: "DELETE FROM photo WHERE path = ?", arguments: [file.path])
        try database.execute(
            sql: "INSERT INTO photo (path, hash, size, modified) VALUES (?,?,?,?)",
            arguments: [file.path, hash, file.size, file.modified])
        return database.lastInsertedRowID
    }

    /// Forgets photos whose files are gone.
    ///
    /// - Returns: how many those were.
    package func prune() throws -> Int {
        try write { database in
            let gone = try String.fetchAll(database, sql: "SELECT path FROM photo").filter {
                !FileManager.default.fileExists(atPath: $0)
            }
            for path in gone { try database.execute(sql: "DELETE FROM photo WHERE path = ?", arguments: [path]) }
            return gone.count
        }
    }
}
