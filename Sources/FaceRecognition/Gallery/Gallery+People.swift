internal import Foundation
internal import GRDB
internal import Streams

extension Gallery {
    /// A person, named or not yet, and how many faces are theirs.
    package struct Person: Hashable, Sendable {
        package var id: Int64
        /// nil for one that nobody has named yet.
        package var name: String?
        package var faces: Int
        package var photos: Int

        /// The name, or `#` and the number.
        package var label: String { name ?? "#\(id)" }
    }

    /// All people, those with most faces first.
    package func people() throws -> [Person] {
        try read { database in
            try Row.fetchAll(
                database,
                sql: """
                    SELECT p.id, p.name, count(f.id), count(DISTINCT f.photo) FROM person p LEFT JOIN face f ON f.person = p.id
                    GROUP BY p.id ORDER BY 3 DESC, p.id
                    """
            ).map { Person(id: $0[0], name: $0[1], faces: $0[2], photos: $0[3]) }
        }
    }

    /// The number of a person by name, or by `#` and the number.
    ///
    /// - Throws: `InputError` where there is none.
    package func person(_ label: String) throws -> Int64 {
        try read { try Change(database: $0, path: path, id: 0).person(label) }
    }

    /// How many photos, faces, and faces of nobody are there.
    package func counts() throws -> (photos: Int, faces: Int, unknown: Int) {
        try read { database in
            let row = try Row.fetchOne(
                database,
                sql: """
                    SELECT (SELECT count(*) FROM photo), (SELECT count(*) FROM face),
                        (SELECT count(*) FROM face WHERE person IS NULL)
                    """)
            return (row?[0] ?? 0, row?[1] ?? 0, row?[2] ?? 0)
        }
    }

    // MARK: Changes

    /// Names a person. Another one of that name becomes the same person.
    ///
    /// - Parameter label: a name, or `#` and the number.
    package func name(_ label: String, _ name: String) throws {
        try change("name \(label) \(name)") { change in
            let person = try change.person(label)
            if let other = try change.find(name), other != person {
                try change.move(facesOf: person, to: other)
                try change.delete(person)
            } else {
                try change.rename(person, name)
            }
        }
    }

    /// Makes two people one, who has the first one's name, or the second one's where the first has none.
    package func merge(_ label: String, _ other: String) throws {
        try change("merge \(label) \(other)") { change in
            let person = try change.person(label), second = try change.person(other)
            guard person != second else { throw InputError(path, "'\(label)' and '\(other)' are one person already") }
            let name = try change.name(of: second)
            try change.move(facesOf: second, to: person)
            try change.delete(second)
            if let name, try change.name(of: person) == nil { try change.rename(person, name) }
        }
    }

    /// Takes faces away from their person; they are another one, who has no name yet.
    ///
    /// - Parameter faces: their numbers.
    /// - Returns: the new person's number.
    package func split(_ faces: [Int64]) throws -> Int64 {
        try change("split \(faces.map(String.init).joined(separator: " "))") { change in
            let person = try change.makePerson()
            for face in faces {
                guard try change.move(face: face, to: person) else { throw InputError(path, "no face \(face)") }
            }
            return person
        }
    }

    /// Gives faces people, by their places in a list: those of one number are one person's.
    ///
    /// - Parameter groups: faces and people by their numbers; nil for a person who is new, one for each group.
    private func assign(_ groups: [(person: Int64?, faces: [Int64])]) throws {
        try change("cluster") { change in
            for group in groups {
                let person = try group.person ?? change.makePerson()
                for face in group.faces { _ = try change.move(face: face, to: person) }
            }
        }
    }

    /// How sure the detector must be of a face that is grouped, unless said otherwise: of those that are cut off, blurred or turned
    /// away it is less sure, and they are near one another whoever they are.
    package static let clearScore: Float = 0.8

    /// Groups faces that are nobody's: with people they are like, or with one another.
    ///
    /// - Parameters:
    ///   - distance: up to which two groups become one, see ``AverageLinkage``.
    ///   - score: how sure the detector must be of a face.
    /// - Returns: how many faces have found their person.
    package func cluster(upTo distance: Double, clearScore score: Float = clearScore) throws -> Int {
        let faces = try faces().filter { $0.person != nil || $0.score >= score }
        let people = Array(Set(faces.compactMap(\.person))).sorted()
        let numbers = Dictionary(uniqueKeysWithValues: people.enumerated().map { ($1, $0) })
        let groups = AverageLinkage.groups(
            faces.map(\.embedding), known: faces.map { $0.person.flatMap { numbers[$0] } }, upTo: distance)
        let free = zip(faces, groups).filter { $0.0.person == nil }
        let members = Dictionary(grouping: free) { $0.1 }.mapValues { $0.map(\.0.id) }
        // New people have numbers in the order of their first faces.
        let found = members.sorted { ($0.value.first ?? 0) < ($1.value.first ?? 0) }.compactMap {
            group, faces -> (person: Int64?, faces: [Int64])? in
            if group < people.count { return (people[group], faces) }
            return faces.count > 1 ? (nil, faces) : nil
        }
        guard !found.isEmpty else { return 0 }
        try assign(found)
        return found.reduce(0) { $0 + $1.faces.count }
    }

    /// Takes the latest change back.
    ///
    /// - Returns: what it was, in the words of the command that made it; nil where there is none.
    package func undo() throws -> String? {
        try write { database in
            guard let row = try Row.fetchOne(database, sql: "SELECT id, words FROM change ORDER BY id DESC LIMIT 1")
            else {
                return nil
            }
            let change: Int64 = row[0]
            let people = try Row.fetchAll(
                database, sql: "SELECT person, existed, name FROM changed_person WHERE change = ? ORDER BY rowid DESC",
                arguments: [change])
            for person in people where person[1] {
                try database.execute(
                    sql:
                        "INSERT INTO person (id, name) VALUES (?, ?) ON CONFLICT (id) DO UPDATE SET name = excluded.name",
                    arguments: [person[0] as Int64, person[2] as String?])
            }
            let faces = try Row.fetchAll(
                database, sql: "SELECT face, person FROM changed_face WHERE change = ? ORDER BY rowid DESC",
                arguments: [change])
            for face in faces {
                try database.execute(
                    sql: "UPDATE face SET person = ? WHERE id = ?", arguments: [face[1] as Int64?, face[0] as Int64])
            }
            for person in people where !(person[1] as Bool) {
                try database.execute(sql: "DELETE FROM person WHERE id = ?", arguments: [person[0] as Int64])
            }
            try database.execute(sql: "DELETE FROM change WHERE id = ?", arguments: [change])
            return row[1]
        }
    }

    /// Deletes a person with all their faces, and what changes remember of them; this cannot be taken back.
    ///
    /// - Returns: how many faces were deleted.
    package func remove(_ label: String) throws -> Int {
        let count = try write { database in
            let person = try Change(database: database, path: path, id: 0).person(label)
            try database.execute(
                sql: """
                    DELETE FROM change WHERE id IN (SELECT change FROM changed_person WHERE person = ?1
                        UNION SELECT change FROM changed_face WHERE person = ?1
                        OR face IN (SELECT id FROM face WHERE person = ?1))
                    """, arguments: [person])
            try database.execute(sql: "DELETE FROM face WHERE person = ?", arguments: [person])
            let count = database.changesCount
            try database.execute(sql: "DELETE FROM person WHERE id = ?", arguments: [person])
            return count
        }
        // What was written stands in the log until it is taken over.
        _ = try? queue.writeWithoutTransaction { try $0.checkpoint(.truncate) }
        return count
    }

    private func change<Value>(_ words: String, _ work: (Change) throws -> Value) throws -> Value {
        try write { database in
            try database.execute(sql: "INSERT INTO change (words) VALUES (?)", arguments: [words])
            return try work(Change(database: database, path: path, id: database.lastInsertedRowID))
        }
    }

    /// A change in the making, which remembers how all was before.
    private struct Change {
        let database: Database
        let path: String
        let id: Int64

        /// The number of a person by name, or by `#` and the number.
        func person(_ label: String) throws -> Int64 {
            if let person = try find(label) { return person }
            if label.hasPrefix("#"), let number = Int64(label.dropFirst()),
                try Bool.fetchOne(database, sql: "SELECT 1 FROM person WHERE id = ?", arguments: [number]) == true
            {
                return number
            }
            throw InputError(path, "nobody is called '\(label)'", remedy: "face-match gallery list tells who is there")
        }

        func find(_ name: String) throws -> Int64? {
            try Int64.fetchOne(database, sql: "SELECT id FROM person WHERE name = ?", arguments: [name])
        }

        func name(of person: Int64) throws -> String? {
            try String.fetchOne(database, sql: "SELECT name FROM person WHERE id = ?", arguments: [person])
        }

        private func remember(_ person: Int64, existed: Bool) throws {
            try database.execute(
                sql: "INSERT INTO changed_person VALUES (?, ?, ?, ?)",
                arguments: [id, person, existed, existed ? name(of: person) : nil])
        }

        func makePerson() throws -> Int64 {
            try database.execute(sql: "INSERT INTO person (name) VALUES (NULL)")
            let person = database.lastInsertedRowID
            try remember(person, existed: false)
            return person
        }

        func rename(_ person: Int64, _ name: String) throws {
            try remember(person, existed: true)
            try database.execute(sql: "UPDATE person SET name = ? WHERE id = ?", arguments: [name, person])
        }

        func delete(_ person: Int64) throws {
            try remember(person, existed: true)
            try database.execute(sql: "DELETE FROM person WHERE id = ?", arguments: [person])
        }

        func move(facesOf person: Int64, to other: Int64) throws {
            try database.execute(
                sql: "INSERT INTO changed_face SELECT ?, id, person FROM face WHERE person = ?",
                arguments: [id, person])
            try database.execute(
                sql: "UPDATE face SET person = ? WHERE person = ?", arguments: [other, person])
        }

        /// Whether there is such a face.
        func move(face: Int64, to person: Int64) throws -> Bool {
            try database.execute(
                sql: "INSERT INTO changed_face SELECT ?, id, person FROM face WHERE id = ?", arguments: [id, face])
            try database.execute(sql: "UPDATE face SET person = ? WHERE id = ?", arguments: [person, face])
            return database.changesCount == 1
        }
    }
}
