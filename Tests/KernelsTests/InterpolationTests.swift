import Kernels
import Testing

@Suite struct InterpolationTests {
    @Test(
        "each place is so much of the way from its neighbour before to the one behind",
        arguments: [0, 1, 3], [1, 2, 5, 33])
    func interpolate(outer: Int, size: Int) throws {
        for inner in [0, 1, 3, 7, 8, 9, 15, 16, 17, 31, 33, 500] {
            var x = samples(outer * size * inner, 1)
            // What has no share of a place must not be seen there.
            if size > 2, outer > 0 {
                for index in 0..<inner { x[(size - 1) * inner + index] = index % 2 == 0 ? .nan : .infinity }
            }
            let lower = (0..<size * 3).map { $0 / 3 }
            let places = lower.enumerated().map { place, lower in
                (lower: lower, weight: place % 3 == 0 || lower + 1 == size ? 0 : Float(place % 3) * 0.3)
            }
            var values: [Double] = [], sizes: [Double] = []
            for row in 0..<outer {
                for (lower, weight) in places {
                    for index in 0..<inner {
                        let near = Double(x[(row * size + lower) * inner + index])
                        let far = weight == 0 ? near : Double(x[(row * size + lower + 1) * inner + index])
                        values.append(weight == 0 ? near : near + Double(weight) * (far - near))
                        sizes.append(abs(near) + abs(far))
                    }
                }
            }
            var memory = Memory()
            let input = memory.add(x), y = memory.room(floats: values.count)
            try expect(
                "\(outer) × \(size) × \(inner)", memory, [.floats("y", y, values, relative: 2e-7, of: sizes)]
            ) { [$0.interpolate(input, outer: outer, size: size, inner: inner, places: places, to: y)] }
        }
    }
}
