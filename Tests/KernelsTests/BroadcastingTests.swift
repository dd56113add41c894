import Kernels
import Testing

/// A result's shape, and along which dimensions operands repeat.
struct BroadcastCase: Sendable, CustomTestStringConvertible {
    let sizes: [Int]
    /// For each operand and dimension, whether it has more than one element there.
    let varies: [[Bool]]

    init(_ sizes: [Int], _ a: String, _ b: String) {
        self.sizes = sizes
        varies = [a, b].map { $0.map { $0 != "1" } }
    }

    var testDescription: String { "\(sizes), \(strides[0]) and \(strides[1])" }
    var count: Int { sizes.reduce(1, *) }

    /// Row-major strides, 0 where an operand repeats.
    var strides: [[Int]] {
        varies.map { varies in
            var stride = 1
            var strides = sizes
            for axis in sizes.indices.reversed() {
                strides[axis] = varies[axis] ? stride : 0
                if varies[axis] { stride *= sizes[axis] }
            }
            return strides
        }
    }

    /// The number of an operand's elements.
    func count(of operand: Int) -> Int { zip(sizes, varies[operand]).reduce(1) { $1.1 ? $0 * $1.0 : $0 } }

    /// Where an operand's element lies that meets the result's `index`th.
    func place(_ index: Int, of operand: Int) -> Int {
        var rest = index, place = 0
        for axis in sizes.indices.reversed() {
            place += rest % sizes[axis] * strides[operand][axis]
            rest /= sizes[axis]
        }
        return place
    }

    /// "n" is a dimension that an operand has, "1" one along which it repeats.
    static let all = [
        BroadcastCase([], "", ""), BroadcastCase([7], "n", "1"), BroadcastCase([7], "1", "n"),
        BroadcastCase([7], "1", "1"),
        BroadcastCase([0], "n", "1"), BroadcastCase([3, 0, 2], "nnn", "1n1"), BroadcastCase([1, 1], "nn", "nn"),
        BroadcastCase([5, 17], "nn", "1n"), BroadcastCase([5, 17], "n1", "1n"), BroadcastCase([5, 16], "nn", "n1"),
        BroadcastCase([4, 3, 15], "nnn", "n1n"), BroadcastCase([4, 3, 33], "1n1", "n1n"),
        BroadcastCase([2, 3, 4, 5], "nnnn", "1n11"), BroadcastCase([2, 3, 4, 5], "n1n1", "1n1n"),
        BroadcastCase([3, 1, 4, 1], "n1n1", "nnn1"), BroadcastCase([2, 2, 2, 3, 2, 2, 3, 9], "n1n1n1n1", "1n1n1n1n"),
        BroadcastCase([20, 33, 65], "nnn", "1n1"), BroadcastCase([300, 200], "nn", "n1"),
        BroadcastCase([1, 40_000], "nn", "11"),
    ]
}

@Suite struct BroadcastingTests {
    @Test("operands repeat along dimensions", arguments: BroadcastCase.all, Arithmetic.allCases)
    func arithmetic(_ row: BroadcastCase, _ operation: Arithmetic) throws {
        let a = samples(row.count(of: 0), 1), b = samples(row.count(of: 1), 2, in: 0.5...2)
        let values = (0..<row.count).map {
            operation.applied(Double(a[row.place($0, of: 0)]), Double(b[row.place($0, of: 1)]))
        }
        var memory = Memory()
        let left = memory.add(a), right = memory.add(b), y = memory.room(floats: values.count)
        let broadcast = Broadcast(sizes: row.sizes, strides: row.strides)
        try expect("\(operation) of \(row.testDescription)", memory, [.floats("y", y, values)]) {
            [$0.arithmetic(operation, left, right, broadcast, to: y)]
        }
    }

    @Test("the gradient of broadcasting sums over what was repeated", arguments: BroadcastCase.all, [0, 1])
    func reduceToShape(_ row: BroadcastCase, operand: Int) throws {
        let x = samples(row.count, 1)
        var values = [Double](repeating: 0, count: row.count(of: operand))
        for index in x.indices { values[row.place(index, of: operand)] += Double(x[index]) }
        var memory = Memory()
        let input = memory.add(x), y = memory.room(floats: values.count)
        // Sums in double, rounded once.
        try expect(
            "to operand \(operand) of \(row.testDescription)", memory,
            [.floats("y", y, values, relative: 1e-7, absolute: 1e-12)]
        ) {
            [$0.reduceToShape(input, sizes: row.sizes, strides: row.strides[operand], to: y)]
        }
    }

    @Test("neighbouring dimensions that are walked alike become one") func merging() {
        #expect(Broadcast(sizes: [2, 3, 4], strides: [[12, 4, 1]]).sizes == [24])
        #expect(Broadcast(sizes: [2, 3, 4], strides: [[12, 4, 1], [0, 4, 1]]).sizes == [2, 12])
        #expect(Broadcast(sizes: [2, 1, 4], strides: [[4, 9, 1]]).sizes == [8])
        #expect(Broadcast(sizes: [2, 3], strides: [[0, 0]]).strides == [[0]])
        #expect(Broadcast(sizes: [1, 1], strides: [[1, 1]]).sizes == [])
    }
}
