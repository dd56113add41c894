import Foundation

/// Changes to ONNX files that the library's writer would not make.
enum WireEditing {
    /// The model with an initializer of two `i64` made an input without a value.
    static func initializerMadeInput(_ name: String, in model: [UInt8]) throws -> [UInt8] {
        var model = try fields(model)
        guard let place = model.firstIndex(where: { $0.number == 7 }) else { return [] }
        var graph = try fields(model[place].bytes)
        graph = try graph.filter { field in
            try field.number != 5 || !fields(field.bytes).contains { $0.number == 8 && $0.bytes == Array(name.utf8) }
        }
        let shape = message(1, message(1, [0x08, 2]))  // dim, dim_value
        let type = message(1, [0x08, 7] + message(2, Array(shape.dropFirst(2))))
        graph.append(Field(number: 11, bytes: message(1, Array(name.utf8)) + message(2, type)))
        model[place].bytes = graph.flatMap(\.written)
        return model.flatMap(\.written)
    }

    private struct Field {
        var number: UInt8
        /// Of a field with a length; else the field as it is.
        var bytes: [UInt8]
        var hasLength = true
        var written: [UInt8] { hasLength ? message(number, bytes) : bytes }
    }

    private static func message(_ number: UInt8, _ bytes: [UInt8]) -> [UInt8] {
        [number << 3 | 2] + varint(bytes.count) + bytes
    }

    private static func varint(_ value: Int) -> [UInt8] {
        value < 128 ? [UInt8(value)] : [UInt8(value & 127) | 128] + varint(value >> 7)
    }

    /// Of a message with field numbers below 16, or with varints alone.
    private static func fields(_ bytes: [UInt8]) throws -> [Field] {
        var fields: [Field] = [], place = 0
        func number() -> Int {
            var value = 0, shift = 0
            while bytes[place] > 127 {
                value |= Int(bytes[place] & 127) << shift
                (place, shift) = (place + 1, shift + 7)
            }
            value |= Int(bytes[place]) << shift
            place += 1
            return value
        }
        while place < bytes.count {
            let start = place, key = number()
            if key & 7 == 2 {
                let count = number()
                fields.append(Field(number: UInt8(key >> 3), bytes: Array(bytes[place..<place + count])))
                place += count
            } else {
                _ = number()
                fields.append(Field(number: UInt8(key >> 3), bytes: Array(bytes[start..<place]), hasLength: false))
            }
        }
        return fields
    }
}
