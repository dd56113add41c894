import Kernels
import Testing

/// What broadcasts beside the arithmetic of floats.
@Suite struct ComparisonTests {
    private func pairs<Number>(_ row: BroadcastCase, _ a: [Number], _ b: [Number]) -> [(Number, Number)] {
        (0..<row.count).map { (a[row.place($0, of: 0)], b[row.place($0, of: 1)]) }
    }

    private func holds<Number: Comparable>(_ comparison: Comparison, _ a: Number, _ b: Number) -> Bool {
        switch comparison {
        case .equal: a == b
        case .greater: a > b
        case .greaterOrEqual: a >= b
        case .less: a < b
        case .lessOrEqual: a <= b
        }
    }

    private func integers(_ count: Int, _ seed: UInt64) -> [Int64] { samples(count, seed).map { Int64($0 * 3) } }

    @Test("comparisons of floats and integers; none holds of NaN", arguments: BroadcastCase.all, Comparison.allCases)
    func compare(_ row: BroadcastCase, _ comparison: Comparison) throws {
        let special: [Float] = [.nan, .infinity, -.infinity, 0, -0.0, .leastNonzeroMagnitude]
        func floats(_ operand: Int) -> [Float] {
            samples(row.count(of: operand), UInt64(operand)).enumerated().map { place, value in
                place % 3 == 0 ? special[place / 3 % special.count] : (value * 2).rounded()
            }
        }
        let a = floats(0), b = floats(1)
        let i = integers(row.count(of: 0), 3), j = integers(row.count(of: 1), 4)
        let broadcast = Broadcast(sizes: row.sizes, strides: row.strides)
        var memory = Memory()
        let left = memory.add(a), right = memory.add(b), long = memory.add(i), other = memory.add(j)
        let bytes = memory.add(i.map { Int8($0) }), otherBytes = memory.add(j.map { Int8($0) })
        let rooms = (0..<3).map { _ in memory.room(bytes: row.count, alignment: 1) }
        let whole = pairs(row, i, j).map { holds(comparison, $0, $1) ? 1 : 0 as UInt8 }
        try expect(
            "\(comparison) of \(row.testDescription)", memory,
            [
                .integers("floats", rooms[0], pairs(row, a, b).map { holds(comparison, $0, $1) ? 1 : 0 as UInt8 }),
                .integers("i64", rooms[1], whole), .integers("i8", rooms[2], whole),
            ]
        ) {
            [
                $0.comparison(comparison, of: .f32, left, right, broadcast, to: rooms[0]),
                $0.comparison(comparison, of: .i64, long, other, broadcast, to: rooms[1]),
                $0.comparison(comparison, of: .i8, bytes, otherBytes, broadcast, to: rooms[2]),
            ]
        }
    }

    @Test("truth values are joined, and not; what is not 0 is true", arguments: BroadcastCase.all, Logic.allCases)
    func logic(_ row: BroadcastCase, _ logic: Logic) throws {
        let a = samples(row.count(of: 0), 1).map { $0 < 0 ? 0 : UInt8($0 * 100) }
        let b = samples(row.count(of: 1), 2).map { $0 < 0 ? 0 : 1 as UInt8 }
        let values = pairs(row, a, b).map { a, b -> UInt8 in
            let holds =
                switch logic {
                case .and: a != 0 && b != 0
                case .or: a != 0 || b != 0
                case .xor: (a != 0) != (b != 0)
                }
            return holds ? 1 : 0
        }
        var memory = Memory()
        let left = memory.add(a), right = memory.add(b), y = memory.room(bytes: row.count, alignment: 1)
        let z = memory.room(bytes: a.count, alignment: 1)
        try expect(
            "\(logic) of \(row.testDescription)", memory,
            [.integers("y", y, values), .integers("not a", z, a.map { $0 == 0 ? 1 : 0 as UInt8 })]
        ) {
            [
                $0.logic(logic, left, right, Broadcast(sizes: row.sizes, strides: row.strides), to: y),
                $0.not(left, to: z),
            ]
        }
    }

    @Test("one of two is chosen, elements of any size", arguments: BroadcastCase.all, [1, 2, 4, 8])
    func choose(_ row: BroadcastCase, elementBytes: Int) throws {
        // The condition is the result's shape; the two operands broadcast.
        let condition = samples(row.count, 1).map { $0 < 0 ? 0 : 2 as UInt8 }
        func bytes(_ operand: Int) -> [UInt8] {
            (0..<row.count(of: operand) * elementBytes).map { UInt8(truncatingIfNeeded: $0 &* 31 &+ operand * 7) }
        }
        let operands = [bytes(0), bytes(1)]
        var values: [UInt8] = []
        for place in 0..<row.count {
            let operand = condition[place] != 0 ? 0 : 1, start = row.place(place, of: operand) * elementBytes
            values += operands[operand][start..<start + elementBytes]
        }
        var alike = row.sizes, stride = 1
        for axis in alike.indices.reversed() { (alike[axis], stride) = (stride, stride * alike[axis]) }
        var memory = Memory()
        let condition0 = memory.add(condition)
        // Aligned as their elements are.
        func add(_ bytes: [UInt8]) -> Region {
            switch elementBytes {
            case 8: memory.add(words(bytes, UInt64.self))
            case 4: memory.add(words(bytes, UInt32.self))
            case 2: memory.add(words(bytes, UInt16.self))
            default: memory.add(bytes)
            }
        }
        let a = add(operands[0]), b = add(operands[1])
        let y = memory.room(bytes: values.count, alignment: elementBytes)
        let broadcast = Broadcast(sizes: row.sizes, strides: [alike] + row.strides)
        try expect("\(row.testDescription)", memory, [.integers("y", y, values)]) {
            [$0.choose(condition0, a, b, broadcast, elementBytes: elementBytes, to: y)]
        }
    }

    private func words<Word: FixedWidthInteger & BitwiseCopyable>(_ bytes: [UInt8], _: Word.Type) -> [Word] {
        Storage(copying: bytes).array(of: Word.self)
    }

    @Test(
        "arithmetic of integers wraps around, and divided by 0 they give 0", arguments: BroadcastCase.all,
        Arithmetic.allCases)
    func integers(_ row: BroadcastCase, _ operation: Arithmetic) throws {
        func numbers(_ operand: Int) -> [Int32] {
            samples(row.count(of: operand), UInt64(operand) + 5).enumerated().map { place, value in
                place % 5 == 1 && operation != .power ? [.max, .min, 0, -1][place / 5 % 4] : Int32(value * 6)
            }
        }
        func applied<Integer: FixedWidthInteger>(_ a: Integer, _ b: Integer) -> Integer {
            switch operation {
            case .add: a.addingReportingOverflow(b).partialValue
            case .subtract: a.subtractingReportingOverflow(b).partialValue
            case .multiply: a.multipliedReportingOverflow(by: b).partialValue
            case .divide: b == 0 ? 0 : a.dividedReportingOverflow(by: b).partialValue
            case .remainder: b == 0 || b == -1 ? 0 : a % b
            // A divisor's multiple up to the dividend, the one below where the signs differ.
            case .modulo: b == 0 || b == -1 ? 0 : a % b == 0 || (a < 0) == (b < 0) ? a % b : a % b + b
            case .minimum: a < b ? a : b
            case .maximum: a > b ? a : b
            case .power:
                if b < 0 {
                    a == 1 ? 1 : a == -1 ? (b % 2 == 0 ? 1 : -1) : 0
                } else {
                    (0..<Int(b)).reduce(1) { product, _ in product.multipliedReportingOverflow(by: a).partialValue }
                }
            }
        }
        let a = numbers(0), b = numbers(1)
        let broadcast = Broadcast(sizes: row.sizes, strides: row.strides)
        var memory = Memory()
        let left = memory.add(a), right = memory.add(b)
        let longLeft = memory.add(a.map { Int64($0) }), longRight = memory.add(b.map { Int64($0) })
        let y = memory.room(bytes: 4 * row.count, alignment: 4), z = memory.room(bytes: 8 * row.count)
        try expect(
            "\(operation) of \(row.testDescription)", memory,
            [
                .integers("i32", y, pairs(row, a, b).map { applied($0, $1) }),
                .integers("i64", z, pairs(row, a, b).map { applied(Int64($0), Int64($1)) }),
            ]
        ) {
            [
                $0.arithmetic(operation, of: .i32, left, right, broadcast, to: y),
                $0.arithmetic(operation, of: .i64, longLeft, longRight, broadcast, to: z),
            ]
        }
    }

    @Test("signs of integers; of the least one itself", arguments: [0, 1, 15, 16, 17, 1_000]) func signs(count: Int)
        throws
    {
        let x = (0..<count).map { Int32($0 % 3 == 0 ? Int32.min : Int32($0) - 8) }
        var memory = Memory()
        let input = memory.add(x)
        let negated = memory.room(bytes: 4 * count, alignment: 4), dropped = memory.room(bytes: 4 * count, alignment: 4)
        try expect(
            "\(count)", memory,
            [
                .integers("−x", negated, x.map { 0 &- $0 }),
                .integers("|x|", dropped, x.map { $0 < 0 ? 0 &- $0 : $0 }),
            ]
        ) { [$0.sign(.negated, of: .i32, input, to: negated), $0.sign(.dropped, of: .i32, input, to: dropped)] }
    }
}
