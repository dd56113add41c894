internal import Streams

/// Reads what dlib serialized: integers, floats, texts, vectors, matrices and tensors, one behind the other.
///
/// Bounded: no length is believed before as many bytes are there.
///
/// - Source: dlib 20.0, serialize.h (integers: a byte with the count of bytes and the sign, then the bytes from the lowest
///   up; floats: a mantissa and an exponent of 2), matrix.h, dnn/tensor.h.
struct DlibReader {
    private let name: String
    private let bytes: [UInt8]
    private var place = 0

    /// - Parameter name: what errors call the file.
    init(_ bytes: [UInt8], named name: String) {
        self.bytes = bytes
        self.name = name
    }

    var isAtEnd: Bool { place == bytes.count }

    func damaged(_ fault: String) -> InputError {
        InputError(name, "not a file of dlib that can be used: at byte \(place) \(fault)")
    }

    private mutating func byte() throws(InputError) -> UInt8 {
        guard place < bytes.count else { throw damaged("it is cut off") }
        defer { place += 1 }
        return bytes[place]
    }

    mutating func integer() throws(InputError) -> Int {
        let head = try byte(), count = Int(head & 0x0F)
        guard count <= 8, head & 0x70 == 0 else { throw damaged("stands no integer") }
        var value: UInt64 = 0
        for k in 0..<count { value |= UInt64(try byte()) << UInt64(8 * k) }
        guard value <= UInt64(Int.max) else { throw damaged("stands an integer beyond 63 bits") }
        return head & 0x80 != 0 ? -Int(value) : Int(value)
    }

    /// An integer that counts, of at most so many.
    mutating func size(_ what: String, atMost limit: Int) throws(InputError) -> Int {
        let value = try integer()
        guard (0...limit).contains(value) else { throw damaged("stand \(value) \(what)") }
        return value
    }

    /// A character, 0 or 1.
    mutating func bool() throws(InputError) -> Bool {
        switch try byte() {
        case UInt8(ascii: "1"): return true
        case UInt8(ascii: "0"): return false
        default: throw damaged("stands neither true nor false")
        }
    }

    mutating func float() throws(InputError) -> Float {
        let mantissa = try integer(), exponent = try integer()
        // Infinities and NaN have exponents of their own, which no model has a use for.
        guard abs(exponent) < 1_000 else { throw damaged("stands a number that is not finite") }
        return Float(Double(sign: .plus, exponent: exponent, significand: Double(mantissa)))
    }

    mutating func text() throws(InputError) -> String {
        let count = try size("characters", atMost: bytes.count)
        guard count <= bytes.count - place else { throw damaged("it is cut off") }
        defer { place += count }
        return String(decoding: bytes[place..<(place + count)], as: UTF8.self)
    }

    mutating func vector<Element>(
        of what: String, _ element: (inout DlibReader) throws(InputError) -> Element
    ) throws(InputError) -> [Element] {
        let count = try size(what, atMost: bytes.count - place)
        var elements: [Element] = []
        for _ in 0..<count { elements.append(try element(&self)) }
        return elements
    }

    /// A matrix of floats, row by row. Its numbers of rows and columns are negative in the format of today.
    mutating func matrix() throws(InputError) -> [Float] {
        let rows = try integer().magnitude, columns = try integer().magnitude
        let (count, overflow) = rows.multipliedReportingOverflow(by: columns)
        // A float takes two bytes at least.
        guard !overflow, count <= (bytes.count - place) / 2 else {
            throw damaged("stands a matrix of \(rows)×\(columns)")
        }
        var values: [Float] = []
        for _ in 0..<count { values.append(try float()) }
        return values
    }

    /// A tensor [samples][channels][rows][columns], floats as they lie in memory.
    mutating func tensor() throws(InputError) -> (shape: [Int], values: [Float]) {
        guard try integer() == 2 else { throw damaged("stands a tensor of another version") }
        let (shape, count) = try lengths()
        guard count <= (bytes.count - place) / 4 else { throw damaged("a tensor of \(shape) is cut off") }
        var values: [Float] = []
        values.reserveCapacity(count)
        for at in stride(from: place, to: place + 4 * count, by: 4) {
            let low = UInt32(bytes[at]) | UInt32(bytes[at + 1]) << 8
            values.append(Float(bitPattern: low | UInt32(bytes[at + 2]) << 16 | UInt32(bytes[at + 3]) << 24))
        }
        place += 4 * count
        return (shape, values)
    }

    /// The shape of a part of another tensor.
    mutating func alias() throws(InputError) -> [Int] {
        guard try integer() == 1 else { throw damaged("stands a part of a tensor of another version") }
        return try lengths().shape
    }

    /// Four lengths, and how many elements they make, which are no more than a file of this size can have.
    private mutating func lengths() throws(InputError) -> (shape: [Int], count: Int) {
        var shape: [Int] = [], count = 1
        for _ in 0..<4 {
            let length = try integer()
            let (product, overflow) = count.multipliedReportingOverflow(by: length)
            guard length >= 0, !overflow, product <= bytes.count / 4 else {
                throw damaged("stands a tensor of \(shape + [length])")
            }
            shape.append(length)
            count = product
        }
        return (shape, count)
    }
}
