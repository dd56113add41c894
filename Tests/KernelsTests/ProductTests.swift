import Kernels
import Testing

/// Of the sum of the terms' magnitudes: float sums of some thousand terms, in registers and in another order than the oracle's.
let sums = 1e-6

@Suite struct ProductTests {
    @Test("a product is the sum of its definition", arguments: WindowCase.all)
    func product(_ row: WindowCase) throws {
        let geometry = row.geometry
        for layout in layouts(geometry) {
            var memory = Memory()
            let x = samples(Geometry.extent(geometry.input), 1), w = samples(layout.count, 2)
            let old = samples(Geometry.extent(geometry.output), 3), bias = samples(geometry.output.channels, 4)
            let residual = samples(old.count, 5)
            let input = memory.add(x), weights = memory.add(w), output = memory.add(old, changes: true)
            let biases = memory.add(bias), residuals = memory.add(residual)
            let panels = memory.room(floats: try mostPanels(layout))
            let (values, sizes) = row.expected(old: old.doubles, bias: bias.doubles, residual: residual.doubles) {
                let (x, w) = $2 ? (x.doubles.magnitudes, w.doubles.magnitudes) : (x.doubles, w.doubles)
                return geometry.product(x, w, layout, old: $0, epilogue: $1)
            }
            try expect(
                "\(row)", memory, [.floats("output", output, values, relative: sums, of: sizes)],
                scratchBytes: { $0.scratchBytes(geometry.window) }
            ) { kernels in
                let place: Region? =
                    switch row.residual {
                    case .none: nil
                    case .apart: residuals
                    case .output: output
                    }
                return [
                    kernels.pack(layout.raw, weights, into: panels),
                    kernels.product(
                        geometry.window, input, panels: panels, bias: row.hasBias ? biases : nil, residual: place,
                        activation: row.activation, accumulate: row.accumulates, to: output),
                ]
            }
        }
    }

    @Test(
        "rows times a column are dots", arguments: [(0, 5), (1, 0), (3, 1), (7, 16), (700, 67), (5, 1_000)],
        FusedActivation.allCases)
    func rowDots(_ sizes: (rows: Int, depth: Int), activation: FusedActivation) throws {
        let (rows, depth) = sizes
        var x = samples(rows * depth, 1)
        let w = samples(depth, 2), bias = samples(1, 3)
        if depth > 1, rows > 1 { x[0] = .nan }
        var memory = Memory()
        let input = memory.add(x), column = memory.add(w), shift = memory.add(bias), y = memory.room(floats: rows)
        for hasBias in [false, true] {
            let start = hasBias ? Double(bias[0]) : 0
            let terms = (0..<rows).map { row in (0..<depth).map { Double(x[row * depth + $0]) * Double(w[$0]) } }
            let values = terms.map { $0.reduce(start, +) }.map { activation == .relu && $0 < 0 ? 0 : $0 }
            let sizes = terms.map { $0.magnitudes.reduce(abs(start), +) }
            try expect(
                "\(rows)×\(depth), \(activation)", memory,
                [.floats("y", y, values, relative: sums, of: sizes)]
            ) {
                [
                    $0.rowDots(
                        input, column: column, rows: rows, depth: depth, bias: hasBias ? shift : nil,
                        activation: activation, to: y)
                ]
            }
        }
    }

    @Test("groups are products on some of the channels", arguments: GroupedCase.all)
    func grouped(_ row: GroupedCase) throws {
        var memory = Memory()
        let x = samples(Geometry.extent(row.whole.input), 1), w = samples(row.layout(0).count, 2)
        var values = [Double](repeating: 0, count: Geometry.extent(row.whole.output)), sizes = values
        for group in 0..<row.groups {
            let geometry = row.geometry(group), layout = row.layout(group)
            values = geometry.product(x.doubles, w.doubles, layout, old: values, epilogue: Epilogue())
            sizes = geometry.product(
                x.doubles.magnitudes, w.doubles.magnitudes, layout, old: sizes, epilogue: Epilogue())
        }
        let input = memory.add(x), weights = memory.add(w), output = memory.room(floats: values.count)
        let most = try mostPanels(row.layout(0))
        let panels = (0..<row.groups).map { _ in memory.room(floats: most) }
        try expect(
            "\(row)", memory, [.floats("output", output, values, relative: sums, of: sizes)],
            scratchBytes: { $0.scratchBytes(row.geometry(0).window) }
        ) { kernels in
            (0..<row.groups).flatMap { group in
                [
                    kernels.pack(row.layout(group).raw, weights, into: panels[group]),
                    kernels.product(row.geometry(group).window, input, panels: panels[group], to: output),
                ]
            }
        }
    }

    @Test(
        "an input's gradient is products over its phases",
        arguments: [
            Geometry.convolution(images: 2, 6, 7, from: 5, to: 9, pads: (1, 1)),
            .convolution(images: 2, 7, 8, from: 17, to: 33, strides: (2, 2), pads: (1, 1)),
            .convolution(8, 7, from: 3, to: 16, kernel: (7, 7), strides: (2, 2), pads: (3, 3)),
            .convolution(9, 10, from: 4, to: 6, strides: (3, 2), dilations: (1, 2), pads: (1, 2)),
            .convolution(images: 3, 9, 9, from: 8, to: 6, kernel: (1, 1), strides: (2, 2)),
            .convolution(7, 9, from: 6, to: 40, kernel: (2, 2), strides: (3, 3)),
            .convolution(images: 2, 24, 25, from: 40, to: 24, strides: (2, 2), pads: (1, 1)),
        ])
    func inputGradient(_ row: Geometry) throws {
        let phases = Phase.all(of: row)
        let forward = Layout.onnx(row.taps.count, row.input.channels, row.output.channels)
        var memory = Memory()
        let dy = samples(Geometry.extent(row.output), 1), w = samples(forward.count, 2)
        let values = Phase.gradient(of: row, dy.doubles, w.doubles, forward)
        let sizes = Phase.gradient(of: row, dy.doubles.magnitudes, w.doubles.magnitudes, forward)
        let gradient = memory.add(dy), weights = memory.add(w), output = memory.room(floats: values.count)
        let panels = try phases.map { memory.room(floats: try mostPanels($0.layout)) }
        try expect(
            "\(row)", memory, [.floats("input gradient", output, values, relative: sums, of: sizes)],
            scratchBytes: { kernels in phases.map { kernels.scratchBytes($0.geometry.window) }.max() ?? 0 }
        ) { kernels in
            zip(phases, panels).flatMap { phase, panels in
                [
                    kernels.pack(phase.layout.raw, weights, into: panels),
                    kernels.product(phase.geometry.window, gradient, panels: panels, to: output),
                ]
            }
        }
    }

    @Test("a row's bits do not depend on the rows beside it") func company() throws {
        for (depth, columns) in [(19, 33), (64, 64), (1_600, 48)] {
            let layout = Layout.rows(1, depth, columns)
            let x = samples(230 * depth, 1), w = samples(layout.count, 2)
            func rows(_ first: Int, _ last: Int, _ kernels: KernelSet) throws -> [Float] {
                var memory = Memory()
                let geometry = Geometry.matrix(last - first, depth, columns)
                let input = memory.add(Array(x[first * depth..<last * depth])), weights = memory.add(w)
                let output = memory.room(floats: (last - first) * columns)
                let panels = memory.room(floats: try mostPanels(layout))
                return memory.run(
                    [
                        kernels.pack(layout.raw, weights, into: panels),
                        kernels.product(geometry.window, input, panels: panels, to: output),
                    ], scratchBytes: kernels.scratchBytes(geometry.window), pool: ThreadPool(threadCount: 1)
                ).read(output).array(of: Float.self)
            }
            for instructionSet in InstructionSet.available {
                let kernels = try KernelSet(instructionSet)
                let all = try rows(0, 230, kernels)
                for (first, last) in [(0, 1), (3, 4), (7, 20), (100, 157), (229, 230)] {
                    let some = try rows(first, last, kernels)
                    #expect(
                        some == Array(all[first * columns..<last * columns]),
                        "rows \(first)..<\(last) of 230×\(depth) times \(columns), \(instructionSet)")
                }
            }
        }
    }

    private func layouts(_ geometry: Geometry) -> [Layout] {
        let taps = geometry.taps.count, channels = geometry.input.channels, columns = geometry.output.channels
        return [.onnx(taps, channels, columns), .rows(taps, channels, columns), .flipped(taps, channels, columns)]
    }
}

/// Floats of packed weights, under whichever instruction set takes most.
func mostPanels(_ layout: Layout) throws -> Int {
    try InstructionSet.available.map { try KernelSet($0).packedCount(layout.raw) }.max() ?? 0
}

/// The pixels of a convolution's input that the same taps meet.
struct Phase {
    let geometry: Geometry
    let layout: Layout

    /// The phases of an input's gradient, by the input pixel's row and column modulo the strides.
    static func all(of forward: Geometry) -> [Phase] {
        func quotient(_ number: Int, _ divisor: Int) -> Int? { number % divisor == 0 ? number / divisor : nil }
        return (0..<forward.strides.y).flatMap { row in
            (0..<forward.strides.x).map { column in
                let met = forward.taps.enumerated().compactMap { index, tap in
                    quotient(row - tap.y, forward.strides.y).flatMap { y in
                        quotient(column - tap.x, forward.strides.x).map { x in (index: index, tap: (y: y, x: x)) }
                    }
                }
                let taps = forward.taps.count, channels = forward.input.channels, columns = forward.output.channels
                return Phase(
                    geometry: Geometry(
                        input: forward.output,
                        output: forward.input.every(forward.strides.y, forward.strides.x, fromRow: row, column: column),
                        taps: met.map(\.tap)),
                    layout: Layout(
                        tapOffsets: met.map(\.index), channels: columns, columns: channels,
                        channelStride: taps * channels, columnStride: taps, count: taps * channels * columns))
            }
        }
    }

    /// The input's gradient as it is defined: each output pixel gives to the input pixels that it was made of.
    static func gradient<Scalar: BinaryFloatingPoint>(
        of forward: Geometry, _ dy: [Scalar], _ weights: [Scalar], _ layout: Layout
    ) -> [Scalar] {
        var result = [Scalar](repeating: 0, count: Geometry.extent(forward.input))
        forward.forEachPixel { place, met in
            for (tap, pixel) in met {
                for channel in 0..<forward.input.channels {
                    for column in 0..<forward.output.channels {
                        result[pixel + channel] += dy[place + column] * weights[layout.place(tap, channel, column)]
                    }
                }
            }
        }
        return result
    }
}
