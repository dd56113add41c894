import Engine

/// What the header of a `.npy` file says: element type, order and shape.
///
/// Source: NumPy, "NPY format" (numpy.lib.format), versions 1.0, 2.0 and 3.0. The header is a Python dictionary in text; this reads
/// that dictionary's three entries and nothing else of Python.
struct NPYHeader: Hashable {
    var element: FileElement
    var isBigEndian: Bool
    var isFortranOrder: Bool
    var shape: Shape

    init(element: FileElement, isBigEndian: Bool = false, isFortranOrder: Bool = false, shape: Shape) {
        self.element = element
        self.isBigEndian = isBigEndian
        self.isFortranOrder = isFortranOrder
        self.shape = shape
    }

    init(parsing text: [UInt8]) throws(Fault) {
        var parser = Parser(text: text)
        var descr: String?, order: Bool?, dimensions: [Int]?
        try parser.expect("{")
        while !parser.takes("}") {
            let key = try parser.string()
            try parser.expect(":")
            switch key {
            case "descr" where descr == nil: descr = try parser.string()
            case "fortran_order" where order == nil: order = try parser.truth()
            case "shape" where dimensions == nil: dimensions = try parser.tuple()
            default: throw Fault("key \(key.quoted) of the header is unknown or there twice")
            }
            if !parser.takes(",") {
                try parser.expect("}")
                break
            }
        }
        guard parser.isAtEnd else { throw Fault("the header goes on after its dictionary") }
        guard let descr else { throw Fault("the header has no 'descr'") }
        guard let order else { throw Fault("the header has no 'fortran_order'") }
        guard let dimensions else { throw Fault("the header has no 'shape'") }
        (element, isBigEndian) = try Self.element(of: descr)
        isFortranOrder = order
        do { shape = try Shape(checking: dimensions) } catch { throw Fault(error.description) }
    }

    private static func element(of descr: String) throws(Fault) -> (FileElement, isBigEndian: Bool) {
        guard let order = descr.first, "<>|=".contains(order),
            let element = FileElement.allCases.first(where: { $0.npyName == String(descr.dropFirst()) }),
            order != "|" || element.byteCount == 1
        else {
            throw Fault(
                "element type \(descr.quoted) is not supported; supported are "
                    + FileElement.allCases.compactMap { $0.npyName }.joined(separator: ", ") + " with < or >")
        }
        return (element, order == ">")
    }

    /// The header's text as NumPy writes it, without padding.
    var text: String {
        let order = element.byteCount == 1 ? "|" : isBigEndian ? ">" : "<"
        let shape = "(" + shape.map(String.init).joined(separator: ", ") + (shape.rank == 1 ? ",)" : ")")
        return
            "{'descr': '\(order)\(element.npyName ?? "")', 'fortran_order': \(isFortranOrder ? "True" : "False"), 'shape': \(shape), }"
    }
}

extension FileElement {
    /// As NumPy calls it; nil for what NumPy lacks.
    var npyName: String? {
        switch self {
        case .f16: "f2"
        case .f32: "f4"
        case .f64: "f8"
        case .i8: "i1"
        case .i16: "i2"
        case .i32: "i4"
        case .i64: "i8"
        case .u8: "u1"
        case .u16: "u2"
        case .u32: "u4"
        case .bool: "b1"
        case .bf16: nil
        }
    }
}

/// Reads the pieces of the dictionary.
private struct Parser {
    let text: [UInt8]
    var place = 0

    init(text: [UInt8]) { self.text = text }

    /// The next byte that is not blank, or nil at the end.
    mutating func peek() -> UInt8? {
        while place < text.count, text[place] == 32 || (9...13).contains(text[place]) { place += 1 }
        return place < text.count ? text[place] : nil
    }

    var isAtEnd: Bool { mutating get { peek() == nil } }

    mutating func takes(_ character: Unicode.Scalar) -> Bool {
        guard let byte = peek(), byte == UInt8(ascii: character) else { return false }
        place += 1
        return true
    }

    mutating func expect(_ character: Unicode.Scalar) throws(Fault) {
        guard takes(character) else { throw Fault("the header lacks '\(character)' at byte \(place)") }
    }

    mutating func string() throws(Fault) -> String {
        guard let quote = peek(), quote == UInt8(ascii: "'") || quote == UInt8(ascii: "\"") else {
            throw Fault("the header has no plain text at byte \(place)")
        }
        let start = place + 1
        guard let end = text[start...].firstIndex(of: quote) else { throw Fault("a text of the header does not end") }
        place = end + 1
        return String(decoding: text[start..<end], as: UTF8.self)
    }

    mutating func truth() throws(Fault) -> Bool {
        _ = peek()
        for (word, value) in [("True", true), ("False", false)] where text[place...].starts(with: word.utf8) {
            place += word.utf8.count
            return value
        }
        throw Fault("the header has neither True nor False at byte \(place)")
    }

    mutating func integer() throws(Fault) -> Int {
        _ = peek()
        let digits = text[place...].prefix { (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) }
        guard let value = Int(String(decoding: digits, as: UTF8.self)) else {
            throw Fault("the header has no dimension that can be at byte \(place)")
        }
        place += digits.count
        _ = takes("L")  // as Python 2 wrote long numbers
        return value
    }

    mutating func tuple() throws(Fault) -> [Int] {
        var values: [Int] = []
        try expect("(")
        while !takes(")") {
            values.append(try integer())
            if takes(",") { continue }
            // In Python, one number in parentheses is a number, and only a comma makes it a tuple.
            guard values.count > 1 else { throw Fault("the shape in the header is no tuple") }
            try expect(")")
            break
        }
        return values
    }
}
