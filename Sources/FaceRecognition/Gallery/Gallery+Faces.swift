internal import Foundation
internal import GRDB

extension Gallery {
    /// A face that is kept.
    package struct KeptFace: Hashable, Sendable {
        package var id: Int64
        package var photo: String
        package var box: Rectangle
        /// How sure the detector was.
        package var score: Float
        package var person: Int64?
        package var embedding: [Float]
    }

    /// All faces, in the order in which they were found.
    package func faces() throws -> [KeptFace] {
        try read { database in
            var faces: [KeptFace] = []
            let rows = try Row.fetchCursor(
                database,
                sql: """
                    SELECT f.id, p.path, f.x, f.y, f.width, f.height, f.score, f.person, f.embedding FROM face f
                    JOIN photo p ON p.id = f.photo ORDER BY f.id
                    """)
            while let row = try rows.next() {
                guard let embedding = [Float](bytes: row[8]) else { continue }
                faces.append(
                    KeptFace(
                        id: row[0], photo: row[1], box: Rectangle(x: row[2], y: row[3], width: row[4], height: row[5]),
                        score: Float(row[6] as Double), person: row[7], embedding: embedding))
            }
            return faces
        }
    }
}
