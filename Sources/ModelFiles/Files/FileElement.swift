import Engine

/// What elements in files are, of which there are more types than `ElementType` has.
enum FileElement: CaseIterable {
    case f16, bf16, f32, f64, i8, i16, i32, i64, u8, u16, u32, bool

    init(_ type: ElementType) {
        self =
            switch type {
            case .f32: .f32
            case .f16: .f16
            case .bf16: .bf16
            case .i8: .i8
            case .u8: .u8
            case .i32: .i32
            case .i64: .i64
            case .bool: .bool
            }
    }

    /// Bytes of one element in a file; never more than eight, so the bytes of no `Shape` overflow.
    var byteCount: Int {
        switch self {
        case .i8, .u8, .bool: 1
        case .f16, .bf16, .i16, .u16: 2
        case .f32, .i32, .u32: 4
        case .f64, .i64: 8
        }
    }

    /// The type of ours that has the same bytes; nil where elements are converted.
    var sameType: ElementType? {
        switch self {
        case .f16: .f16
        case .bf16: .bf16
        case .f32: .f32
        case .i8: .i8
        case .i32: .i32
        case .i64: .i64
        case .u8: .u8
        case .bool: .bool
        case .f64, .i16, .u16, .u32: nil
        }
    }

    /// The tensor of little-endian bytes: f64 rounded to `f32`, i16 and u16 widened to `i32`, u32 to `i64`, others as they are.
    ///
    /// - Throws: `Fault` where the bytes are not as many as the shape needs, or a truth value is neither 0 nor 1.
    func tensor(_ bytes: Span<UInt8>, shape: Shape) throws(Fault) -> Tensor {
        let expected = shape.elementCount * byteCount
        guard bytes.count == expected else {
            throw Fault("\(bytes.count) bytes of data where \(self)\(shape) has \(expected)")
        }
        switch self {
        case .f64: return Tensor(bytes.littleEndian(UInt64.self).map { Float(Double(bitPattern: $0)) }, shape: shape)
        case .i16: return Tensor(bytes.littleEndian(UInt16.self).map { Int32(Int16(bitPattern: $0)) }, shape: shape)
        case .u16: return Tensor(bytes.littleEndian(UInt16.self).map(Int32.init), shape: shape)
        case .u32: return Tensor(bytes.littleEndian(UInt32.self).map(Int64.init), shape: shape)
        case .bool: return Tensor(try truths(bytes), shape: shape)
        case .f16: return try same(bytes, .f16, shape)
        case .bf16: return try same(bytes, .bf16, shape)
        case .f32: return try same(bytes, .f32, shape)
        case .i8: return try same(bytes, .i8, shape)
        case .i32: return try same(bytes, .i32, shape)
        case .i64: return try same(bytes, .i64, shape)
        case .u8: return try same(bytes, .u8, shape)
        }
    }

    /// The same, of an array.
    func tensor(_ bytes: [UInt8], shape: Shape) throws(Fault) -> Tensor { try tensor(bytes.span, shape: shape) }

    private func same(_ bytes: Span<UInt8>, _ type: ElementType, _ shape: Shape) throws(Fault) -> Tensor {
        do { return try Tensor(bytes: bytes, TensorType(type, shape)) } catch { throw Fault(error.description) }
    }

    private func truths(_ bytes: Span<UInt8>) throws(Fault) -> [Bool] {
        try checkTruths(bytes)
        return bytes.indices.map { bytes[$0] == 1 }
    }
}

/// - Throws: `Fault` where a byte that stands for a truth value is neither 0 nor 1.
func checkTruths(_ bytes: Span<UInt8>) throws(Fault) {
    for place in bytes.indices where bytes[place] > 1 {
        throw Fault("truth value \(bytes[place]) at place \(place) is neither 0 nor 1")
    }
}

extension Span<UInt8> {
    /// The bytes read as integers, least significant byte first; bytes at the end that fill no integer are left out.
    func littleEndian<Integer: FixedWidthInteger>(_: Integer.Type) -> [Integer] {
        let width = Integer.bitWidth / 8
        var values: [Integer] = []
        values.reserveCapacity(count / width)
        for start in stride(from: 0, through: count - width, by: width) {
            var value: Integer = 0
            for place in 0..<width { value |= Integer(truncatingIfNeeded: self[start + place]) << (8 * place) }
            values.append(value)
        }
        return values
    }
}
