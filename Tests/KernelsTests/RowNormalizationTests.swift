import Kernels
import Testing

@Suite struct RowNormalizationTests {
    private struct Case: Sendable, CustomTestStringConvertible {
        var rows: Int
        var columns: Int
        var groups = 1
        var inner = 1
        /// What all numbers are away from 0.
        var offset: Float = 0
        var testDescription: String { "\(rows) rows of \(columns), \(groups) groups, \(inner) alike, about \(offset)" }
        var channels: Int { groups * columns / inner }

        static let all =
            [0, 1, 2, 7, 300].flatMap { rows in
                [1, 2, 3, 7, 8, 9, 15, 16, 17, 31, 32, 33, 65, 1_031].map { Case(rows: rows, columns: $0) }
            } + [
                Case(rows: 6, columns: 12, groups: 3, inner: 4), Case(rows: 4, columns: 51, groups: 2, inner: 17),
                Case(rows: 8, columns: 64, groups: 4, inner: 32), Case(rows: 3, columns: 15, groups: 3, inner: 1),
                Case(rows: 5, columns: 33, offset: 1_000), Case(rows: 5, columns: 100, offset: -30_000),
                Case(rows: 4, columns: 48, groups: 2, inner: 16, offset: 50),
            ]
    }

    private let epsilon: Float = 1e-5

    /// Mean and 1/√(variance + ε) of each row.
    private func moments(_ x: [Float], _ row: Case) -> [(mean: Double, inverse: Double)] {
        (0..<row.rows).map { index in
            let own = x[index * row.columns..<(index + 1) * row.columns].map { Double($0) }
            let mean = own.reduce(0, +) / Double(row.columns)
            let variance = own.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / Double(row.columns)
            return (mean, 1 / (variance + Double(epsilon)).squareRoot())
        }
    }

    private func channel(_ place: Int, _ row: Case) -> Int {
        place / row.columns % row.groups * (row.columns / row.inner) + place % row.columns / row.inner
    }

    @Test("rows have mean 0 and deviation 1, times scale, and shift", arguments: Case.all)
    private func normalize(_ row: Case) throws {
        let x = samples(row.rows * row.columns, 1).map { $0 + row.offset }
        let scale = samples(row.channels, 2), shift = samples(row.channels, 3), moments = moments(x, row)
        let normal = x.indices.map {
            (Double(x[$0]) - moments[$0 / row.columns].mean) * moments[$0 / row.columns].inverse
        }
        // The mean is rounded to a float before it is taken away.
        let sizes = x.indices.map { 4 + abs(Double(row.offset)) * moments[$0 / row.columns].inverse }
        let normalization = RowNormalization(
            columns: row.columns, groups: row.groups, inner: row.inner, epsilon: epsilon)
        for hasScale in [false, true] {
            let values = normal.indices.map {
                hasScale
                    ? normal[$0] * Double(scale[channel($0, row)]) + Double(shift[channel($0, row)]) : normal[$0]
            }
            for isInPlace in [false, true] {
                var memory = Memory()
                let input = memory.add(x, changes: isInPlace), scales = memory.add(scale), shifts = memory.add(shift)
                let apart = memory.room(floats: x.count)
                let y = isInPlace ? input : apart
                try expect(
                    "\(row.testDescription)\(hasScale ? ", scaled" : "")\(isInPlace ? ", in place" : "")", memory,
                    [.floats("y", y, values, relative: 2e-7, of: sizes)]
                ) {
                    [
                        $0.normalizeRows(
                            normalization, input, scale: hasScale ? scales : nil, shift: hasScale ? shifts : nil, to: y)
                    ]
                }
            }
        }
    }

    @Test("the gradient is that in double, and so are the products for the scale's", arguments: Case.all)
    private func backward(_ row: Case) throws {
        let x = samples(row.rows * row.columns, 1).map { $0 + row.offset }, dy = samples(x.count, 4)
        let scale = samples(row.channels, 2, in: 0.5...2), moments = moments(x, row), count = Double(row.columns)
        let normalization = RowNormalization(
            columns: row.columns, groups: row.groups, inner: row.inner, epsilon: epsilon)
        for hasScale in [false, true] {
            var products: [Double] = [], gradient: [Double] = [], sizes: [Double] = [], productSizes: [Double] = []
            for index in 0..<row.rows {
                let (mean, inverse) = moments[index]
                let places = index * row.columns..<(index + 1) * row.columns
                let normal = places.map { (Double(x[$0]) - mean) * inverse }
                let g = places.map { Double(dy[$0]) * (hasScale ? Double(scale[channel($0, row)]) : 1) }
                let along = zip(g, normal).reduce(0) { $0 + $1.0 * $1.1 } / count, sum = g.reduce(0, +) / count
                products += zip(places, normal).map { Double(dy[$0]) * $1 }
                gradient += zip(g, normal).map { ($0 - sum - $1 * along) * inverse }
                let lost = 8 + abs(Double(row.offset)) * inverse
                sizes += places.map { _ in lost * lost * inverse }
                productSizes += places.map { _ in lost }
            }
            for isInPlace in [false, true] {
                var memory = Memory()
                let input = memory.add(x), scales = memory.add(scale), upstream = memory.add(dy, changes: isInPlace)
                let apart = memory.room(floats: x.count), room = memory.room(floats: x.count)
                let dx = isInPlace ? upstream : apart
                try expect(
                    "\(row.testDescription)\(hasScale ? ", scaled" : "")\(isInPlace ? ", in place" : "")", memory,
                    [
                        .floats("products", room, products, relative: 2e-7, of: productSizes),
                        .floats("dx", dx, gradient, relative: 3e-7, of: sizes),
                    ]
                ) {
                    [
                        $0.normalizeRowsBackward(
                            normalization, x: input, scale: hasScale ? scales : nil, dy: upstream, to: dx,
                            products: room
                        )
                    ]
                }
            }
        }
    }

    @Test("a row of equals becomes its shift, and one with NaN becomes NaN alone") func special() throws {
        let x: [Float] = [3, 3, 3, 3, 3] + [1, .nan, 2, 0, 0] + [0, 0, 0, 0, 0] + [1, 2, 3, 4, 5]
        let row = Case(rows: 4, columns: 5), moments = moments(x, row), shift: [Float] = [1, 2, 3, 4, 5]
        let values = x.indices.map {
            (Double(x[$0]) - moments[$0 / 5].mean) * moments[$0 / 5].inverse + Double(shift[$0 % 5])
        }
        var memory = Memory()
        let input = memory.add(x), shifts = memory.add(shift), y = memory.room(floats: 20)
        try expect("special rows", memory, [.floats("y", y, values, relative: 3e-7, absolute: 3e-7)]) {
            [$0.normalizeRows(RowNormalization(columns: 5, epsilon: epsilon), input, scale: nil, shift: shifts, to: y)]
        }
    }
}
