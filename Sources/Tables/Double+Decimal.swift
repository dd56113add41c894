internal import Glibc

extension Double {
    /// The number of a field: a sign, digits, a point and digits, an exponent, of which all but some digit may be missing; white space around it is
    /// passed over. Rounded to the nearest, as `strtod` does.
    ///
    /// - Throws: ``FieldFault`` where it is something else: also a decimal comma, marks between thousands, `nan` and `inf`, or what no double can hold.
    public init(decimal field: Span<UInt8>) throws(FieldFault) {
        var place = 0, end = field.count
        while place < end, field[place] == 0x20 || field[place] == 0x09 { place += 1 }
        while end > place, field[end - 1] == 0x20 || field[end - 1] == 0x09 { end -= 1 }
        let first = place
        var isNegative = false
        if place < end, field[place] == UInt8(ascii: "-") || field[place] == UInt8(ascii: "+") {
            isNegative = field[place] == UInt8(ascii: "-")
            place += 1
        }
        var digits: UInt64 = 0, digitCount = 0, exponent = 0, isExact = true, hasPoint = false
        while place < end {
            let byte = field[place]
            if byte == UInt8(ascii: "."), !hasPoint {
                hasPoint = true
            } else if byte >= UInt8(ascii: "0"), byte <= UInt8(ascii: "9") {
                digitCount += 1
                if digits < 1_000_000_000_000_000_000 {
                    digits = digits * 10 + UInt64(byte - UInt8(ascii: "0"))
                    if hasPoint { exponent -= 1 }
                } else {
                    isExact = false
                    if !hasPoint { exponent += 1 }
                }
            } else {
                break
            }
            place += 1
        }
        guard digitCount > 0 else { throw FieldFault(field, Self.fault(field)) }
        if place < end, field[place] | 0x20 == UInt8(ascii: "e") {
            place += 1
            var sign = 1, written = 0, count = 0
            if place < end, field[place] == UInt8(ascii: "-") || field[place] == UInt8(ascii: "+") {
                sign = field[place] == UInt8(ascii: "-") ? -1 : 1
                place += 1
            }
            while place < end, field[place] >= UInt8(ascii: "0"), field[place] <= UInt8(ascii: "9") {
                written = min(written * 10 + Int(field[place] - UInt8(ascii: "0")), 100_000)
                count += 1
                place += 1
            }
            guard count > 0 else { throw FieldFault(field, Self.fault(field)) }
            exponent += sign * written
        }
        guard place == end else { throw FieldFault(field, Self.fault(field)) }
        // A product or quotient of two exact doubles is rounded once (Clinger 1990, "How to read floating point numbers accurately").
        if isExact, digits <= 1 << 53, abs(exponent) <= 22 {
            let magnitude = Double(digits)
            let value = exponent < 0 ? magnitude / Self.tens[-exponent] : magnitude * Self.tens[exponent]
            self = isNegative ? -value : value
            return
        }
        var text = ""
        for place in first..<end { text.unicodeScalars.append(Unicode.Scalar(field[place])) }
        guard let value = Double(text), value.isFinite else {
            throw FieldFault(field, "is larger than a number can be")
        }
        self = value
    }

    private static let tens: [Double] = (0...22).map { pow(10, Double($0)) }

    private static func fault(_ field: Span<UInt8>) -> String {
        for place in 0..<field.count where field[place] == UInt8(ascii: ",") {
            return "is no number; a decimal point is '.', and thousands have no marks"
        }
        return "is no number"
    }
}
