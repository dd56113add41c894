internal import CKernels

/// How a convolution is computed.
package enum ConvolutionAlgorithm: String, Hashable, Sendable, CaseIterable {
    /// As a product of the window's pixels with the weights.
    case direct
    /// F(4×4, 3×3): a quarter of the multiplications, and rounding errors of up to 1e-5 of the largest output instead of 1e-6.
    ///
    /// A NaN in the input makes NaN of the tile of 4×4 output pixels that it lies in, and of the nearest row or column of the tiles beside if
    /// it lies at their edge; an infinity makes NaN or infinity of them.
    ///
    /// - Source: Lavin, Gray 2016, "Fast algorithms for convolutional neural networks", section 4.
    case winograd
}

extension Window {
    /// Rows and columns of a tile's output.
    private static let tileEdge = 4

    private var tilesOfImage: Int {
        let edge = Self.tileEdge
        return (output.height + edge - 1) / edge * ((output.width + edge - 1) / edge)
    }

    /// The faster algorithm by the shape without the number of images, so that an image's answer does not depend on those beside it.
    ///
    /// Winograd's products take 2.25 multiplications for each pixel of a tile, inside of the image or not, instead of 9; its transforms pay
    /// where there are some channels on both sides.
    package var algorithm: ConvolutionAlgorithm {
        let pixels = output.height * output.width
        let isFilled = pixels >= 16 && 3 * pixels >= 16 * tilesOfImage
        return isThreeByThree && isFilled && min(input.channels, output.channels) >= 8 ? .winograd : .direct
    }

    /// The tiles of all images, and how many groups they are cut into.
    ///
    /// Several groups are worked on at once, each from its input to its output in a worker's scratch: a group should stay in a core's cache, and
    /// reads all weights. Of few tiles, a single group, it is the weights that are shared among the workers.
    fileprivate var tiling: (tiles: Int, groups: Int) {
        let tiles = input.images * tilesOfImage
        return (tiles, tiles < 20 ? 1 : 2 * max(1, (tiles + 32) / 64))
    }
}

/// Convolutions by Winograd.
extension KernelSet {
    /// Components of a tile.
    private static let components = 36

    /// Floats of a group's slabs, in whole lines of the cache.
    private func slabCount(_ window: Window, tiles: Int) -> Int {
        unsafe (Int(table.pointee.winograd_slab_count(window.raw, tiles)) + 15) / 16 * 16
    }

    private func sumCount(columns: Int, tiles: Int) -> Int {
        unsafe Int(table.pointee.winograd_sum_count(columns, tiles))
    }

    private var panelColumns: Int { unsafe Int(table.pointee.panel_columns) }

    /// Bytes of scratch that a worker needs for `winograd`.
    package func winogradScratchBytes(_ window: Window) -> Int {
        let (tiles, groups) = window.tiling
        let largest = (tiles + groups - 1) / groups
        return groups == 1
            ? 0 : 4 * (slabCount(window, tiles: largest) + sumCount(columns: panelColumns, tiles: largest))
    }

    /// Bytes of memory that `winograd` needs until its jobs are done.
    package func winogradBytes(_ window: Window) -> Int {
        let (tiles, groups) = window.tiling
        return groups > 1
            ? 0 : 4 * (slabCount(window, tiles: tiles) + sumCount(columns: window.output.channels, tiles: tiles))
    }

    /// output = activation(input ⊛ weights + bias + residual), for a window of 3×3 neighbouring taps and strides of 1.
    ///
    /// - Parameters:
    ///   - panels: what `pack` wrote for `.winograd`.
    ///   - bias: a float for each output channel.
    ///   - residual: laid out as the output.
    ///   - temporary: `winogradBytes` of memory.
    package func winograd(
        _ window: Window, _ input: Region, panels: Region, bias: Region? = nil, residual: Region? = nil,
        activation: FusedActivation = .identity, temporary: Region, to output: Region
    ) -> [Job] {
        check(window, input, output)
        precondition(window.isThreeByThree, "Winograd for a window of \(window.taps) taps, not 3×3")
        precondition(temporary.byteCount >= winogradBytes(window), "\(temporary.byteCount) bytes for Winograd")
        let name = "winograd_\(instructionSet)"
        let channels = window.input.channels
        let lines = unsafe (channels + Int(table.pointee.vector) - 1) / Int(table.pointee.vector)
        let panelCount = unsafe Int(table.pointee.panel_count(window.output.channels))
        let (tiles, groups) = window.tiling

        guard groups == 1 else {
            let slabCount = slabCount(window, tiles: (tiles + groups - 1) / groups)
            // A task is a group, or several where there are very many.
            return [
                cut(name, groups, grain: 1) { [self] workspace, first, last, worker in
                    var epilogue = unsafe epilogue(bias, residual, activation, in: workspace, window)
                    let slabs = unsafe workspace.scratch(of: worker)
                    let sums = unsafe slabs + slabCount
                    for group in first..<last {
                        let start = group * (tiles / groups) + min(group, tiles % groups)
                        let end = start + tiles / groups + (group < tiles % groups ? 1 : 0)
                        unsafe table.pointee.winograd_input(
                            window.raw, workspace.pointer(input) + window.input.offset, slabs, start, end, 0, lines)
                        for panel in 0..<panelCount {
                            unsafe table.pointee.winograd_products(
                                window.raw, slabs, workspace.pointer(panels), sums, end - start, 0, Self.components,
                                panel, panel + 1)
                            unsafe table.pointee.winograd_output(
                                window.raw, sums, workspace.pointer(output) + window.output.offset, &epilogue, start,
                                end, panel, panel + 1)
                        }
                    }
                }
            ]
        }

        let slabs = temporary
        let slabBytes = 4 * slabCount(window, tiles: tiles)
        let sums = temporary.part(offset: slabBytes, byteCount: temporary.byteCount - slabBytes)
        let sumsOfPanel = sumCount(columns: panelColumns, tiles: tiles)
        return [
            cut(name, lines, cost: 150 * tiles) { [self] workspace, first, last, _ in
                unsafe table.pointee.winograd_input(
                    window.raw, workspace.pointer(input) + window.input.offset, workspace.pointer(slabs), 0, tiles,
                    first, last)
            },
            cut(name, panelCount * Self.components, cost: tiles * channels * panelColumns, grain: 250_000) {
                [self] workspace, first, last, _ in
                for panel in first / Self.components...(last - 1) / Self.components {
                    let start = panel * Self.components
                    unsafe table.pointee.winograd_products(
                        window.raw, workspace.pointer(slabs), workspace.pointer(panels),
                        workspace.pointer(sums) + panel * sumsOfPanel, tiles, max(first - start, 0),
                        min(last - start, Self.components), panel, panel + 1)
                }
            },
            cut(name, panelCount, cost: 300 * tiles) { [self] workspace, first, last, _ in
                var epilogue = unsafe epilogue(bias, residual, activation, in: workspace, window)
                unsafe table.pointee.winograd_output(
                    window.raw, workspace.pointer(sums) + first * sumsOfPanel,
                    workspace.pointer(output) + window.output.offset, &epilogue, 0, tiles, first, last)
            },
        ]
    }
}
