import Kernels

/// Where a window slides, and the naive loops over it: the oracles of products, weight gradients and depthwise convolutions.
struct Geometry: Sendable {
    var input: Window.Pixels
    var output: Window.Pixels
    var strides = (y: 1, x: 1)
    var taps: [(y: Int, x: Int)] = [(0, 0)]

    /// A matrix of `rows` times one of `depth` by `columns`.
    static func matrix(_ rows: Int, _ depth: Int, _ columns: Int) -> Geometry {
        Geometry(
            input: Window.Pixels(images: 1, height: 1, width: rows, channels: depth),
            output: Window.Pixels(images: 1, height: 1, width: rows, channels: columns))
    }

    /// A convolution; pads are above and left, and as much below and right.
    static func convolution(
        images: Int = 1, _ height: Int, _ width: Int, from channels: Int, to columns: Int,
        kernel: (height: Int, width: Int) = (3, 3), strides: (y: Int, x: Int) = (1, 1),
        dilations: (y: Int, x: Int) = (1, 1), pads: (top: Int, left: Int) = (0, 0)
    ) -> Geometry {
        func size(_ size: Int, _ pad: Int, _ kernel: Int, _ stride: Int, _ dilation: Int) -> Int {
            max(0, (size + 2 * pad - (kernel - 1) * dilation - 1) / stride + 1)
        }
        return Geometry(
            input: Window.Pixels(images: images, height: height, width: width, channels: channels),
            output: Window.Pixels(
                images: images, height: size(height, pads.top, kernel.height, strides.y, dilations.y),
                width: size(width, pads.left, kernel.width, strides.x, dilations.x), channels: columns),
            strides: strides,
            taps: (0..<kernel.height).flatMap { y in
                (0..<kernel.width).map { x in (y * dilations.y - pads.top, x * dilations.x - pads.left) }
            })
    }

    /// With gaps of so many floats behind pixels, rows and images.
    func gaps(pixel: Int, row: Int, image: Int) -> Geometry {
        func spread(_ pixels: Window.Pixels) -> Window.Pixels {
            var spread = pixels
            spread.pixelStride += pixel
            spread.rowStride = pixels.width * spread.pixelStride + row
            spread.imageStride = pixels.height * spread.rowStride + image
            spread.offset += pixel
            return spread
        }
        var copy = self
        copy.input = spread(input)
        copy.output = spread(output)
        return copy
    }

    var window: Window { Window(input: input, output: output, strideY: strides.y, strideX: strides.x, taps: taps) }
    var depth: Int { taps.count * input.channels }

    /// Floats of memory that the pixels lie in, gaps included.
    static func extent(_ pixels: Window.Pixels) -> Int { pixels.offset + pixels.images * pixels.imageStride }

    /// Each output pixel: where its floats begin, and for each tap inside of the input where that pixel's begin.
    func forEachPixel(_ body: (_ output: Int, _ met: [(tap: Int, input: Int)]) -> Void) {
        for n in 0..<output.images {
            for y in 0..<output.height {
                for x in 0..<output.width {
                    var met: [(tap: Int, input: Int)] = []
                    for (tap, place) in taps.enumerated() {
                        let row = y * strides.y + place.y, column = x * strides.x + place.x
                        guard row >= 0, row < input.height, column >= 0, column < input.width else { continue }
                        met.append((tap, Self.place(input, n, row, column)))
                    }
                    body(Self.place(output, n, y, x), met)
                }
            }
        }
    }

    private static func place(_ pixels: Window.Pixels, _ n: Int, _ y: Int, _ x: Int) -> Int {
        pixels.offset + n * pixels.imageStride + y * pixels.rowStride + x * pixels.pixelStride
    }

    /// The output's memory: `old` where no pixel lies.
    func product<Scalar: BinaryFloatingPoint>(
        _ input: [Scalar], _ weights: [Scalar], _ layout: Layout, old: [Scalar], epilogue: Epilogue<Scalar>
    ) -> [Scalar] {
        var result = old
        forEachPixel { place, met in
            for column in 0..<output.channels {
                var sum: Scalar = 0
                for (tap, pixel) in met {
                    for channel in 0..<self.input.channels {
                        sum += input[pixel + channel] * weights[layout.place(tap, channel, column)]
                    }
                }
                result[place + column] = epilogue.finished(sum, old[place + column], place + column, column)
            }
        }
        return result
    }

    /// The gradient of weights, where `layout` has them in `old`.
    func weightGradient<Scalar: BinaryFloatingPoint>(
        _ input: [Scalar], _ outputGradient: [Scalar], _ layout: Layout, old: [Scalar]
    ) -> [Scalar] {
        var result = old
        for tap in taps.indices {
            for channel in 0..<self.input.channels {
                for column in 0..<output.channels { result[layout.place(tap, channel, column)] = 0 }
            }
        }
        forEachPixel { place, met in
            for (tap, pixel) in met {
                for channel in 0..<self.input.channels {
                    for column in 0..<output.channels {
                        result[layout.place(tap, channel, column)] +=
                            input[pixel + channel] * outputGradient[place + column]
                    }
                }
            }
        }
        return result
    }

    /// A depthwise convolution with weights [tap][channel].
    func depthwise<Scalar: BinaryFloatingPoint>(
        _ input: [Scalar], _ weights: [Scalar], old: [Scalar], epilogue: Epilogue<Scalar>
    ) -> [Scalar] {
        var result = old
        forEachPixel { place, met in
            for channel in 0..<output.channels {
                let sum = met.reduce(0) { $0 + input[$1.input + channel] * weights[$1.tap * output.channels + channel] }
                result[place + channel] = epilogue.finished(sum, old[place + channel], place + channel, channel)
            }
        }
        return result
    }

    /// Its weights' gradient, [tap][channel].
    func depthwiseWeightGradient<Scalar: BinaryFloatingPoint>(_ input: [Scalar], _ outputGradient: [Scalar]) -> [Scalar]
    {
        var result = [Scalar](repeating: 0, count: depth)
        forEachPixel { place, met in
            for (tap, pixel) in met {
                for channel in 0..<output.channels {
                    result[tap * output.channels + channel] += input[pixel + channel] * outputGradient[place + channel]
                }
            }
        }
        return result
    }
}

extension Geometry: CustomStringConvertible {
    var description: String {
        func text(_ p: Window.Pixels) -> String {
            "\(p.images)×\(p.height)×\(p.width)×\(p.channels)"
                + (p.pixelStride == p.channels ? "" : " of \(p.pixelStride) from \(p.offset)")
        }
        let window = taps.count == 1 ? "" : ", taps \(taps.map { "\($0.y),\($0.x)" }.joined(separator: " "))"
        return "\(text(input)) to \(text(output)), strides \(strides.y),\(strides.x)\(window)"
    }
}

/// What happens to a finished sum.
struct Epilogue<Scalar: BinaryFloatingPoint> {
    var bias: [Scalar]?
    /// Laid out as the output.
    var residual: [Scalar]?
    var activation = FusedActivation.identity
    var accumulates = false

    func finished(_ sum: Scalar, _ old: Scalar, _ place: Int, _ column: Int) -> Scalar {
        let value = (accumulates ? old : 0) + sum + (bias?[column] ?? 0) + (residual?[place] ?? 0)
        switch activation {
        case .identity: return value
        case .relu: return value < 0 ? 0 : value
        }
    }
}

/// Where weights lie.
struct Layout: Sendable {
    var tapOffsets: [Int]
    var channels, columns: Int
    var channelStride, columnStride: Int
    var offset = 0
    /// Floats of the memory.
    var count: Int

    func place(_ tap: Int, _ channel: Int, _ column: Int) -> Int {
        offset + tapOffsets[tap] + channel * channelStride + column * columnStride
    }

    var raw: WeightLayout {
        WeightLayout(
            tapOffsets: tapOffsets, channels: channels, channelStride: channelStride, columns: columns,
            columnStride: columnStride, offset: offset)
    }

    /// [column][channel][tap], as ONNX has a convolution's.
    static func onnx(_ taps: Int, _ channels: Int, _ columns: Int) -> Layout {
        Layout(
            tapOffsets: Array(0..<taps), channels: channels, columns: columns, channelStride: taps,
            columnStride: taps * channels, count: taps * channels * columns)
    }

    /// [tap][channel][column], as a matrix has them.
    static func rows(_ taps: Int, _ channels: Int, _ columns: Int) -> Layout {
        Layout(
            tapOffsets: (0..<taps).map { $0 * channels * columns }, channels: channels, columns: columns,
            channelStride: columns, columnStride: 1, count: taps * channels * columns)
    }

    /// [channel][column][tap], the last tap first, with gaps: as an input's gradient reads a convolution's.
    static func flipped(_ taps: Int, _ channels: Int, _ columns: Int) -> Layout {
        Layout(
            tapOffsets: (0..<taps).map { taps - 1 - $0 }, channels: channels, columns: columns,
            channelStride: (taps + 1) * columns, columnStride: taps + 1, offset: 3,
            count: (taps + 1) * channels * columns + 3)
    }
}
