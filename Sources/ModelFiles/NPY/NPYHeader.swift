import Engine

/// What the header of a `.npy` file says: element type, order and shape.
///
/// Source: NumPy, "NPY format" (numpy.lib.format), versions 1.0, 2.0 and 3.0. The header is a Python dictionary in text; this reads
/// that dictionary's three entries and nothing else of Python.
struct NPYHeader: Hashable {
    /// A kind of element as NumPy spells it.
    enum Element: String, CaseIterable {
        case f2, f4, f8, i1, i2, i4, i8, u1, u2, u4, b1
    }

    var element: Element
    var isBigEndian: Bool
    var isFortranOrder: Bool
    var shape: Shape

    init(element: Element, isBigEndian: Bool = false, isFortranOrder: Bool = false, shape: Shape) {
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

    private static func element(of descr: String) throws(Fault) -> (Element, isBigEndian: Bool) {
        guard let order = descr.first, "<>|=".contains(order),
            let element = Element(rawValue: String(descr.dropFirst())),
            order != "|" || element.byteCount == 1
        else {
            throw Fault(
                "element type \(descr.quoted) is not supported; supported are "
                    + Element.allCases.map(\.rawValue).joined(separator: ", ") + " with < or >")
        }
        return (element, order == ">")
    }

    /// The header's text as NumPy writes it, without padding.
    var text: String {
        let order = element.byteCount == 1 ? "|" : isBigEndian ? ">" : "<"
        let shape = "(" + shape.map(String.init).joined(separator: ", ") + (shape.rank == 1 ? ",)" : ")")
        return
            "{'descr': '\(order)\(element.rawValue)', 'fortran_order': \(isFortranOrder ? "True" : "False"), 'shape': \(shape), }"
    }
}

extension NPYHeader.Element {
    /// Bytes of one element in the file.
    var byteCount: Int {
        switch self {
        case .i1, .u1, .b1: 1
        case .f2, .i2, .u2: 2
        case .f4, .i4, .u4: 4
        case .f8, .i8: 8
        }
    }
}

extension NPYHeader.Element {
    /// The type of ours that has the same bytes; nil where elements are converted.
    var sameType: ElementType? {
        switch self {
        case .f2: .f16
        case .f4: .f32
        case .i1: .i8
        case .i4: .i32
        case .i8: .i64
        case .u1: .u8
        case .b1: .bool
        case .f8, .i2, .u2, .u4: nil
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
