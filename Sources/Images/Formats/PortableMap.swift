internal import Streams

/// PGM and PPM, in text (P2, P3) and binary (P5, P6), of up to 16 bits.
///
/// - Source: netpbm's manuals of pgm(5) and ppm(5).
enum PortableMap {
    static func decode(_ source: ImageSource) throws(InputError) -> Image {
        var reader = Reader(source: source)
        let kind = source.bytes[1], channels = kind == UInt8(ascii: "3") || kind == UInt8(ascii: "6") ? 3 : 1
        let width = try reader.number("width"), height = try reader.number("height")
        let most = try reader.number("largest value")
        try source.checkSize(width: width, height: height)
        guard (1...65_535).contains(most) else { throw source.damaged("the largest value is \(most)") }
        let count = width * height * channels
        var values: [UInt8] = []
        func take(_ value: Int) throws(InputError) {
            guard value <= most else { throw source.damaged("a value of \(value), above \(most)") }
            values.append(most == 255 ? UInt8(value) : UInt8((value * 255 + most / 2) / most))
        }
        if kind < UInt8(ascii: "4") {
            // Each value needs two bytes, its own and one between.
            guard source.bytes.count / 2 >= count - 1 else { throw source.damaged("it is cut off") }
            values.reserveCapacity(count)
            for _ in 0..<count { try take(reader.number("value")) }
        } else {
            // One byte of white space stands before the values.
            let start = reader.place + 1, size = most > 255 ? 2 : 1
            guard source.bytes.count - start >= count * size else { throw source.damaged("it is cut off") }
            values.reserveCapacity(count)
            for place in stride(from: start, to: start + count * size, by: size) {
                try take(
                    size == 2 ? Int(source.bytes[place]) << 8 | Int(source.bytes[place + 1]) : Int(source.bytes[place]))
            }
        }
        if channels == 1 { values = values.flatMap { [$0, $0, $0] } }
        return Image(width: width, height: height, pixels: values)
    }

    private struct Reader {
        let source: ImageSource
        /// Behind the latest number.
        private(set) var place = 2

        init(source: ImageSource) { self.source = source }

        /// The next number in the text, behind white space and comments.
        mutating func number(_ what: String) throws(InputError) -> Int {
            let bytes = source.bytes
            var isComment = false
            while place < bytes.count {
                switch bytes[place] {
                case UInt8(ascii: "\n"): isComment = false
                case UInt8(ascii: "#"): isComment = true
                case 0x20, 0x09, 0x0B...0x0D: break
                default: if !isComment { return try digits(what) }
                }
                place += 1
            }
            throw source.damaged("it is cut off")
        }

        private mutating func digits(_ what: String) throws(InputError) -> Int {
            let bytes = source.bytes, start = place
            var value = 0
            while place < bytes.count, (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(bytes[place]) {
                guard value < 1 << 40 else { throw source.damaged("the \(what) is too large") }
                value = value * 10 + Int(bytes[place] - UInt8(ascii: "0"))
                place += 1
            }
            guard place > start else { throw source.damaged("the \(what) is no number") }
            return value
        }
    }
}
