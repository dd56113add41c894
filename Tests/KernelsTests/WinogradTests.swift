import Kernels
import Testing

@Suite struct WinogradTests {
    /// Of the largest sum of magnitudes in the output: a tile's numbers are mixed with factors of up to 32, so the rounding of a large one
    /// shows in its neighbours.
    private static func rounding(_ tile: WinogradTile) -> Double {
        switch tile {
        case .twoByTwo: 1e-6
        case .fourByFour, .threeByThree: 4e-6
        case .sixBySix, .fiveByFive: 8e-6
        }
    }

    @Test("Winograd's convolution is the sum of its definition", arguments: Self.rows, WinogradTile.allCases)
    func convolution(_ row: WindowCase, _ tile: WinogradTile) throws {
        let row = row.convolving(tile.side)
        let geometry = row.geometry
        let taps = geometry.taps.count, channels = geometry.input.channels, columns = geometry.output.channels
        let layouts = [
            Layout.onnx(taps, channels, columns), .rows(taps, channels, columns), .flipped(taps, channels, columns),
        ]
        for layout in layouts {
            var memory = Memory()
            let x = samples(Geometry.extent(geometry.input), 1), w = samples(layout.count, 2)
            let old = samples(Geometry.extent(geometry.output), 3), bias = samples(columns, 4)
            let residual = samples(old.count, 5)
            let input = memory.add(x), weights = memory.add(w), output = memory.add(old, changes: true)
            let biases = memory.add(bias), residuals = memory.add(residual)
            let room = try Room(tile, geometry.window, layout, in: &memory)
            let (values, sizes) = row.expected(old: old.doubles, bias: bias.doubles, residual: residual.doubles) {
                let (x, w) = $2 ? (x.doubles.magnitudes, w.doubles.magnitudes) : (x.doubles, w.doubles)
                return geometry.product(x, w, layout, old: $0, epilogue: $1)
            }
            let allowed = Self.rounding(tile) * (sizes.max() ?? 0)
            try expect(
                "\(row)", memory, [.floats("output", output, values, absolute: allowed)],
                scratchBytes: { $0.winogradScratchBytes(tile, geometry.window) }
            ) { kernels in
                let place: Region? =
                    switch row.residual {
                    case .none: nil
                    case .apart: residuals
                    case .output: output
                    }
                return [kernels.pack(layout.raw, weights, into: room.panels, for: .winograd(tile))]
                    + kernels.winograd(
                        tile, geometry.window, input, panels: room.panels, bias: row.hasBias ? biases : nil,
                        residual: place, activation: row.activation, temporary: room.temporary, to: output)
            }
        }
    }

    @Test("an image's bits do not depend on the images beside it", arguments: WinogradTile.allCases)
    func company(_ tile: WinogradTile) throws {
        let images = 23
        let all = Geometry.convolution(
            images: images, 9, 13, from: 19, to: 35, kernel: (tile.side, tile.side), pads: (1, 1))
        let one = Geometry.convolution(9, 13, from: 19, to: 35, kernel: (tile.side, tile.side), pads: (1, 1))
        let x = samples(Geometry.extent(all.input), 1), size = all.input.imageStride
        for instructionSet in InstructionSet.available {
            let kernels = try KernelSet(instructionSet)
            let together = try run(tile, all, x, kernels)
            for image in [0, 7, 22] {
                let alone = try run(tile, one, Array(x[image * size..<(image + 1) * size]), kernels)
                #expect(
                    alone == Array(together[image * alone.count..<(image + 1) * alone.count]),
                    "image \(image) of \(images), \(instructionSet)")
            }
        }
    }

    @Test(
        "a NaN or infinity leaves nothing finite of its tile and of what is next to it in the tiles beside",
        arguments: [Float.nan, .infinity], [(y: 4, x: 8), (y: 6, x: 5), (y: 7, x: 11), (y: 10, x: 0)])
    func notNumbers(_ bad: Float, _ place: (y: Int, x: Int)) throws {
        let geometry = Geometry.convolution(images: 2, 11, 13, from: 9, to: 18, pads: (1, 1))
        let x = samples(Geometry.extent(geometry.input), 1)
        var damaged = x
        damaged[geometry.input.imageStride + place.y * geometry.input.rowStride + place.x * 9 + 5] = bad
        /// Whether a row (or column) of the output is meant: of the same tile all, of the tiles beside the nearest.
        func isDamaged(_ output: Int, _ place: Int) -> Bool { output / 4 == place / 4 || abs(output - place) == 1 }
        for instructionSet in InstructionSet.available {
            let kernels = try KernelSet(instructionSet)
            let good = try run(.fourByFour, geometry, x, kernels),
                got = try run(.fourByFour, geometry, damaged, kernels)
            let wrong = got.indices.first { index in
                let pixel = index / 18
                let (image, y, x) = (pixel / 13 / 11, pixel / 13 % 11, pixel % 13)
                return image == 1 && isDamaged(y, place.y) && isDamaged(x, place.x)
                    ? got[index].isFinite || bad.isNaN && !got[index].isNaN : got[index] != good[index]
            }
            #expect(wrong == nil, "\(instructionSet)")
        }
    }

    @Test("the algorithm depends on the shape without the batch", arguments: [1, 2, 16, 1_000])
    func algorithm(_ images: Int) {
        func chosen(
            _ height: Int, _ width: Int, _ channels: Int, _ columns: Int, kernel: (Int, Int) = (3, 3),
            strides: (Int, Int) = (1, 1), dilations: (Int, Int) = (1, 1), pads: (Int, Int) = (1, 1)
        ) -> ConvolutionAlgorithm {
            Geometry.convolution(
                images: images, height, width, from: channels, to: columns, kernel: kernel, strides: strides,
                dilations: dilations, pads: pads
            ).window.algorithm
        }
        for (height, width, channels, columns) in [
            (35, 35, 32, 32), (17, 17, 64, 64), (17, 17, 128, 128), (12, 12, 64, 64), (56, 56, 32, 32),
        ] {
            #expect(chosen(height, width, channels, columns) == .winograd(.sixBySix))
        }
        for (height, width, channels, columns) in [(8, 8, 128, 128), (8, 8, 256, 256), (8, 20, 96, 96)] {
            #expect(chosen(height, width, channels, columns) == .winograd(.fourByFour))
        }
        for (height, width, channels, columns) in [(4, 4, 256, 256), (4, 4, 64, 64), (2, 16, 16, 16)] {
            #expect(chosen(height, width, channels, columns) == .winograd(.twoByTwo))
        }
        for (height, width, channels, columns) in [
            (1, 1, 64, 64), (3, 3, 256, 256), (38, 38, 3, 32), (38, 38, 32, 1),
        ] {
            #expect(chosen(height, width, channels, columns) == .direct)
        }
        #expect(chosen(75, 75, 12, 32, kernel: (4, 4), pads: (0, 0)) == .winograd(.fiveByFive))
        #expect(chosen(9, 9, 32, 32, kernel: (4, 4), pads: (0, 0)) == .winograd(.threeByThree))
        #expect(chosen(38, 38, 32, 32, strides: (2, 1)) == .direct)
        #expect(chosen(38, 38, 32, 32, dilations: (1, 2)) == .direct)
        #expect(chosen(38, 38, 32, 32, kernel: (9, 1)) == .direct)
        #expect(chosen(38, 38, 32, 32, kernel: (1, 1), pads: (0, 0)) == .direct)
    }

    /// The output of a convolution without bias.
    private func run(_ tile: WinogradTile, _ geometry: Geometry, _ x: [Float], _ kernels: KernelSet) throws -> [Float] {
        let layout = Layout.onnx(tile.side * tile.side, geometry.input.channels, geometry.output.channels)
        var memory = Memory()
        let input = memory.add(x), weights = memory.add(samples(layout.count, 2))
        let output = memory.room(floats: Geometry.extent(geometry.output))
        let room = try Room(tile, geometry.window, layout, in: &memory)
        let jobs =
            [kernels.pack(layout.raw, weights, into: room.panels, for: .winograd(tile))]
            + kernels.winograd(tile, geometry.window, input, panels: room.panels, temporary: room.temporary, to: output)
        return memory.run(
            jobs, scratchBytes: kernels.winogradScratchBytes(tile, geometry.window), pool: ThreadPool(threadCount: 1)
        ).read(output).array(of: Float.self)
    }

    /// Memory for transformed weights and for what lasts as long as the jobs, under whichever instruction set needs most.
    private struct Room {
        let panels, temporary: Region

        init(_ tile: WinogradTile, _ window: Window, _ layout: Layout, in memory: inout Memory) throws {
            let kernels = try InstructionSet.available.map { try KernelSet($0) }
            panels = memory.room(floats: kernels.map { $0.packedCount(layout.raw, for: .winograd(tile)) }.max() ?? 0)
            temporary = memory.room(bytes: kernels.map { $0.winogradBytes(tile, window) }.max() ?? 0)
        }
    }
}

extension WindowCase {
    /// The same with 3×3 or 4×4 taps; the output of the latter has a row and a column fewer.
    fileprivate func convolving(_ side: Int) -> WindowCase {
        guard side == 4 else { return self }
        var row = self
        let (input, output, first) = (geometry.input, geometry.output, geometry.taps[0])
        row.geometry.taps = (0..<16).map { (first.y + $0 / 4, first.x + $0 % 4) }
        row.geometry.output.height = max(0, min(output.height, input.height - 2 * first.y - 3))
        row.geometry.output.width = max(0, min(output.width, input.width - 2 * first.x - 3))
        return row
    }
}

extension WinogradTests {
    /// Sizes and channels around tiles, lines and panels; one group of tiles and several.
    static let rows = sizes + pads + channels + groups + epilogues

    private static let edges = Array(1...9) + [13]

    private static let sizes = edges.flatMap { height in
        edges.map { WindowCase(.convolution(height, $0, from: 3, to: 5, pads: (1, 1)), bias: true) }
    }

    private static let pads = [(1, 0), (2, 0), (0, 2), (5, 7)].flatMap { pads in
        [(3, 3), (6, 7), (4, 13)].map { WindowCase(.convolution(images: 2, $0, $1, from: 5, to: 9, pads: pads)) }
    }

    private static let channels = [1, 3, 15, 16, 17, 32, 33, 48, 64].flatMap { count in
        [1, 16, 33, 64].map {
            WindowCase(.convolution(5, 6, from: count, to: $0, pads: (1, 1)), bias: true, relu: true)
        }
            + [WindowCase(.convolution(5, 6, from: 6, to: count, pads: (1, 1)), residual: .output)]
    }

    /// Tiles of a single group and of several, and none.
    private static let groups =
        [0, 1, 4, 5, 6, 19, 20, 21, 33, 99, 161].map { images in
            WindowCase(.convolution(images: images, 4, 3, from: 17, to: 12, pads: (1, 1)), bias: true)
        } + [
            WindowCase(.convolution(25, 38, from: 24, to: 40, pads: (1, 1)), bias: true, residual: .apart, relu: true),
            WindowCase(.convolution(8, 8, from: 130, to: 131, pads: (1, 1)), residual: .apart),
        ]

    private static let epilogues: [WindowCase] = [
        Geometry.convolution(7, 5, from: 8, to: 20, pads: (1, 1)).gaps(pixel: 3, row: 5, image: 7),
        .convolution(images: 5, 10, 9, from: 8, to: 20, pads: (1, 1)).gaps(pixel: 3, row: 5, image: 7),
    ].flatMap { geometry in
        [false, true].flatMap { bias in
            WindowCase.Residual.allCases.flatMap { residual in
                [false, true].map { WindowCase(geometry, bias: bias, residual: residual, relu: $0) }
            }
        }
    }
}
