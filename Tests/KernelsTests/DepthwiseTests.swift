import Kernels
import Testing

@Suite struct DepthwiseTests {
    private static let rows: [WindowCase] =
        [1, 2, 3, 4, 5, 7, 8, 9, 15, 16, 17, 31, 32, 33, 48, 64, 70, 131].map {
            WindowCase(.convolution(images: 2, 5, 6, from: $0, to: $0, pads: (1, 1)), bias: true, relu: true)
        }
        + [1, 2, 3].flatMap { stride in
            [1, 2].map { dilation in
                WindowCase(
                    .convolution(
                        images: 2, 9, 10, from: 19, to: 19, strides: (stride, stride), dilations: (dilation, dilation),
                        pads: (1, 2)))
            }
        }
        + WindowCase.Residual.allCases.flatMap { residual in
            [false, true].flatMap { relu in
                [false, true].map { accumulates in
                    WindowCase(
                        Geometry.convolution(4, 7, from: 18, to: 18, pads: (1, 1)).gaps(pixel: 3, row: 2, image: 1),
                        bias: accumulates != relu, residual: residual, relu: relu, accumulates: accumulates)
                }
            }
        }
        + [
            .convolution(6, 7, from: 24, to: 24, kernel: (5, 5), pads: (2, 2)),
            .convolution(6, 7, from: 16, to: 16, kernel: (1, 1)),
            .convolution(images: 3, 2, 2, from: 17, to: 17, kernel: (5, 5), pads: (2, 2)),
            .convolution(1, 40, from: 9, to: 9, kernel: (1, 9), pads: (0, 4)),
            .convolution(images: 40, 3, 4, from: 5, to: 5, kernel: (2, 3), pads: (1, 1)),
            .convolution(images: 4, 25, 20, from: 64, to: 64, pads: (1, 1)),
            .convolution(images: 0, 5, 5, from: 8, to: 8), .convolution(2, 2, from: 8, to: 8),
            .convolution(0, 5, from: 8, to: 8, pads: (1, 1)), .convolution(4, 4, from: 0, to: 0),
        ].map { WindowCase($0) }

    @Test("a depthwise convolution is the sum of its definition", arguments: rows)
    func depthwise(_ row: WindowCase) throws {
        let geometry = row.geometry
        var memory = Memory()
        let x = samples(Geometry.extent(geometry.input), 1), w = samples(geometry.depth, 2)
        let old = samples(Geometry.extent(geometry.output), 3), bias = samples(geometry.output.channels, 4)
        let residual = samples(old.count, 5)
        let input = memory.add(x), weights = memory.add(w), output = memory.add(old, changes: true)
        let biases = memory.add(bias), residuals = memory.add(residual)
        let (values, sizes) = row.expected(old: old.doubles, bias: bias.doubles, residual: residual.doubles) {
            let (x, w) = $2 ? (x.doubles.magnitudes, w.doubles.magnitudes) : (x.doubles, w.doubles)
            return geometry.depthwise(x, w, old: $0, epilogue: $1)
        }
        let place: Region? =
            switch row.residual {
            case .none: nil
            case .apart: residuals
            case .output: output
            }
        try expect("\(row)", memory, [.floats("output", output, values, relative: sums, of: sizes)]) { kernels in
            [
                kernels.depthwise(
                    geometry.window, input, weights: weights, bias: row.hasBias ? biases : nil, residual: place,
                    activation: row.activation, accumulate: row.accumulates, to: output)
            ]
        }
    }

    @Test("a depthwise weight's gradient is the sum of its definition", arguments: rows.map(\.geometry))
    func weightGradient(_ geometry: Geometry) throws {
        var memory = Memory()
        let channels = geometry.output.channels, taps = geometry.taps.count
        let x = samples(Geometry.extent(geometry.input), 1), dy = samples(Geometry.extent(geometry.output), 2)
        let input = memory.add(x), outputGradient = memory.add(dy), gradient = memory.room(floats: geometry.depth)
        let partials = memory.room(bytes: KernelSet.depthwiseGradientPartBytes(geometry.window))
        // To [channel][tap], as ONNX has them.
        func turned(_ values: [Double]) -> [Double] {
            (0..<channels).flatMap { channel in (0..<taps).map { values[$0 * channels + channel] } }
        }
        let values = turned(geometry.depthwiseWeightGradient(x.doubles, dy.doubles))
        let sizes = turned(geometry.depthwiseWeightGradient(x.doubles.magnitudes, dy.doubles.magnitudes))
        // To the joining kernel the channels are columns.
        let layout = WeightLayout(
            tapOffsets: Array(0..<taps), channels: 1, channelStride: 0, columns: channels, columnStride: taps)
        try expect("\(geometry)", memory, [.floats("gradient", gradient, values, relative: sums, of: sizes)]) {
            kernels in
            kernels.depthwiseWeightGradient(
                geometry.window, input, outputGradient: outputGradient, layout: layout, partials: partials, to: gradient
            )
        }
    }
}
