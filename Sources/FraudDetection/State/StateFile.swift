internal import Foundation
internal import GRDB
internal import Streams

/// What was scored and what became known, in an SQLite file: transactions with their answers, and labels, in the order in which they came.
///
/// Answers and what they rest on are committed together. So whoever was killed finds again what had been answered, and goes on as if nothing had
/// happened: the file is read through the same code that scored its transactions.
package final class StateFile {
    /// Something that came.
    package enum Event: Hashable, Sendable {
        case transaction(Transaction)
        /// A label of a transaction, by its number among the transactions.
        case label(number: Int, Transaction, Label)
    }

    /// A transaction that was answered before.
    package struct Answered: Hashable, Sendable {
        /// Which of the transactions it is, counted from 0.
        package var number: Int
        package var transaction: Transaction
        package var answer: String
    }

    private static let version = 1

    /// The path of a state that is not kept.
    package static let inMemory = ":memory:"

    /// Whether nothing has come yet.
    package var isNew: Bool { transactionCount == 0 }

    private let path: String
    private let queue: DatabaseQueue
    private let checkpoints: Checkpoints?
    private let keyCount: Int
    private var transactionCount = 0

    /// Opens a file, or makes it.
    ///
    /// - Parameters:
    ///   - model: whose columns and history the events are of.
    ///   - isDurable: whether a commit waits until it is on the disk, and survives a power cut; a kill is survived anyway.
    /// - Throws: `InputError` where the file is none of this kind, of another version, or for other columns, features or rules.
    package init(_ path: String, for model: FraudModel, isDurable: Bool = false) throws {
        self.path = path
        keyCount = model.metadata.columns.keyNames.count
        var configuration = Configuration()
        if path != Self.inMemory { configuration.journalMode = .wal }
        configuration.busyMode = .timeout(5)
        configuration.prepareDatabase { database in
            try database.execute(sql: "PRAGMA synchronous = \(isDurable ? "FULL" : "NORMAL")")
            try database.execute(sql: "PRAGMA wal_autocheckpoint = 0")
            // A commit writes whole pages.
            try database.execute(sql: "PRAGMA page_size = 1024")
        }
        do {
            queue = try DatabaseQueue(path: path, configuration: configuration)
            checkpoints =
                path == Self.inMemory ? nil : try Checkpoints(DatabaseQueue(path: path, configuration: configuration))
            try queue.write { try Self.prepare($0, path: path, subject: model.metadata.subject) }
            transactionCount = try queue.read {
                try Int.fetchOne($0, sql: "SELECT count(*) FROM event WHERE time IS NOT NULL") ?? 0
            }
        } catch let error as DatabaseError { throw Self.error(path, error) }
    }

    private static func prepare(_ database: Database, path: String, subject: String) throws {
        let version = try Int.fetchOne(database, sql: "PRAGMA user_version") ?? 0
        let isNew = try !database.tableExists("state") && version == 0
        if isNew {
            guard try Int.fetchOne(database, sql: "SELECT count(*) FROM sqlite_master") == 0 else {
                throw InputError(path, "a database of something else", remedy: "name a new file for the state")
            }
            try database.execute(
                sql: """
                    CREATE TABLE state (subject TEXT NOT NULL);
                    CREATE TABLE event (
                        number INTEGER PRIMARY KEY, id TEXT NOT NULL, time INTEGER, amount REAL, keys TEXT, numbers TEXT,
                        label INTEGER, place INTEGER, answer TEXT
                    );
                    CREATE UNIQUE INDEX event_by_id ON event (id) WHERE time IS NOT NULL;
                    PRAGMA user_version = \(Self.version);
                    """)
            try database.execute(sql: "INSERT INTO state VALUES (?)", arguments: [subject])
            return
        }
        guard version == Self.version else {
            throw InputError(
                path, "a state of version \(version), where this program has version \(Self.version)",
                remedy: "name a new file, and give the past as --history")
        }
        guard try String.fetchOne(database, sql: "SELECT subject FROM state") == subject else {
            throw InputError(
                path, "a state for other columns or features than the model's",
                remedy: "name a new file, and give the past as --history")
        }
    }

    // MARK: Reading

    /// Gives all events, in the order in which they came.
    package func replay(_ take: (Event) throws -> Void) throws {
        try guarded {
            try queue.read { database in
                let rows = try Row.fetchCursor(
                    database,
                    sql: """
                        SELECT e.time, e.amount, e.keys, e.numbers, e.label, e.place, t.time, t.keys
                        FROM event e LEFT JOIN event t ON e.time IS NULL AND t.id = e.id AND t.time IS NOT NULL
                        ORDER BY e.number
                        """)
                while let row = try rows.next() {
                    let label = (row[4] as UInt8?).flatMap(Label.init(rawValue:)) ?? .unknown
                    var transaction = Transaction()
                    if let time = row[0] as Int64? {
                        (transaction.time, transaction.amount, transaction.label) = (time, row[1] ?? 0, label)
                        transaction.keys = keys(row[2])
                        transaction.numbers = Self.numbers(row[3])
                        try take(.transaction(transaction))
                    } else if let time = row[6] as Int64?, let place = row[5] as Int? {
                        (transaction.time, transaction.keys) = (time, keys(row[7]))
                        try take(.label(number: place, transaction, label))
                    }
                }
            }
        }
    }

    // MARK: Writing

    /// Does some work whose events and answers are kept together, or not at all.
    package func commit(_ work: (Commit) throws -> Void) throws {
        try guarded {
            let before = transactionCount
            do {
                try queue.write { try work(Commit(file: self, database: $0)) }
                checkpoints?.count()
            } catch {
                transactionCount = before
                throw error
            }
        }
    }

    /// Events and answers that are kept together.
    package struct Commit {
        fileprivate let file: StateFile
        fileprivate let database: Database

        /// The transaction of an id; nil where there was none.
        package func answered(_ id: String) throws -> Answered? {
            let statement = try database.cachedStatement(
                sql: "SELECT place, time, keys, answer FROM event WHERE id = ? AND time IS NOT NULL")
            guard let row = try Row.fetchOne(statement, arguments: [id]) else { return nil }
            var transaction = Transaction()
            (transaction.id, transaction.time, transaction.keys) = (id, row[1], file.keys(row[2]))
            return Answered(number: row[0], transaction: transaction, answer: row[3] ?? "")
        }

        /// Keeps a transaction with its answer.
        package func append(_ transaction: Transaction, answer: String) throws {
            try database.cachedStatement(
                sql:
                    "INSERT INTO event (id, time, amount, keys, numbers, label, place, answer) VALUES (?,?,?,?,?,?,?,?)"
            ).execute(arguments: [
                transaction.id, transaction.time, transaction.amount, StateFile.joined(transaction.keys),
                StateFile.text(transaction.numbers), transaction.label == .unknown ? nil : transaction.label.rawValue,
                file.transactionCount, answer,
            ])
            file.transactionCount += 1
        }

        /// Keeps a label of a transaction.
        package func append(_ label: Label, of answered: Answered) throws {
            try database.cachedStatement(sql: "INSERT INTO event (id, label, place) VALUES (?,?,?)").execute(
                arguments: [answered.transaction.id, label.rawValue, answered.number])
        }
    }

    /// What errors of the database mean for whoever named the file.
    private func guarded<Value>(_ work: () throws -> Value) throws -> Value {
        do { return try work() } catch let error as DatabaseError { throw Self.error(path, error) }
    }

    private static func error(_ path: String, _ error: DatabaseError) -> InputError {
        switch error.resultCode {
        case .SQLITE_NOTADB, .SQLITE_CORRUPT: InputError(path, "no state file, or damaged")
        case .SQLITE_FULL, .SQLITE_IOERR:
            InputError(path, "cannot be written, the disk is full or fails", remedy: "what was answered is kept")
        case .SQLITE_BUSY: InputError(path, "another program is writing it")
        case .SQLITE_CANTOPEN: InputError(path, "cannot be opened or made")
        default: InputError(path, error.message ?? "\(error.resultCode)")
        }
    }

    // MARK: Fields

    /// A character that no text of a table has stands between keys.
    private static let separator: Character = "\u{1F}"

    private static func joined(_ keys: [String]) -> String { keys.joined(separator: String(separator)) }

    private func keys(_ text: String?) -> [String] {
        if keyCount == 0 { return [] }
        let keys = (text ?? "").split(separator: Self.separator, omittingEmptySubsequences: false).map(String.init)
        return keys.count == keyCount ? keys : Array(repeating: "", count: keyCount)
    }

    private static func text(_ numbers: [Double]) -> String? {
        numbers.isEmpty ? nil : numbers.map(\.description).joined(separator: " ")
    }

    private static func numbers(_ text: String?) -> [Double] {
        (text ?? "").split(separator: " ").map { Double($0) ?? .nan }
    }
}
