import Kernels
import Testing

/// A pooling, and the naive loops over its windows.
struct PoolingCase: Sendable, CustomTestStringConvertible {
    var images = 2
    var channels = 5
    let input: (height: Int, width: Int)
    var kernel = (height: 2, width: 2)
    var strides = (y: 2, x: 2)
    var dilations = (y: 1, x: 1)
    var padsBegin = (top: 0, left: 0)
    var padsEnd = (bottom: 0, right: 0)
    /// One row and column of windows more than fit.
    var roundsUp = false
    var countsPad = false

    var output: (height: Int, width: Int) {
        func size(_ room: Int, _ extent: Int, _ stride: Int) -> Int {
            room < extent ? 0 : (room - extent) / stride + 1 + (roundsUp ? 1 : 0)
        }
        return (
            size(input.height + padsBegin.top + padsEnd.bottom, (kernel.height - 1) * dilations.y + 1, strides.y),
            size(input.width + padsBegin.left + padsEnd.right, (kernel.width - 1) * dilations.x + 1, strides.x)
        )
    }

    var shape: PoolingShape {
        PoolingShape(
            images: images, channels: channels, input: input, output: output,
            kernel: (kernel.height, kernel.width), strides: strides, dilations: dilations, padsBegin: padsBegin,
            padsEnd: padsEnd, countIncludesPad: countsPad)
    }

    var testDescription: String {
        """
        \(images)×\(input.height)×\(input.width)×\(channels), kernel \(kernel), strides \(strides), dilations \(dilations), \
        pads \(padsBegin) \(padsEnd)\(roundsUp ? ", rounded up" : "")\(countsPad ? ", padding counts" : "")
        """
    }

    var inputCount: Int { images * input.height * input.width * channels }
    var outputCount: Int { images * output.height * output.width * channels }

    /// Each number of the output, the inputs of its window (place in the array, and in the image), and the window's places that count.
    func forEachWindow(_ body: (_ output: Int, _ met: [(element: Int, pixel: Int)], _ counted: Int) -> Void) {
        var place = 0
        for n in 0..<images {
            for oy in 0..<output.height {
                for ox in 0..<output.width {
                    for c in 0..<channels {
                        var met: [(element: Int, pixel: Int)] = []
                        var counted = 0
                        for ky in 0..<kernel.height {
                            for kx in 0..<kernel.width {
                                let y = oy * strides.y - padsBegin.top + ky * dilations.y
                                let x = ox * strides.x - padsBegin.left + kx * dilations.x
                                if y < input.height + padsEnd.bottom, x < input.width + padsEnd.right { counted += 1 }
                                guard y >= 0, y < input.height, x >= 0, x < input.width else { continue }
                                let pixel = y * input.width + x
                                met.append(
                                    (element: (n * input.height * input.width + pixel) * channels + c, pixel: pixel))
                            }
                        }
                        body(place, met, countsPad ? counted : met.count)
                        place += 1
                    }
                }
            }
        }
    }

    static let all =
        [1, 3, 4, 5, 7, 8, 9, 15, 16, 17, 31, 32, 33, 70].map {
            PoolingCase(channels: $0, input: (6, 7), kernel: (3, 3))
        }
        + [1, 2, 3].flatMap { stride in
            [1, 2].flatMap { dilation in
                [false, true].flatMap { pads in
                    [false, true].map { countsPad in
                        PoolingCase(
                            input: (9, 8), kernel: (3, 2), strides: (stride, stride), dilations: (dilation, dilation),
                            padsBegin: pads ? (1, 1) : (0, 0), padsEnd: pads ? (2, 0) : (0, 0), countsPad: countsPad)
                    }
                }
            }
        }
        + [
            PoolingCase(input: (7, 7), kernel: (2, 2), roundsUp: true),
            PoolingCase(
                input: (7, 7), kernel: (3, 3), padsBegin: (1, 1), padsEnd: (1, 1), roundsUp: true, countsPad: true),
            PoolingCase(input: (3, 3), kernel: (1, 1), strides: (1, 1), padsBegin: (2, 2), padsEnd: (2, 2)),
            PoolingCase(input: (5, 6), kernel: (5, 6), strides: (1, 1)),
            PoolingCase(
                input: (8, 9), kernel: (2, 3), strides: (2, 1), dilations: (3, 2), padsBegin: (1, 0), padsEnd: (0, 2)),
            PoolingCase(
                input: (9, 7), kernel: (3, 1), strides: (1, 2), dilations: (1, 3), padsEnd: (2, 1), countsPad: true),
            PoolingCase(input: (9, 9), kernel: (2, 2), strides: (4, 3)),
            PoolingCase(images: 0, input: (4, 4)), PoolingCase(input: (1, 1)), PoolingCase(channels: 0, input: (4, 4)),
            PoolingCase(
                images: 5, channels: 33, input: (30, 31), kernel: (3, 3), strides: (2, 2), padsBegin: (1, 1),
                padsEnd: (1, 1)),
        ]
}

@Suite struct PoolingTests {
    /// Of the sum of the terms' magnitudes: single roundings of a few terms.
    private let rounding = 5e-7

    @Test("the greatest of each window, the first of equals", arguments: PoolingCase.all)
    func maxPool(_ row: PoolingCase) throws {
        // Few different numbers, so that some are equal.
        var x = samples(row.inputCount, 1).map { ($0 * 4).rounded() }
        if row.channels == 9 { (x[40], x[41], x[100]) = (.nan, .infinity, -.infinity) }
        var values = [Double](repeating: -.infinity, count: row.outputCount)
        var places = [Int32](repeating: -1, count: row.outputCount)
        row.forEachWindow { output, met, _ in
            guard var best = met.first else { return }
            for other in met.dropFirst()
            where !x[best.element].isNaN && (x[other.element] > x[best.element] || x[other.element].isNaN) {
                best = other
            }
            values[output] = Double(x[best.element])
            places[output] = Int32(best.pixel)
        }
        for hasPlaces in [true, false] {
            var memory = Memory()
            let input = memory.add(x), y = memory.room(floats: row.outputCount),
                argmax = memory.room(floats: row.outputCount)
            try expect(
                row.testDescription, memory,
                [.floats("y", y, values)] + (hasPlaces ? [.integers("places", argmax, places)] : [])
            ) { [$0.maxPool(row.shape, input, to: y, argmax: hasPlaces ? argmax : nil)] }
        }
    }

    @Test("a gradient goes to the place of the greatest", arguments: PoolingCase.all)
    func maxPoolBackward(_ row: PoolingCase) throws {
        let x = samples(row.inputCount, 1), dy = samples(row.outputCount, 2)
        var places = [Int32](repeating: -1, count: row.outputCount)
        var values = [Double](repeating: 0, count: row.inputCount), sizes = values
        row.forEachWindow { output, met, _ in
            guard let best = met.max(by: { x[$0.element] < x[$1.element] }) else { return }
            places[output] = Int32(best.pixel)
            values[best.element] += Double(dy[output])
            sizes[best.element] += Double(abs(dy[output]))
        }
        var memory = Memory()
        let argmax = memory.add(places), gradient = memory.add(dy), dx = memory.room(floats: row.inputCount)
        try expect(row.testDescription, memory, [.floats("dx", dx, values, relative: rounding, of: sizes)]) {
            [$0.maxPoolBackward(row.shape, argmax: argmax, dy: gradient, to: dx)]
        }
    }

    @Test("the mean of each window", arguments: PoolingCase.all)
    func averagePool(_ row: PoolingCase) throws {
        let x = samples(row.inputCount, 1)
        var values = [Double](repeating: 0, count: row.outputCount), sizes = values
        row.forEachWindow { output, met, counted in
            guard counted > 0 else { return }
            values[output] = met.reduce(0) { $0 + Double(x[$1.element]) } / Double(counted)
            sizes[output] = met.reduce(0) { $0 + Double(abs(x[$1.element])) } / Double(counted)
        }
        var memory = Memory()
        let input = memory.add(x), y = memory.room(floats: row.outputCount)
        try expect(row.testDescription, memory, [.floats("y", y, values, relative: rounding, of: sizes)]) {
            [$0.averagePool(row.shape, input, to: y)]
        }
    }

    @Test("a gradient is shared by the window", arguments: PoolingCase.all)
    func averagePoolBackward(_ row: PoolingCase) throws {
        let dy = samples(row.outputCount, 1)
        var values = [Double](repeating: 0, count: row.inputCount), sizes = values
        row.forEachWindow { output, met, counted in
            for (element, _) in met {
                values[element] += Double(dy[output]) / Double(counted)
                sizes[element] += Double(abs(dy[output])) / Double(counted)
            }
        }
        var memory = Memory()
        let gradient = memory.add(dy), dx = memory.room(floats: row.inputCount)
        try expect(row.testDescription, memory, [.floats("dx", dx, values, relative: rounding, of: sizes)]) {
            [$0.averagePoolBackward(row.shape, dy: gradient, to: dx)]
        }
    }

    @Test(
        "the mean of an image, and its gradient", arguments: [0, 1, 3, 40], [0, 1, 2, 15, 16, 17, 49, 1_000])
    func globalAveragePool(images: Int, pixels: Int) throws {
        for channels in [1, 5, 8, 15, 16, 17, 33, 64] {
            let x = samples(images * pixels * channels, 1), dy = samples(images * channels, 2)
            var values = [Double](repeating: pixels == 0 ? .nan : 0, count: images * channels), sizes = values
            for index in x.indices {
                let place = index / (pixels * channels) * channels + index % channels
                values[place] += Double(x[index]) / Double(pixels)
                sizes[place] += Double(abs(x[index])) / Double(pixels)
            }
            var memory = Memory()
            let input = memory.add(x), gradient = memory.add(dy)
            let y = memory.room(floats: values.count), dx = memory.room(floats: x.count)
            let spread = x.indices.map {
                Double(dy[$0 / (pixels * channels) * channels + $0 % channels]) / Double(pixels)
            }
            try expect(
                "\(images) images of \(pixels) pixels of \(channels)", memory,
                [
                    .floats("y", y, values, relative: rounding, of: sizes),
                    .floats("dx", dx, spread, relative: rounding),
                ]
            ) {
                [
                    $0.globalAveragePool(input, images: images, pixels: pixels, channels: channels, to: y),
                    $0.globalAveragePoolBackward(
                        dy: gradient, images: images, pixels: pixels, channels: channels, to: dx),
                ]
            }
        }
    }
}
