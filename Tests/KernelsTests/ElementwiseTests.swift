internal import Glibc
import Kernels
import Testing

@Suite struct ElementwiseTests {
    @Test("arithmetic on regions of one length, in place or not", arguments: Arithmetic.allCases)
    func arithmetic(_ operation: Arithmetic) throws {
        for count in lengths {
            var a = samples(count, 1), b = samples(count, 2, in: 0.5...2)
            if count > 4 { (a[3], b[4]) = (.nan, .infinity) }
            let values = zip(a.doubles, b.doubles).map { operation.applied($0, $1) }
            for place in ["apart", "on a", "on b"] {
                var memory = Memory()
                let left = memory.add(a, changes: place == "on a"), right = memory.add(b, changes: place == "on b")
                let apart = memory.room(floats: count)
                let y = place == "on a" ? left : place == "on b" ? right : apart
                try expect("\(operation) of \(count), \(place)", memory, [.floats("y", y, values)]) {
                    [$0.arithmetic(operation, left, right, to: y)]
                }
            }
        }
    }

    /// What is done to single numbers; the kernel's value is rounded once, as the oracle's is.
    private struct Unary: Sendable, CustomTestStringConvertible {
        let testDescription: String
        let oracle: @Sendable (Double) -> Double
        let job: @Sendable (KernelSet, _ x: Region, _ y: Region) -> Job

        static let all = [
            Unary(testDescription: "relu", oracle: { $0 < 0 ? 0 : $0 }) { $0.relu($1, to: $2) },
            Unary(testDescription: "scale", oracle: { $0 * Double(Float(0.3)) }) { $0.scale($1, by: 0.3, to: $2) },
        ]
    }

    @Test("functions of single numbers, in place or not", arguments: Unary.all)
    private func unary(_ row: Unary) throws {
        for count in lengths {
            var x = samples(count, 1)
            if count > 4 { (x[2], x[3]) = (.nan, -.infinity) }
            for isInPlace in [false, true] {
                var memory = Memory()
                let input = memory.add(x, changes: isInPlace)
                let y = isInPlace ? input : memory.room(floats: count)
                try expect(
                    "\(row.testDescription) of \(count)\(isInPlace ? " in place" : "")", memory,
                    [.floats("y", y, x.doubles.map(row.oracle))]
                ) { [row.job($0, input, y)] }
            }
        }
    }

    @Test("relu's gradient passes where the result is positive, in place or not") func reluBackward() throws {
        for count in lengths {
            let y = samples(count, 1).map { max($0, 0) }, dy = samples(count, 2)
            let values = zip(y, dy).map { $0 > 0 ? Double($1) : 0 }
            for place in ["apart", "on y", "on dy"] {
                var memory = Memory()
                let result = memory.add(y, changes: place == "on y"),
                    gradient = memory.add(dy, changes: place == "on dy")
                let apart = memory.room(floats: count)
                let dx = place == "on y" ? result : place == "on dy" ? gradient : apart
                try expect("relu backward of \(count), \(place)", memory, [.floats("dx", dx, values)]) {
                    [$0.reluBackward(y: result, dy: gradient, to: dx)]
                }
            }
        }
    }

    @Test("filling and copying reach the whole region and no more") func fillAndCopy() throws {
        for count in lengths {
            var memory = Memory()
            let y = memory.room(floats: count)
            try expect("fill of \(count)", memory, [.floats("y", y, Array(repeating: -2.5, count: count))]) {
                [$0.fill(-2.5, to: y)]
            }
        }
        for count in lengths + [131_071, 131_072, 131_073, 400_000] {
            var memory = Memory()
            let x = (0..<count).map { UInt8(truncatingIfNeeded: $0 &* 7 ^ $0 >> 8) }
            let input = memory.add(x), y = memory.room(bytes: count, alignment: 1)
            try expect("copy of \(count) bytes", memory, [.integers("y", y, x)]) { [$0.copy(input, to: y)] }
        }
    }
}

extension Arithmetic {
    func applied<Scalar: BinaryFloatingPoint>(_ a: Scalar, _ b: Scalar) -> Scalar {
        switch self {
        case .add: a + b
        case .subtract: a - b
        case .multiply: a * b
        case .divide: a / b
        case .power: Scalar(Glibc.pow(Double(a), Double(b)))
        case .minimum: a.isNaN || b.isNaN ? .nan : min(a, b)
        case .maximum: a.isNaN || b.isNaN ? .nan : max(a, b)
        case .remainder: a.truncatingRemainder(dividingBy: b)
        case .modulo:
            a.truncatingRemainder(dividingBy: b) == 0 || (a < 0) == (b < 0)
                ? a.truncatingRemainder(dividingBy: b) : a.truncatingRemainder(dividingBy: b) + b
        }
    }
}
