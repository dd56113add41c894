import Kernels
import Testing

@Suite struct TransposedProductTests {
    @Test(
        "a transposed product is the sum of its definition",
        arguments: [
            (0, 3, 4), (1, 1, 1), (5, 0, 4), (5, 3, 0), (20, 17, 33), (7, 511, 9), (7, 512, 513), (30, 513, 512),
            (9, 1_025, 600),
        ])
    func transposedProduct(depth: Int, rows: Int, columns: Int) throws {
        let geometry = Geometry.matrix(depth, rows, columns), layout = Layout.rows(1, rows, columns)
        let a = samples(depth * rows, 1), b = samples(depth * columns, 2)
        let old = [Double](repeating: 0, count: rows * columns)
        let values = geometry.weightGradient(a.doubles, b.doubles, layout, old: old)
        let sizes = geometry.weightGradient(a.doubles.magnitudes, b.doubles.magnitudes, layout, old: old)
        var memory = Memory()
        let left = memory.add(a), right = memory.add(b), output = memory.room(floats: rows * columns)
        try expect(
            "\(depth)×\(rows) transposed, times \(depth)×\(columns)", memory,
            [.floats("output", output, values, relative: sums, of: sizes)]
        ) {
            [
                $0.transposedProduct(
                    left, leftStride: rows, right, depth: depth, rows: rows, columns: columns, to: output)
            ]
        }
    }

    @Test("it is preferred for large outputs only") func preference() {
        #expect(KernelSet.prefersTransposedProduct(depth: 4_096, rows: 2_048, columns: 512))
        #expect(!KernelSet.prefersTransposedProduct(depth: 65_536, rows: 256, columns: 256))
        #expect(!KernelSet.prefersTransposedProduct(depth: 65_536, rows: 30, columns: 64))
        #expect(!KernelSet.prefersTransposedProduct(depth: 64, rows: 2_048, columns: 512))
    }
}
