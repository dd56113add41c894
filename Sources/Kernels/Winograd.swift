internal import CKernels

/// How a convolution is computed.
package enum ConvolutionAlgorithm: Hashable, Sendable, CustomStringConvertible {
    /// As a product of the window's pixels with the weights.
    case direct
    /// With fewer multiplications, tile by tile.
    case winograd(WinogradTile)

    package var description: String {
        switch self {
        case .direct: "direct"
        case .winograd(let tile): "winograd_\(tile.edge)x\(tile.edge)"
        }
    }
}

/// The output of a tile in Winograd's algorithm F(2×2, 3×3), F(4×4, 3×3), F(6×6, 3×3), F(3×3, 4×4) or F(5×5, 4×4).
///
/// With 3×3 taps, a NaN in the input makes NaN of the tile of output pixels that it lies in, and of the nearest row or column of the tiles beside if it lies at
/// their edge; an infinity makes NaN or infinity of them.
///
/// - Source: Lavin, Gray 2016, "Fast algorithms for convolutional neural networks", section 4.
package enum WinogradTile: Hashable, Sendable, CaseIterable {
    /// 4 multiplications a pixel instead of 9, 1.8 times the weights, and rounding errors of up to 1e-6 of the largest output, as the
    /// naive loop has in float32.
    case twoByTwo
    /// 2.25 multiplications a pixel, 4 times the weights, and rounding errors of up to 1.2e-5.
    case fourByFour
    /// 1.8 multiplications a pixel, 7.1 times the weights, and rounding errors of up to 2e-5.
    case sixBySix
    /// For 4×4 taps: 4 multiplications a pixel instead of 16, 2.25 times the weights, and rounding errors as with `fourByFour`.
    case threeByThree
    /// For 4×4 taps: 2.56 multiplications a pixel, 4 times the weights, and rounding errors as with `sixBySix`.
    case fiveByFive

    /// Rows and columns.
    var edge: Int {
        switch self {
        case .twoByTwo: 2
        case .fourByFour: 4
        case .sixBySix: 6
        case .threeByThree: 3
        case .fiveByFive: 5
        }
    }

    /// Rows and columns of taps.
    package var side: Int {
        switch self {
        case .twoByTwo, .fourByFour, .sixBySix: 3
        case .threeByThree, .fiveByFive: 4
        }
    }

    /// The numbers that its input is transformed to: multiplications for each pair of channels.
    var components: Int { (edge + side - 1) * (edge + side - 1) }
}

extension Window {
    func tilesOfImage(_ tile: WinogradTile) -> Int {
        (output.height + tile.edge - 1) / tile.edge * ((output.width + tile.edge - 1) / tile.edge)
    }
}

/// Convolutions by Winograd.
extension KernelSet {
    /// Bytes of scratch that a worker needs for `winograd`.
    package func winogradScratchBytes(_ tile: WinogradTile, _ window: Window) -> Int {
        let sizes = WinogradSizes(self, tile, window)
        return sizes.groups > 1 ? 4 * (sizes.slabs + sizes.sumsOfPanel) : 0
    }

    /// Bytes of memory that `winograd` needs until its jobs are done.
    package func winogradBytes(_ tile: WinogradTile, _ window: Window) -> Int {
        let sizes = WinogradSizes(self, tile, window)
        return sizes.groups > 1 ? 0 : 4 * (sizes.slabs + sizes.panels * sizes.sumsOfPanel)
    }

    /// output = activation(input ⊛ weights + bias + residual), for a window of 3×3 or 4×4 neighbouring taps, as the tile takes, and strides of 1.
    ///
    /// - Parameters:
    ///   - panels: what `pack` wrote for `.winograd(tile)`.
    ///   - bias: a float for each output channel.
    ///   - residual: laid out as the output.
    ///   - temporary: `winogradBytes` of memory.
    package func winograd(
        _ tile: WinogradTile, _ window: Window, _ input: Region, panels: Region, bias: Region? = nil,
        residual: Region? = nil, activation: FusedActivation = .identity, temporary: Region, to output: Region
    ) -> [Job] {
        check(window, input, output)
        precondition(
            window.side == tile.side, "\(ConvolutionAlgorithm.winograd(tile)) for a window of \(window.taps) taps")
        precondition(temporary.byteCount >= winogradBytes(tile, window), "\(temporary.byteCount) bytes for Winograd")
        let operands = WinogradOperands(
            input: input, panels: panels, bias: bias, residual: residual, activation: activation, output: output)
        let sizes = WinogradSizes(self, tile, window)
        return sizes.groups > 1
            ? [winogradByGroups(tile, window, sizes, operands)]
            : winogradByWeights(tile, window, sizes, operands, temporary)
    }

    private func name(_ tile: WinogradTile) -> String { "\(ConvolutionAlgorithm.winograd(tile))_\(instructionSet)" }

    /// A task is a group of tiles, or several where there are very many.
    private func winogradByGroups(
        _ tile: WinogradTile, _ window: Window, _ sizes: WinogradSizes, _ operands: WinogradOperands
    ) -> Job {
        cut(name(tile), sizes.groups, grain: 1) { [self] workspace, first, last, worker in
            var epilogue = unsafe operands.epilogue(self, workspace, window)
            let input = unsafe workspace.pointer(operands.input) + window.input.offset
            let output = unsafe workspace.pointer(operands.output) + window.output.offset
            let panels = unsafe workspace.pointer(operands.panels)
            let slabs = unsafe workspace.scratch(of: worker)
            let sums = unsafe slabs + sizes.slabs
            for group in first..<last {
                let tiles = sizes.tiles(of: group)
                unsafe table.pointee.winograd_input(
                    window.raw, tile.edge, input, slabs, tiles.lowerBound, tiles.upperBound, 0, sizes.lines)
                for panel in 0..<sizes.panels {
                    unsafe table.pointee.winograd_products(
                        window.raw, tile.edge, slabs, panels, sums, tiles.count, 0, tile.components, panel, panel + 1)
                    unsafe table.pointee.winograd_output(
                        window.raw, tile.edge, sums, output, &epilogue, tiles.lowerBound, tiles.upperBound, panel,
                        panel + 1)
                }
            }
        }
    }

    /// A job for each stage; the tasks of the products are components of panels.
    private func winogradByWeights(
        _ tile: WinogradTile, _ window: Window, _ sizes: WinogradSizes, _ operands: WinogradOperands,
        _ temporary: Region
    ) -> [Job] {
        let name = name(tile), edge = tile.edge, components = tile.components, tiles = sizes.tiles
        let slabs = temporary.part(offset: 0, byteCount: 4 * sizes.slabs)
        let sums = temporary.part(offset: 4 * sizes.slabs, byteCount: 4 * sizes.panels * sizes.sumsOfPanel)
        return [
            cut(name, sizes.lines, cost: 150 * tiles) { [self] workspace, first, last, _ in
                unsafe table.pointee.winograd_input(
                    window.raw, edge, workspace.pointer(operands.input) + window.input.offset,
                    workspace.pointer(slabs), 0, tiles, first, last)
            },
            cut(
                name, sizes.panels * components, cost: tiles * window.input.channels * sizes.panelColumns,
                grain: 250_000
            ) { [self] workspace, first, last, _ in
                for panel in first / components...(last - 1) / components {
                    let start = panel * components
                    unsafe table.pointee.winograd_products(
                        window.raw, edge, workspace.pointer(slabs), workspace.pointer(operands.panels),
                        workspace.pointer(sums) + panel * sizes.sumsOfPanel, tiles, max(first - start, 0),
                        min(last - start, components), panel, panel + 1)
                }
            },
            cut(name, sizes.panels, cost: 300 * tiles) { [self] workspace, first, last, _ in
                var epilogue = unsafe operands.epilogue(self, workspace, window)
                unsafe table.pointee.winograd_output(
                    window.raw, edge, workspace.pointer(sums) + first * sizes.sumsOfPanel,
                    workspace.pointer(operands.output) + window.output.offset, &epilogue, 0, tiles, first, last)
            },
        ]
    }
}

/// What a convolution by Winograd reads and writes.
private struct WinogradOperands: Sendable {
    let input, panels: Region
    let bias, residual: Region?
    let activation: FusedActivation
    let output: Region

    func epilogue(_ kernels: KernelSet, _ workspace: Workspace, _ window: Window) -> engram_epilogue {
        unsafe kernels.epilogue(bias, residual, activation, in: workspace, window)
    }
}

/// How the tiles of all images are cut, and what a group takes.
///
/// Several groups are worked on at once, each from its input to its output in a worker's scratch: a group should stay in a core's cache, and
/// reads all weights. Of few tiles, a single group, it is the weights that are shared among the workers.
private struct WinogradSizes: Sendable {
    let tiles, groups: Int
    /// Vectors of a pixel's channels.
    let lines: Int
    let panels, panelColumns: Int
    /// Floats of the largest group's slabs, in whole lines of the cache.
    let slabs: Int
    /// Floats of its sums for one panel.
    let sumsOfPanel: Int

    /// What a group's slabs should take at most.
    private static let slabFloats = 98_304

    init(_ kernels: KernelSet, _ tile: WinogradTile, _ window: Window) {
        tiles = window.input.images * window.tilesOfImage(tile)
        // Few enough tiles for a core's cache, and enough to read the weights for: from 14 (the rows of a product's largest tile) to 32.
        let wanted = max(14, min(32, Self.slabFloats / max(1, tile.components * window.input.channels)))
        groups = tiles < 20 ? 1 : 2 * max(1, (tiles + wanted) / (2 * wanted))
        let largest = (tiles + groups - 1) / groups
        let vector = unsafe Int(kernels.table.pointee.vector)
        lines = (window.input.channels + vector - 1) / vector
        panels = unsafe Int(kernels.table.pointee.panel_count(window.output.channels))
        panelColumns = unsafe Int(kernels.table.pointee.panel_columns)
        slabs = unsafe (Int(kernels.table.pointee.winograd_slab_count(window.raw, tile.edge, largest)) + 15) / 16 * 16
        sumsOfPanel = unsafe Int(kernels.table.pointee.winograd_sum_count(tile.edge, panelColumns, largest))
    }

    func tiles(of group: Int) -> Range<Int> {
        let start = group * (tiles / groups) + min(group, tiles % groups)
        return start..<start + tiles / groups + (group < tiles % groups ? 1 : 0)
    }
}
