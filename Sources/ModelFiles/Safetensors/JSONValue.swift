/// The part of JSON that a safetensors header is made of: objects, arrays, texts and whole numbers.
///
/// Foundation's decoders take the first or the last of two entries with one name; here the second is a fault, since the names are
/// those of tensors. Depth is bounded, and memory by the text, so that no text exhausts either.
enum JSONValue: Equatable {
    case object([String: JSONValue])
    case array([JSONValue])
    case text(String)
    case integer(Int)

    /// - Throws: `Fault` that names the byte where the text stops being such JSON.
    init(parsing bytes: [UInt8]) throws(Fault) {
        var parser = JSONParser(bytes: bytes)
        self = try parser.value(depth: 0)
        guard parser.peek() == nil else { throw parser.fault("more than one value") }
    }
}

private struct JSONParser {
    let bytes: [UInt8]
    var place = 0

    private static let deepest = 8

    init(bytes: [UInt8]) { self.bytes = bytes }

    func fault(_ text: String) -> Fault { Fault(text, place: "header, byte \(place)") }

    mutating func peek() -> UInt8? {
        while place < bytes.count, [0x20, 0x09, 0x0A, 0x0D].contains(bytes[place]) { place += 1 }
        return place < bytes.count ? bytes[place] : nil
    }

    private mutating func takes(_ character: Unicode.Scalar) -> Bool {
        guard let byte = peek(), byte == UInt8(ascii: character) else { return false }
        place += 1
        return true
    }

    private mutating func expect(_ character: Unicode.Scalar) throws(Fault) {
        guard takes(character) else { throw fault("'\(character)' expected") }
    }

    mutating func value(depth: Int) throws(Fault) -> JSONValue {
        guard depth < Self.deepest else { throw fault("more than \(Self.deepest) values in one another") }
        if takes("{") { return .object(try members(depth: depth)) }
        if takes("[") { return .array(try elements(depth: depth)) }
        if peek() == UInt8(ascii: "\"") { return .text(try text()) }
        return .integer(try integer())
    }

    private mutating func members(depth: Int) throws(Fault) -> [String: JSONValue] {
        var members: [String: JSONValue] = [:]
        if takes("}") { return members }
        repeat {
            _ = peek()
            let key = try text()
            try expect(":")
            let value = try value(depth: depth + 1)
            guard members.updateValue(value, forKey: key) == nil else {
                throw fault("name \(key.quoted) is there twice")
            }
        } while takes(",")
        try expect("}")
        return members
    }

    private mutating func elements(depth: Int) throws(Fault) -> [JSONValue] {
        var elements: [JSONValue] = []
        if takes("]") { return elements }
        repeat { elements.append(try value(depth: depth + 1)) } while takes(",")
        try expect("]")
        return elements
    }

    private mutating func integer() throws(Fault) -> Int {
        let digits = bytes[place...].prefix {
            $0 == UInt8(ascii: "-") || (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0)
        }
        guard let value = Int(String(decoding: digits, as: UTF8.self)) else {
            throw fault("an object, an array, a text or a whole number expected")
        }
        place += digits.count
        return value
    }

    private mutating func text() throws(Fault) -> String {
        try expect("\"")
        var content: [UInt8] = []
        while place < bytes.count, bytes[place] != UInt8(ascii: "\"") {
            let byte = bytes[place]
            guard byte >= 0x20 else { throw fault("a control character in a text") }
            place += 1
            if byte == UInt8(ascii: "\\") { content += try escaped().utf8 } else { content.append(byte) }
        }
        guard let text = String(validating: content, as: UTF8.self) else { throw fault("a text that is not UTF-8") }
        guard place < bytes.count else { throw fault("a text that does not end") }
        place += 1
        return text
    }

    /// The character that an escape stands for, whose backslash has been read.
    private mutating func escaped() throws(Fault) -> String {
        guard place < bytes.count else { throw fault("a text that does not end") }
        let letter = Unicode.Scalar(bytes[place])
        place += 1
        switch letter {
        case "\"", "\\", "/": return String(letter)
        case "b": return "\u{8}"
        case "f": return "\u{C}"
        case "n": return "\n"
        case "r": return "\r"
        case "t": return "\t"
        case "u":
            var units = [try unit()]
            if UTF16.isLeadSurrogate(units[0]), bytes[place...].starts(with: "\\u".utf8) {
                place += 2
                units.append(try unit())
            }
            guard let text = String(validating: units, as: UTF16.self) else { throw fault("half of a surrogate pair") }
            return text
        default: throw fault("an unknown escape")
        }
    }

    private mutating func unit() throws(Fault) -> UInt16 {
        let digits = bytes[place...].prefix(4)
        guard digits.count == 4, digits.allSatisfy({ Character(Unicode.Scalar($0)).isHexDigit }),
            let unit = UInt16(String(decoding: digits, as: UTF8.self), radix: 16)
        else { throw fault("four hexadecimal digits expected") }
        place += 4
        return unit
    }
}
