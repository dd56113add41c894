import Engine

/// A way to damage bytes.
enum Damage: CaseIterable {
    case bit, byte, cut, removal, repetition, splice, number, varint, digits, word

    /// - Parameter other: another sample, for `splice`.
    func apply(_ bytes: inout [UInt8], _ other: [UInt8], _ reader: Reader, _ random: inout RandomStream) {
        let place = random.place(in: bytes.count)
        let rest = place..<bytes.count
        func length(_ most: Int) -> Int { random.integer(in: 0...min(most, rest.count)) }
        switch self {
        case .bit: if !rest.isEmpty { bytes[place] ^= 1 << UInt8(random.integer(in: 0...7)) }
        case .byte: if !rest.isEmpty { bytes[place] = random.element(of: [0, 1, 0x20, 0x7F, 0x80, 0xFE, 0xFF]) }
        case .cut: bytes.removeSubrange(rest)
        case .removal: bytes.removeSubrange(place..<place + length(64))
        case .repetition:
            let part = bytes[place..<place + length(64)]
            for _ in 0...random.integer(in: 0...3) { bytes.insert(contentsOf: part, at: place) }
        case .splice: bytes.replaceSubrange(rest, with: other[random.place(in: other.count)...])
        case .number:
            let value = Self.numbers[random.integer(in: 0...Self.numbers.count - 1)]
            let width = random.element(of: [2, 4, 8])
            for index in 0..<width where place + index < bytes.count {
                bytes[place + index] = UInt8(truncatingIfNeeded: value >> (8 * index))
            }
        case .varint:
            if !rest.isEmpty { bytes.remove(at: place) }
            bytes.insert(
                contentsOf: WireMessage.varint(UInt64(bitPattern: Int64(random.element(of: Self.numbers)))), at: place)
        case .digits:
            let isDigit = { (byte: UInt8) in (0x30...0x39).contains(byte) }
            guard let first = rest.first(where: { isDigit(bytes[$0]) }) else { return }
            let end = bytes[first...].firstIndex { !isDigit($0) } ?? bytes.count
            bytes.replaceSubrange(first..<end, with: "\(random.element(of: Self.numbers))".utf8)
        case .word:
            let end = random.integer(in: 0...1) == 0 ? place : place + length(8)
            bytes.replaceSubrange(place..<end, with: random.element(of: Self.words(of: reader)).utf8)
        }
    }

    /// Numbers at the edges of what types hold.
    static let numbers: [Int] = [
        0, 1, -1, 2, 3, 7, 8, 9, 127, 128, 255, 256, 32_767, 65_535, 65_536, 1 << 20, 1 << 24, 1 << 29, 1 << 31 - 1,
        1 << 31, -1 << 31,
        1 << 32, 1 << 40, 1 << 61, 1 << 62, .max, .min, .max - 1, .min + 1,
    ]

    private static func words(of reader: Reader) -> [String] {
        switch reader {
        case .onnx:
            [
                "Conv", "Reshape", "ai.onnx", "kernel_shape", "strides", "pads", "dilations", "auto_pad", "SAME_UPPER",
                "axis",
                "axes", "perm", "group", "", "/", "../x", "location", "offset", "length",
            ]
        case .safetensors:
            [
                "\"dtype\":\"F32\"", "\"shape\":[", "\"data_offsets\":[0,0]", "__metadata__", "{", "}", "[[[[[[[[", "]",
                ",", "\\u0000",
                "\\ud800", "1e999", "-0", "null",
            ]
        case .jpg, .png, .webp, .heic, .pgm, .ppm:
            [
                "IHDR", "PLTE", "tRNS", "IDAT", "IEND", "\u{1}\0\0", "VP8 ", "VP8L", "VP8X", "ALPH", "ANMF", "ftyp",
                "meta",
                "iloc", "ipma", "irot", "hvcC", "Exif\0\0", "MM\0*", "II*\0", "P3", "P6", "#", "\n", "\0\0\0\0",
            ]
        case .npy:
            [
                "'descr':", "'<f4'", "'>i8'", "'|b1'", "'fortran_order':", "True", "False", "'shape':", "(", ")", ",",
                "L", "{", "}",
            ]
        case .jsonl:
            [
                "{\"turns\":[", "\"turns\"", "\"a\",\"b\"", "]}", "[[[[[[[[", "{", "\n", "\r", "\\u0000", "\\ud800",
                "null",
                "Anna: ", "Ben:", "\n\n", "\u{FEFF}", "\u{301}", "\u{F73}",
            ]
        case .csv:
            [
                ",", "\"", "\"\"", "\n", "\r", "\r\n", "1e308", "-1", "1,5", "9999-12-31 23:59:59", "0001-01-01",
                "99999999999999999999", "\u{FEFF}", "TX_AMOUNT", "nan", "inf",
            ]
        case .yaml:
            [
                "&a ", "*a", "<<: ", "!!binary ", "!!float ", ": ", "- ", "\n", "  ", "|\n", ">\n", "{", "}", "[", "]",
                "\"", "'", "? ",
                "---\n", "...\n", "%YAML 9.9\n", "\t", ".inf", ".nan", "1e999", "0x", "~", "training:", "seed:",
                "overrides:",
            ]
        }
    }
}
