import Engine

/// A protobuf message as its fields, with the messages inside as far as bytes can be read as one; so that it can be changed inside and
/// still be read.
struct WireMessage {
    private indirect enum Content {
        case varint(UInt64)
        /// Of four or eight bytes.
        case fixed([UInt8])
        case bytes([UInt8])
        case message(WireMessage)
    }
    private struct Field {
        var number: UInt64
        var content: Content
    }
    private var fields: [Field] = []

    /// Messages in one another that are looked into.
    private static let deepest = 8

    /// nil where the bytes are no message.
    init?(parsing bytes: [UInt8]) { self.init(bytes[...], depth: 0) }

    private init?(_ bytes: ArraySlice<UInt8>, depth: Int) {
        var rest = bytes
        func take(_ count: Int) -> [UInt8]? {
            guard count <= rest.count else { return nil }
            defer { rest = rest.dropFirst(count) }
            return Array(rest.prefix(count))
        }
        func number() -> UInt64? {
            var value: UInt64 = 0
            for shift in stride(from: 0, to: 64, by: 7) {
                guard let byte = rest.popFirst() else { return nil }
                value |= UInt64(byte & 127) << UInt64(shift)
                if byte < 128 { return value }
            }
            return nil
        }
        while !rest.isEmpty {
            guard let key = number(), key >> 3 > 0, key >> 3 < 1 << 12 else { return nil }
            switch key & 7 {
            case 0:
                guard let value = number() else { return nil }
                fields.append(Field(number: key >> 3, content: .varint(value)))
            case 1, 5:
                guard let bytes = take(key & 7 == 1 ? 8 : 4) else { return nil }
                fields.append(Field(number: key >> 3, content: .fixed(bytes)))
            case 2:
                guard let count = number(), let bytes = take(Int(clamping: count)) else { return nil }
                let message = depth < Self.deepest && !bytes.isEmpty ? WireMessage(bytes[...], depth: depth + 1) : nil
                fields.append(Field(number: key >> 3, content: message.map { .message($0) } ?? .bytes(bytes)))
            default: return nil
            }
        }
    }

    /// The message as it is written.
    var bytes: [UInt8] {
        fields.flatMap { field in
            switch field.content {
            case .varint(let value): Self.varint(field.number << 3) + Self.varint(value)
            case .fixed(let bytes): Self.varint(field.number << 3 | (bytes.count == 8 ? 1 : 5)) + bytes
            case .bytes(let bytes): Self.varint(field.number << 3 | 2) + Self.varint(UInt64(bytes.count)) + bytes
            case .message(let message):
                Self.varint(field.number << 3 | 2) + Self.varint(UInt64(message.bytes.count)) + message.bytes
            }
        }
    }

    static func varint(_ value: UInt64) -> [UInt8] {
        value < 128 ? [UInt8(value)] : [UInt8(value & 127) | 128] + varint(value >> 7)
    }

    /// Changes something inside.
    ///
    /// - Parameter donor: a message whose parts may be taken over.
    mutating func damage(_ random: inout RandomStream, donor: WireMessage) {
        guard !fields.isEmpty else { return }
        let place = random.integer(in: 0...fields.count - 1)
        if case .message(var inner) = fields[place].content, random.integer(in: 0...5) > 0 {
            let others = donor.fields.compactMap { field -> WireMessage? in
                if case .message(let message) = field.content, field.number == fields[place].number {
                    message
                } else {
                    nil
                }
            }
            inner.damage(&random, donor: others.isEmpty ? inner : random.element(of: others))
            fields[place].content = .message(inner)
            return
        }
        switch random.integer(in: 0...5) {
        case 0: fields.remove(at: place)
        case 1: fields.insert(fields[place], at: random.integer(in: 0...fields.count))
        case 2: fields.swapAt(place, random.integer(in: 0...fields.count - 1))
        case 3 where !donor.fields.isEmpty:
            fields.insert(random.element(of: donor.fields), at: random.integer(in: 0...fields.count))
        case 4 where !donor.fields.isEmpty: fields[place].content = random.element(of: donor.fields).content
        default: change(place, &random)
        }
    }

    private mutating func change(_ place: Int, _ random: inout RandomStream) {
        switch fields[place].content {
        case .varint(let value):
            let number = UInt64(bitPattern: Int64(random.element(of: Damage.numbers)))
            fields[place].content = .varint(
                random.integer(in: 0...1) == 0 ? number : value ^ 1 << UInt64(random.integer(in: 0...63)))
        case .fixed(var bytes):
            bytes[random.integer(in: 0...bytes.count - 1)] ^= 1 << UInt8(random.integer(in: 0...7))
            fields[place].content = .fixed(bytes)
        case .bytes(var bytes):
            random.element(of: Damage.allCases).apply(&bytes, bytes, .onnx, &random)
            fields[place].content = .bytes(bytes)
        case .message: fields[place].number = UInt64(random.integer(in: 1...30))
        }
    }
}
