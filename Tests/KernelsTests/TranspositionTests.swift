import Kernels
import Testing

@Suite struct TranspositionTests {
    private struct Order: Sendable, CustomTestStringConvertible {
        let sizes: [Int]
        let strides: [Int]
        var testDescription: String { "\(sizes) by strides \(strides)" }

        /// An array's dimensions in another order.
        init(_ shape: [Int], _ order: [Int]) {
            var strides = shape, stride = 1
            for axis in shape.indices.reversed() {
                strides[axis] = stride
                stride *= shape[axis]
            }
            sizes = order.map { shape[$0] }
            self.strides = order.map { strides[$0] }
        }

        init(sizes: [Int], strides: [Int]) { (self.sizes, self.strides) = (sizes, strides) }

        static let all = [
            Order([], []), Order([5], [0]), Order([0, 3], [1, 0]), Order([3, 5], [0, 1]), Order([3, 5], [1, 0]),
            Order([16, 16], [1, 0]), Order([15, 17], [1, 0]), Order([33, 31], [1, 0]), Order([130, 200], [1, 0]),
            Order([2, 3, 4], [2, 1, 0]), Order([2, 17, 18], [0, 2, 1]), Order([4, 17, 1, 33], [1, 0, 3, 2]),
            Order([3, 8, 9, 16], [0, 2, 3, 1]), Order([3, 8, 9, 16], [0, 3, 1, 2]),
            Order([6, 50, 40, 5], [3, 2, 0, 1]), Order([2, 150], [1, 0]), Order([5, 3, 11, 13], [0, 2, 3, 1]),
            Order([2, 4, 999], [0, 2, 1]), Order([2, 2, 31], [0, 2, 1]),
            Order([2, 3, 2, 3, 2, 3, 2, 5], [7, 5, 3, 1, 0, 2, 4, 6]),
            Order(sizes: [3, 4, 5], strides: [0, 5, 1]), Order(sizes: [7, 6], strides: [1, 0]),
            Order(sizes: [9, 300], strides: [300, 1]),
        ]

        var places: [Int] {
            zip(sizes, strides).reduce([0]) { places, axis in
                places.flatMap { place in (0..<axis.0).map { place + $0 * axis.1 } }
            }
        }
    }

    @Test("elements of each size in another order", arguments: Order.all) private func permute(_ row: Order) throws {
        func check<Element: FixedWidthInteger & BitwiseCopyable>(_ type: Element.Type) throws {
            let places = row.places
            let x = (0..<(places.max() ?? 0) + 1).map { Element(truncatingIfNeeded: $0 &* 40_503 &+ 1) }
            var memory = Memory()
            let input = memory.add(x), bytes = MemoryLayout<Element>.size
            let y = memory.room(bytes: places.count * bytes, alignment: bytes)
            try expect("\(row.testDescription), \(type)", memory, [.integers("y", y, places.map { x[$0] })]) {
                [$0.permute(input, sizes: row.sizes, strides: row.strides, elementBytes: bytes, to: y)]
            }
        }
        try check(UInt8.self)
        try check(UInt16.self)
        try check(Int32.self)
        // Below 2⁵³, so that a double tells them apart.
        try check(Int64.self)
    }

    @Test(
        "rows become columns",
        arguments: [1, 2, 3, 15, 16, 17, 31, 33, 100], [0, 1, 2, 3, 4, 7, 8, 9, 15, 16, 17, 33, 129])
    func transpose(rows: Int, columns: Int) throws {
        for batches in [0, 1, 3] {
            let x = samples(batches * rows * columns, 1)
            let values = (0..<batches).flatMap { batch in
                (0..<columns).flatMap { column in (0..<rows).map { Double(x[(batch * rows + $0) * columns + column]) } }
            }
            var memory = Memory()
            let input = memory.add(x), y = memory.room(floats: x.count)
            try expect("\(batches)×\(rows)×\(columns)", memory, [.floats("y", y, values)]) {
                [$0.transpose(input, batches: batches, rows: rows, columns: columns, to: y)]
            }
        }
    }
}
