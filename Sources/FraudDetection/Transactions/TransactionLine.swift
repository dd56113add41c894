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
            self = .label(id: id.text, try label.label(of: "label"))
            return
        }
        func field(_ name: String) throws(Fault) -> Field {
            guard let field = fields[name] else { throw Fault(description: "there is no \"\(name)\"") }
            return field
        }
        var transaction = Transaction()
        transaction.id = try field(columns.id.isEmpty ? "id" : columns.id).text
        if transaction.id.isEmpty { throw Fault(description: "\(columns.id) is empty") }
        if !columns.time.isEmpty { transaction.time = try field(columns.time).time(of: columns.time) }
        if !columns.amount.isEmpty {
            transaction.amount = try field(columns.amount).read(columns.amount) { text throws(FieldFault) in
                guard let text else { throw FieldFault("is empty") }
                return try columns.checked(amount: try Double(decimal: text))
            }
        }
        for name in columns.keyNames {
            guard let column = columns.keys[name] else { continue }
            transaction.keys.append(try field(column).text)
        }
        for column in columns.numbers { transaction.numbers.append(try field(column).number(of: column)) }
        for column in columns.categories { transaction.categories.append(try field(column).text) }
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
        var text: String {
            switch self {
            case .text(let text), .number(let text): text
            case .missing: ""
            }
        }

        /// What is made of the text; nil where it is null or empty.
        ///
        /// - Parameter name: what a fault calls the field.
        func read<Value>(
            _ name: String, _ make: (Span<UInt8>?) throws(FieldFault) -> Value
        ) throws(Fault) -> Value {
            let bytes = Array(text.utf8)
            do throws(FieldFault) { return try make(bytes.isEmpty ? nil : bytes.span) } catch {
                throw Fault(description: "\(name) \(error.text)")
            }
        }

        /// NaN where it is null or empty.
        func number(of name: String) throws(Fault) -> Double {
            try read(name) { text throws(FieldFault) in
                guard let text else { return .nan }
                return try Double(decimal: text)
            }
        }

        func time(of name: String) throws(Fault) -> Int64 {
            try read(name) { text throws(FieldFault) in
                guard let text else { throw FieldFault("is empty") }
                return try Timestamp(text).microseconds
            }
        }

        func label(of name: String) throws(Fault) -> Label {
            try read(name) { text throws(FieldFault) in
                guard let text else { return .unknown }
                return try Label(number: try Double(decimal: text))
            }
        }
    }
}
