internal import FoundationEssentials
internal import Tables

/// A line of a live stream: a transaction, an object with the recipe's columns, or a label that came late, `{"id":…,"label":…}`.
package enum TransactionLine: Hashable, Sendable {
    case transaction(Transaction)
    case label(id: String, Label)

    /// What cannot be read of a line.
    package struct Fault: Error, Hashable, CustomStringConvertible {
        package var description: String
    }

    /// - Throws: ``Fault`` that says what is missing or wrong.
    package init(_ line: ArraySlice<UInt8>, _ columns: Columns) throws(Fault) {
        let fields: [String: Field]
        do { fields = try JSONDecoder().decode([String: Field].self, from: Data(line)) } catch {
            throw Fault(description: "no object of JSON with texts and numbers")
        }
        if let label = fields["label"], fields.count == 2, let id = fields["id"] {
            self = .label(id: try id.text(of: "id"), try label.label(of: "label"))
            return
        }
        func field(_ name: String) throws(Fault) -> Field {
            guard let field = fields[name] else { throw Fault(description: "there is no \"\(name)\"") }
            return field
        }
        var transaction = Transaction()
        transaction.id = try field(columns.id.isEmpty ? "id" : columns.id).text(of: columns.id)
        if transaction.id.isEmpty { throw Fault(description: "\(columns.id) is empty") }
        if !columns.time.isEmpty { transaction.time = try field(columns.time).time(of: columns.time) }
        if !columns.amount.isEmpty {
            let amount = try field(columns.amount).number(of: columns.amount)
            guard amount >= columns.amountLimits[0], amount <= columns.amountLimits[1] else {
                throw Fault(
                    description:
                        "\(columns.amount) '\(amount)' is no amount from \(columns.amountLimits[0]) to \(columns.amountLimits[1])"
                )
            }
            transaction.amount = amount
        }
        for name in columns.keyNames {
            guard let column = columns.keys[name] else { continue }
            transaction.keys.append(try field(column).text(of: column))
        }
        for column in columns.numbers { transaction.numbers.append(try field(column).number(of: column)) }
        for column in columns.categories { transaction.categories.append(try field(column).text(of: column)) }
        if !columns.label.isEmpty, let label = fields[columns.label] {
            transaction.label = try label.label(of: columns.label)
        }
        self = .transaction(transaction)
    }

    /// A value of the object.
    private enum Field: Decodable {
        case text(String)
        /// As it is written as far as its value goes.
        case number(String)
        case missing

        init(from decoder: any Decoder) throws {
            let value = try decoder.singleValueContainer()
            if let text = try? value.decode(String.self) {
                self = .text(text)
            } else if let number = try? value.decode(Int64.self) {
                self = .number(number.description)
            } else if value.decodeNil() {
                self = .missing
            } else if let isTrue = try? value.decode(Bool.self) {
                self = .number(isTrue ? "1" : "0")
            } else {
                self = .number("\(try value.decode(Decimal.self))")
            }
        }

        /// Letter for letter; empty where it is null.
        func text(of name: String) throws(Fault) -> String {
            switch self {
            case .text(let text), .number(let text): text
            case .missing: ""
            }
        }

        /// NaN where it is null or empty.
        func number(of name: String) throws(Fault) -> Double {
            let text = try text(of: name)
            if text.isEmpty { return .nan }
            do throws(FieldFault) { return try Double(decimal: Array(text.utf8).span) } catch {
                throw Fault(description: "\(name) \(error.text)")
            }
        }

        func time(of name: String) throws(Fault) -> Int64 {
            let text = try text(of: name)
            if text.isEmpty { throw Fault(description: "\(name) is empty") }
            do throws(FieldFault) { return try Timestamp(Array(text.utf8).span).microseconds } catch {
                throw Fault(description: "\(name) \(error.text)")
            }
        }

        func label(of name: String) throws(Fault) -> Label {
            switch try text(of: name) {
            case "": .unknown
            case "0": .genuine
            case "1": .fraud
            case let other: throw Fault(description: "\(name) '\(other)' is no label, which is 1 or 0")
            }
        }
    }
}
