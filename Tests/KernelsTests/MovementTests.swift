import Kernels
import Testing

@Suite struct MovementTests {
    private func bytes(_ count: Int) -> [UInt8] { (0..<count).map { UInt8(truncatingIfNeeded: $0 &* 37 ^ $0 >> 7) } }

    @Test(
        "elements are taken by their indices, and where there is none a value or zeros stand",
        arguments: [1, 2, 4, 8], [false, true])
    func take(elementBytes: Int, hasValue: Bool) throws {
        for (outer, size, inner) in [(0, 3, 2), (1, 1, 1), (3, 5, 7), (2, 4, 0), (50, 9, 33), (2, 0, 3)] {
            let innerBytes = inner * elementBytes, x = bytes(outer * size * innerBytes), value = bytes(elementBytes)
            let indices = [-1, 4, 0, 0, 2, -1, 3].filter { $0 < size }
            var values: [UInt8] = []
            for row in 0..<outer {
                for index in indices {
                    let start = (row * size + index) * innerBytes
                    if index >= 0 {
                        values += x[start..<start + innerBytes]
                    } else {
                        for _ in 0..<inner { values += hasValue ? value : Array(repeating: 0, count: elementBytes) }
                    }
                }
            }
            var memory = Memory()
            let input = memory.add(x), fill = memory.add(value), y = memory.room(bytes: values.count, alignment: 1)
            try expect("\(outer) × \(size) × \(inner)", memory, [.integers("y", y, values)]) {
                [
                    $0.take(
                        input, outer: outer, size: size, innerBytes: innerBytes, indices: indices,
                        elementBytes: elementBytes, fill: hasValue ? fill : nil, to: y)
                ]
            }
        }
    }

    @Test(
        "rows are placed apart, and collected again",
        arguments: [
            (0, 4, 4, 0), (1, 1, 1, 0), (5, 3, 10, 7), (5, 3, 10, 0), (4, 0, 3, 2), (300, 129, 200, 64),
        ])
    func placeAndCollect(rows: Int, rowBytes: Int, stride: Int, offset: Int) throws {
        let x = bytes(rows * rowBytes), before = bytes(rows * stride).map { ~$0 }
        var apart = before
        for row in 0..<rows {
            for place in 0..<rowBytes { apart[row * stride + offset + place] = x[row * rowBytes + place] }
        }
        var memory = Memory()
        let input = memory.add(x), y = memory.add(before, changes: true)
        let again = memory.room(bytes: x.count, alignment: 1)
        try expect("\(rows) rows", memory, [.integers("y", y, apart), .integers("x again", again, x)]) {
            [
                $0.place(input, rows: rows, rowBytes: rowBytes, stride: stride, offset: offset, to: y),
                $0.collect(y, rows: rows, rowBytes: rowBytes, stride: stride, offset: offset, to: again),
            ]
        }
    }

    @Test("what is known is written, and an element spread", arguments: [0, 1, 5, 33, 1_000])
    func writeAndSpread(count: Int) throws {
        let values = (0..<count).map { Int64($0) * -3 }
        var memory = Memory()
        let y = memory.room(bytes: 8 * count), x = memory.add([Int16(-7)])
        let z = memory.room(bytes: 2 * count, alignment: 2)
        try expect(
            "\(count)", memory,
            [.integers("y", y, values), .integers("z", z, Array(repeating: Int16(-7), count: count))]
        ) { [$0.write(values, to: y), $0.spread(x, elementBytes: 2, to: z)] }
    }

    @Test(
        "rows of a table by their numbers, and the gradient that adds where they were taken", arguments: [false, true])
    func gather(isWide: Bool) throws {
        for (outer, count, inner) in [(1, 5, 3), (3, 7, 1), (2, 4, 17), (1, 1_000, 33), (2, 3, 0), (1, 0, 4)] {
            // The first and last of those that are there, from both ends, some twice; and those beside them.
            let numbers = [0, count - 1, -count, -1, count / 2, count / 2, count, -count - 1, 1 << 30, -(1 << 30)]
            let x = samples(outer * count * inner, 1), dy = samples(outer * numbers.count * inner, 2)
            var y: [Double] = [], dx = [Double](repeating: 0, count: x.count), sizes = dx
            for row in 0..<outer {
                for (place, number) in numbers.enumerated() {
                    let index = number < 0 ? number + count : number
                    for element in 0..<inner {
                        guard (0..<count).contains(index) else {
                            y.append(0)
                            continue
                        }
                        let from = (row * count + index) * inner + element
                        let gradient = Double(dy[(row * numbers.count + place) * inner + element])
                        y.append(Double(x[from]))
                        dx[from] += gradient
                        sizes[from] += abs(gradient)
                    }
                }
            }
            var memory = Memory()
            let table = memory.add(x), upstream = memory.add(dy)
            let wanted = isWide ? memory.add(numbers.map { Int64($0) }) : memory.add(numbers.map { Int32($0) })
            let taken = memory.room(floats: y.count), gradient = memory.room(floats: x.count)
            let gathering = Gathering(
                outer: outer, count: count, inner: inner, numbers: numbers.count, isWide: isWide)
            try expect(
                "\(outer) × \(count) × \(inner)", memory,
                [.floats("y", taken, y), .floats("dx", gradient, dx, relative: 2e-7, of: sizes)]
            ) {
                [
                    $0.gather(gathering, table, wanted, elementBytes: 4, to: taken),
                    $0.gatherBackward(gathering, dy: upstream, wanted, to: gradient),
                ]
            }
        }
    }
}
