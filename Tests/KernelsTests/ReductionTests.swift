import Kernels
import Testing

@Suite struct ReductionTests {
    private struct Sizes: Sendable, CustomTestStringConvertible {
        let outer, reduced, inner: Int
        init(_ outer: Int, _ reduced: Int, _ inner: Int) {
            (self.outer, self.reduced, self.inner) = (outer, reduced, inner)
        }
        var testDescription: String { "\(outer)×\(reduced)×\(inner)" }

        static let all =
            lengths.map { Sizes(3, $0, 1) }
            + [0, 1, 2, 15, 16, 17, 33, 100].flatMap { reduced in
                [1, 2, 4, 7, 8, 9, 15, 16, 17, 31, 33].map { Sizes(2, reduced, $0) }
            }
            + [Sizes(0, 5, 3), Sizes(4, 5, 0), Sizes(500, 100, 1), Sizes(30, 70, 65), Sizes(1, 3, 50_000)]
    }

    @Test("sums, means and greatest along a dimension", arguments: Reduction.allCases, Sizes.all)
    private func reduce(_ reduction: Reduction, _ sizes: Sizes) throws {
        var x = samples(sizes.outer * sizes.reduced * sizes.inner, 1)
        if sizes.reduced > 15, sizes.outer > 1 { x[(sizes.reduced - 2) * sizes.inner] = .nan }
        var values: [Double] = [], magnitudes: [Double] = []
        for outer in 0..<sizes.outer {
            for inner in 0..<sizes.inner {
                let terms = (0..<sizes.reduced).map { Double(x[(outer * sizes.reduced + $0) * sizes.inner + inner]) }
                switch reduction {
                case .sum: values.append(terms.reduce(0, +))
                case .product: values.append(terms.reduce(1, *))
                case .mean: values.append(terms.reduce(0, +) / Double(sizes.reduced))
                case .max: values.append(terms.reduce(-.infinity) { $0.isNaN || $1.isNaN ? .nan : max($0, $1) })
                case .min: values.append(terms.reduce(.infinity) { $0.isNaN || $1.isNaN ? .nan : min($0, $1) })
                }
                magnitudes.append(terms.magnitudes.reduce(0, +))
            }
        }
        var memory = Memory()
        let input = memory.add(x), y = memory.room(floats: values.count)
        // Sums in double, rounded once; their order shows where terms cancel.
        let output =
            reduction == .max || reduction == .min
            ? Output.floats("y", y, values)
            : Output(
                name: "y", region: y, expected: values,
                allowed: zip(values, magnitudes).map { abs($0) * 1e-7 + $1 * 1e-14 + 1e-38 },
                numbers: { $0.array(of: Float.self).map(Double.init) })
        try expect("\(reduction) of \(sizes.testDescription)", memory, [output]) {
            [$0.reduce(reduction, input, outer: sizes.outer, reduced: sizes.reduced, inner: sizes.inner, to: y)]
        }
    }

    @Test("the mean of squares", arguments: lengths.dropFirst()) func meanOfSquares(count: Int) throws {
        let x = samples(count, 1)
        var memory = Memory()
        let input = memory.add(x), y = memory.room(floats: 1)
        let value = x.doubles.reduce(0) { $0 + $1 * $1 } / Double(count)
        try expect("\(count) numbers", memory, [.floats("y", y, [value], relative: 1e-7)]) {
            [$0.meanOfSquares(input, to: y)]
        }
    }

    @Test("gradients longer than the limit are scaled to it", arguments: [0.5, 1e6])
    func clipScale(limit: Double) throws {
        let gradients = [0, 1, 17, 1_000, 30_000].enumerated().map { samples($1, UInt64($0)) }
        let norm = gradients.flatMap(\.doubles).reduce(0) { $0 + $1 * $1 }.squareRoot()
        for count in 0...gradients.count {
            let norm =
                count == gradients.count
                ? norm : gradients[..<count].flatMap(\.doubles).reduce(0) { $0 + $1 * $1 }.squareRoot()
            var memory = Memory()
            let regions = gradients[..<count].map { memory.add($0) }
            let partials = memory.room(bytes: 8 * count), scale = memory.room(floats: 1),
                length = memory.room(floats: 1)
            try expect(
                "\(count) gradients, limit \(limit)", memory,
                [
                    .floats("norm", length, [norm], relative: 1e-7),
                    .floats("scale", scale, [min(1, limit / (norm + 1e-6))], relative: 1e-7),
                ]
            ) { $0.clipScale(regions, limit: limit, partials: partials, to: scale, norm: length) }
        }
    }
}
