import Kernels
import Testing

@Suite struct WeightGradientTests {
    @Test(
        "a weight's gradient is the sum of its definition",
        arguments: WindowCase.all.map(\.geometry) + [
            .convolution(images: 17, 5, 6, from: 8, to: 20, pads: (1, 1)),
            .convolution(images: 33, 4, 4, from: 64, to: 64, pads: (1, 1)),
            .matrix(1_100, 130, 65), .matrix(600, 113, 257), .matrix(1_100, 15, 33), .matrix(1_030, 257, 15),
        ])
    func weightGradient(_ geometry: Geometry) throws {
        let taps = geometry.taps.count, channels = geometry.input.channels, columns = geometry.output.channels
        for layout in [Layout.onnx(taps, channels, columns), .rows(taps, channels, columns)] {
            try check("\(geometry)", geometry, layouts: [layout], parts: [geometry])
        }
        // Where it lies with gaps, these keep what they had.
        try check("\(geometry)", geometry, layouts: [.flipped(taps, channels, columns)], parts: [geometry])
    }

    @Test("groups are gradients on some of the channels", arguments: GroupedCase.all)
    func grouped(_ row: GroupedCase) throws {
        let groups = 0..<row.groups
        try check("\(row)", row.whole, layouts: groups.map(row.layout), parts: groups.map(row.geometry))
    }

    private func check(_ row: String, _ whole: Geometry, layouts: [Layout], parts: [Geometry]) throws {
        var memory = Memory()
        let x = samples(Geometry.extent(whole.input), 1), dy = samples(Geometry.extent(whole.output), 2)
        let old = samples(layouts[0].count, 3)
        var values = old.doubles, sizes = old.doubles.magnitudes
        for (layout, part) in zip(layouts, parts) {
            values = part.weightGradient(x.doubles, dy.doubles, layout, old: values)
            sizes = part.weightGradient(x.doubles.magnitudes, dy.doubles.magnitudes, layout, old: sizes)
        }
        let input = memory.add(x), outputGradient = memory.add(dy), gradient = memory.add(old, changes: true)
        let partials = parts.map { memory.room(bytes: KernelSet.gradientPartBytes($0.window)) }
        try expect(
            row, memory, [.floats("gradient", gradient, values, relative: sums, of: sizes)],
            scratchBytes: { $0.scratchBytes(parts[0].window) }
        ) { kernels in
            zip(zip(layouts, parts), partials).flatMap { part, partials in
                kernels.weightGradient(
                    part.1.window, input, outputGradient: outputGradient, layout: part.0.raw, partials: partials,
                    to: gradient)
            }
        }
    }
}
