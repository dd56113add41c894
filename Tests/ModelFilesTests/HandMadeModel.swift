/// A protobuf message put together field by field, so that it can say what no library would write.
struct HandMadeMessage: ExpressibleByArrayLiteral {
    var bytes: [UInt8] = []

    init(arrayLiteral parts: HandMadeMessage...) { bytes = parts.flatMap(\.bytes) }

    private init(_ bytes: [UInt8]) { self.bytes = bytes }

    private static func varint(_ value: UInt64) -> [UInt8] {
        value < 128 ? [UInt8(value)] : [UInt8(value & 127) | 128] + varint(value >> 7)
    }

    static func bytes(_ field: UInt64, _ bytes: [UInt8]) -> Self {
        Self(varint(field << 3 | 2) + varint(UInt64(bytes.count)) + bytes)
    }
    static func text(_ field: UInt64, _ text: String) -> Self { .bytes(field, Array(text.utf8)) }
    static func message(_ field: UInt64, _ message: Self) -> Self { .bytes(field, message.bytes) }
    static func number(_ field: UInt64, _ value: Int) -> Self {
        Self(varint(field << 3) + varint(UInt64(bitPattern: Int64(value))))
    }
    static func float(_ field: UInt64, _ value: Float) -> Self {
        Self(varint(field << 3 | 5) + (0..<4).map { UInt8(truncatingIfNeeded: value.bitPattern >> (8 * $0)) })
    }
    static func + (left: Self, right: Self) -> Self { Self(left.bytes + right.bytes) }

    // MARK: ONNX

    /// An input `[1, 2]` of floats, unless said otherwise.
    static func input(_ name: String = "x", type: Int = 1, dims: [Int] = [1, 2]) -> Self {
        let shape = dims.reduce([] as Self) { $0 + .message(1, .number(1, $1)) }
        return .message(11, [.text(1, name), .message(2, .message(1, [.number(1, type), .message(2, shape)]))])
    }
    /// An input of floats whose dimensions have names.
    static func input(_ name: String = "x", symbols: [String]) -> Self {
        let shape = symbols.reduce([] as Self) { $0 + .message(1, .text(2, $1)) }
        return .message(11, [.text(1, name), .message(2, .message(1, [.number(1, 1), .message(2, shape)]))])
    }
    static func output(_ name: String = "y") -> Self { .message(12, .text(1, name)) }
    static func node(_ type: String, _ inputs: [String], _ outputs: [String], name: String = "n", _ more: Self = [])
        -> Self
    {
        let inputs = inputs.reduce([] as Self) { $0 + .text(1, $1) },
            outputs = outputs.reduce([] as Self) { $0 + .text(2, $1) }
        return .message(1, [inputs, outputs, .text(3, name), .text(4, type), more])
    }
    /// An initializer: its dimensions, its type, and what holds its elements.
    static func initializer(_ name: String = "w", dims: [Int], type: Int = 1, _ elements: Self) -> Self {
        .message(5, [dims.reduce([] as Self) { $0 + .number(1, $1) }, .number(2, type), .text(8, name), elements])
    }
    /// An attribute: its name, its type, and its value.
    static func attribute(_ name: String, _ type: Int, _ value: Self) -> Self {
        .message(5, [.text(1, name), .number(20, type), value])
    }
    static func ints(_ name: String, _ values: [Int]) -> Self {
        .attribute(name, 7, values.reduce([] as Self) { $0 + .number(8, $1) })
    }
    /// A model of a graph.
    static func model(opset: Int = 17, _ graph: Self) -> Self {
        [.number(1, 8), .message(7, graph), .message(8, .number(2, opset))]
    }
}
