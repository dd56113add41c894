package import Streams
internal import Tables

/// The transactions of a CSV file, one after the other, by the columns that a recipe names.
///
/// A row that cannot be read is a ``Reject``, and the ones behind it go on.
package struct TransactionFile {
    /// A row that is left out, and why.
    package struct Reject: Hashable, Sendable {
        /// Of the file, counted from 1.
        package var line: Int
        package var reason: String
        /// As it stands in the file.
        package var text: [UInt8]
    }

    /// Is told the file's name and a row of it that is left out.
    package typealias RejectHandler = (String, Reject) throws -> Void

    /// A row.
    package enum Row: Hashable, Sendable {
        case transaction(Transaction)
        case reject(Reject)
    }

    /// Of the file, counted from 1; where the row begins.
    package var line: Int { reader.line }
    /// The bytes read, unpacked.
    package var byteCount: Int { reader.byteCount }

    private var reader: CSVReader
    private let columns: Columns
    private let id, time, amount, label: Int?
    private let keys, numbers, categories: [Int]

    /// Opens a file; `-` is standard input.
    ///
    /// - Throws: `InputError` where it cannot be read, or lacks a column. It may lack the label.
    package init(_ path: String, _ columns: Columns) throws(InputError) {
        let reader = try CSVReader(path: path)
        func column(_ name: String) throws(InputError) -> Int? { name.isEmpty ? nil : try reader.column(name) }
        func all(_ names: [String]) throws(InputError) -> [Int] {
            var all: [Int] = []
            for name in names { all.append(try reader.column(name)) }
            return all
        }
        self.columns = columns
        id = try column(columns.id)
        time = try column(columns.time)
        amount = try column(columns.amount)
        keys = try all(columns.keyNames.compactMap { columns.keys[$0] })
        numbers = try all(columns.numbers)
        categories = try all(columns.categories)
        label = columns.label.isEmpty ? nil : reader.header.firstIndex(of: columns.label)
        self.reader = reader
    }

    /// How errors name the file.
    package var name: String { reader.name }

    /// The next row; nil at the end.
    ///
    /// - Throws: `InputError` where the file cannot be read on.
    package mutating func next() throws(InputError) -> Row? {
        guard try reader.next() else { return nil }
        if let fault = reader.fault { return .reject(reject(fault)) }
        do throws(FieldFault) { return .transaction(try transaction()) } catch { return .reject(reject(error.text)) }
    }

    /// A reject of the row at hand, for a reason that whoever reads it found.
    package func reject(_ reason: String) -> Reject {
        Reject(line: reader.line, reason: reason, text: Array(reader.bytes))
    }

    private func transaction() throws(FieldFault) -> Transaction {
        var transaction = Transaction()
        if let id {
            transaction.id = try named(id) { column throws(FieldFault) in try reader.text(column) }
            if transaction.id.isEmpty { throw FieldFault("\(reader.header[id]) is empty") }
        } else {
            transaction.id = String(reader.line)
        }
        if let time {
            let time = try named(time) { column throws(FieldFault) in
                guard let time = try reader.time(column) else { throw FieldFault("is empty") }
                return time
            }
            transaction.time = time.microseconds
        }
        if let amount {
            transaction.amount = try named(amount) { column throws(FieldFault) in
                guard let amount = try reader.number(column) else { throw FieldFault("is empty") }
                return try columns.checked(amount: amount)
            }
        }
        for key in keys {
            transaction.keys.append(try named(key) { column throws(FieldFault) in try reader.text(column) })
        }
        for number in numbers {
            transaction.numbers.append(
                try named(number) { column throws(FieldFault) in try reader.number(column) ?? .nan })
        }
        for category in categories {
            transaction.categories.append(
                try named(category) { column throws(FieldFault) in try reader.text(column) })
        }
        if let label {
            transaction.label = try named(label) { column throws(FieldFault) in
                try Label(number: try reader.number(column))
            }
        }
        return transaction
    }

    /// Reads a field; a fault says which.
    private func named<Value>(
        _ column: Int, _ read: (Int) throws(FieldFault) -> Value
    ) throws(FieldFault) -> Value {
        do throws(FieldFault) { return try read(column) } catch {
            throw FieldFault("\(reader.header[column]) \(error.text)")
        }
    }
}
