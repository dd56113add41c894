import Kernels
import Testing

@Suite struct ConversionTests {
    /// Numbers of every size and sign, with what lies beside the ends of integers and halfway between halves.
    private static let floats: [Float] = {
        var numbers = stride(from: UInt64(0), to: 1 << 32, by: 100_003).map { Float(bitPattern: UInt32($0)) }
        numbers += [0, -0.0, 0.5, -0.5, 0.999, -0.999, .infinity, -.infinity, .nan, -.nan]
        for end in [127, 128, 255, 256, 32_768, 65_504, 65_520, 0x1p31, 0x1p63] as [Float] {
            numbers += [end.nextDown, end, end.nextUp, -end.nextDown, -end, -end.nextUp]
        }
        for half in stride(from: UInt16(0), to: 0x7C00, by: 61) {
            let near = Float(Float16(bitPattern: half)), far = Float(Float16(bitPattern: half + 1))
            if far.isFinite { numbers += [(near + far) / 2, -((near + far) / 2).nextUp, ((near + far) / 2).nextDown] }
        }
        return numbers
    }()

    private func converted<From: BitwiseCopyable, To: BitwiseCopyable & Equatable>(
        _ x: [From], _ from: ElementType, to: ElementType, _ expected: [To],
        sourceLocation: SourceLocation = #_sourceLocation
    ) throws {
        for count in [0, 1, 7, 8, 9, 15, 16, 17, 31, 32, 33, 65, x.count] where count <= x.count {
            var memory = Memory()
            let input = memory.add(Array(x.suffix(count)))
            let y = memory.room(bytes: count * MemoryLayout<To>.size, alignment: MemoryLayout<To>.alignment)
            let output = Output(
                name: "\(from) to \(to)", region: y, expected: Array(repeating: 0, count: count),
                allowed: Array(repeating: 0, count: count)
            ) { storage in
                // Whether each is what is expected, bit by bit.
                zip(storage.array(of: To.self), expected.suffix(count)).map { $0 == $1 ? 0 : 1 }
            }
            try expect("\(count) of \(from) to \(to)", memory, [output], sourceLocation: sourceLocation) {
                $0.convert(input, from: from, to: y, of: to) { _ in
                    preconditionFailure("no conversion here goes by way of floats")
                }
            }
        }
    }

    @Test("every half becomes the float that it is") func halves() throws {
        let x = (UInt16.min...UInt16.max).map { $0 }
        let expected = x.map { bits -> UInt32 in
            let value = Float16(bitPattern: bits)
            // A NaN keeps its bits and becomes quiet, as the processor has it.
            guard value.isNaN else { return Float(value).bitPattern }
            return UInt32(bits & 0x8000) << 16 | 0x7FC0_0000 | UInt32(bits & 0x3FF) << 13
        }
        try converted(x, .f16, to: .f32, expected)
    }

    @Test("a float becomes the nearest half, of two the even one") func toHalf() throws {
        let expected = Self.floats.map { x -> UInt16 in
            guard x.isNaN else { return Float16(x).bitPattern }
            return UInt16(x.bitPattern >> 16 & 0x8000) | 0x7E00 | UInt16(x.bitPattern >> 13 & 0x3FF)
        }
        try converted(Self.floats, .f32, to: .f16, expected)
    }

    @Test("every bfloat16 becomes the float that it is") func fromBrain() throws {
        let x = (UInt16.min...UInt16.max).map { $0 }
        try converted(x, .bf16, to: .f32, x.map { UInt32($0) << 16 })
    }

    @Test("a float becomes the nearest bfloat16, of two the even one") func toBrain() throws {
        let expected = Self.floats.map { x -> UInt16 in
            let lower = UInt16(x.bitPattern >> 16)
            guard !x.isNaN else { return lower | 0x40 }
            guard x.isFinite else { return lower }
            // The two neighbours, the upper one of which may be beyond the greatest: 2^128 then.
            func number(_ bits: UInt16) -> Double {
                bits & 0x7FFF == 0x7F80 ? 0x1p128 : abs(Double(Float(bitPattern: UInt32(bits) << 16)))
            }
            let below = abs(Double(x)) - number(lower), above = number(lower + 1) - abs(Double(x))
            return below < above || (below == above && lower & 1 == 0) ? lower : lower + 1
        }
        try converted(Self.floats, .f32, to: .bf16, expected)
    }

    @Test("a float becomes the integer towards zero, the nearest there is, NaN 0") func toIntegers() throws {
        func whole<Integer: FixedWidthInteger>(_ x: Float, _: Integer.Type) -> Integer {
            x.isNaN ? 0 : x >= Float(Integer.max) ? .max : x <= Float(Integer.min) ? .min : Integer(x)
        }
        try converted(Self.floats, .f32, to: .i8, Self.floats.map { whole($0, Int8.self) })
        try converted(Self.floats, .f32, to: .u8, Self.floats.map { whole($0, UInt8.self) })
        try converted(Self.floats, .f32, to: .i32, Self.floats.map { whole($0, Int32.self) })
        try converted(Self.floats, .f32, to: .i64, Self.floats.map { whole($0, Int64.self) })
        try converted(Self.floats, .f32, to: .bool, Self.floats.map { $0 == 0 ? 0 : 1 as UInt8 })
    }

    @Test("an integer becomes the nearest float, and a narrower one its lower bits") func fromIntegers() throws {
        let bytes = (UInt8.min...UInt8.max).map { $0 }
        let signed = bytes.map { Int8(bitPattern: $0) }
        let words = Self.floats.map { Int32(bitPattern: $0.bitPattern) } + [.min, .max, 0, -1]
        let long = words.map { Int64($0) &* 0x1_0000_2345 } + [.min, .max, 1 << 53 + 1]
        try converted(bytes, .u8, to: .f32, bytes.map { Float($0) })
        try converted(signed, .i8, to: .f32, signed.map { Float($0) })
        try converted(words, .i32, to: .f32, words.map { Float($0) })
        try converted(long, .i64, to: .f32, long.map { Float($0) })
        try converted(bytes, .bool, to: .f32, bytes.map { $0 == 0 ? 0 : 1 as Float })
        try converted(long, .i64, to: .i32, long.map { Int32(truncatingIfNeeded: $0) })
        try converted(long, .i64, to: .u8, long.map { UInt8($0 & 0xFF) })
        try converted(words, .i32, to: .i64, words.map { Int64($0) })
        try converted(words, .i32, to: .i8, words.map { Int8(truncatingIfNeeded: $0) })
        try converted(words, .i32, to: .bool, words.map { $0 == 0 ? 0 : 1 as UInt8 })
        try converted(signed, .i8, to: .i64, signed.map { Int64($0) })
    }
}
