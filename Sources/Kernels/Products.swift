internal import CKernels

/// What happens to a finished sum before it is stored.
public enum FusedActivation: String, Hashable, Sendable, CaseIterable {
    case identity, relu

    var raw: engram_activation {
        switch self {
        case .identity: ENGRAM_IDENTITY
        case .relu: ENGRAM_RELU
        }
    }
}

/// `window_product` of kernels.inc.
typealias WindowProduct =
    @convention(c) (
        UnsafePointer<engram_window>?, UnsafePointer<Float>?, UnsafePointer<Float>?, UnsafeMutablePointer<Float>?,
        UnsafePointer<engram_epilogue>?, Int, Int, Int, Int, UnsafeMutablePointer<Float>?
    ) -> Void

/// Products of pixels (or of a matrix's rows) with packed weights: convolutions, matrix products, and their gradients.
extension KernelSet {
    /// Multiply-adds of a task.
    private static let grain = 300_000

    /// Floats that the packed weights take.
    package func packedCount(_ layout: WeightLayout, for algorithm: ConvolutionAlgorithm = .direct) -> Int {
        switch algorithm {
        case .direct: unsafe Int(table.pointee.packed_count(layout.raw))
        case .winograd(let tile): unsafe Int(table.pointee.winograd_packed_count(layout.raw, tile.edge))
        }
    }

    /// Packs weights into the panels that `product` (or `winograd`) reads.
    package func pack(
        _ layout: WeightLayout, _ source: Region, into panels: Region, for algorithm: ConvolutionAlgorithm = .direct
    ) -> Job {
        precondition(
            panels.floatCount >= packedCount(layout, for: algorithm), "panels of \(panels.floatCount) floats")
        let count = unsafe Int(table.pointee.panel_count(layout.columns))
        switch algorithm {
        case .direct:
            return cut("pack_\(instructionSet)", count, cost: layout.depth * 32, grain: 65_536) {
                [self] workspace, first, last, _ in
                unsafe table.pointee.pack(
                    layout.raw, workspace.pointer(source) + layout.offset, workspace.pointer(panels), first, last)
            }
        case .winograd(let tile):
            precondition(layout.taps == tile.side * tile.side, "\(algorithm) for weights of \(layout.taps) taps")
            return cut(
                "pack_\(algorithm)_\(instructionSet)", count, cost: layout.depth * 9 * tile.components, grain: 65_536
            ) {
                [self] workspace, first, last, _ in
                unsafe table.pointee.winograd_pack(
                    layout.raw, tile.edge, workspace.pointer(source) + layout.offset, workspace.pointer(panels), first,
                    last)
            }
        }
    }

    /// output = activation(input ⊛ weights [+ output] + bias + residual), by pixel ranges; by panels where there are few pixels.
    ///
    /// - Parameters:
    ///   - panels: what `pack` wrote.
    ///   - bias: a float for each output channel.
    ///   - residual: laid out as the output.
    ///   - accumulate: whether the output's old value is added.
    ///   - sharesPanels: whether tasks are panels for all pixels, as is best where few pixels meet large weights: each panel is then read once.
    ///   - range: where there is one, a pair of i32 in memory: only the pixels from the first to below the second are made.
    package func product(
        _ window: Window, _ input: Region, panels: Region, bias: Region? = nil, residual: Region? = nil,
        activation: FusedActivation = .identity, accumulate: Bool = false, sharesPanels: Bool = false,
        range: Region? = nil, to output: Region
    ) -> Job {
        check(window, input, output)
        let pixels = window.output.count
        let panelCount = unsafe Int(table.pointee.panel_count(window.output.channels))
        let cut = productCut(window, panelCount: panelCount, sharesPanels: sharesPanels)
        let (pixelChunk, panelChunk) = (cut.pixels, cut.panels)
        let pixelTasks = (pixels + pixelChunk - 1) / pixelChunk
        let panelTasks = (panelCount + panelChunk - 1) / panelChunk
        return Job("product_\(instructionSet)", count: pixelTasks * panelTasks) { [self] workspace, task, worker in
            var epilogue = unsafe epilogue(bias, residual, activation, accumulate: accumulate, in: workspace, window)
            var pixel = task / panelTasks * pixelChunk, end = min(pixels, pixel + pixelChunk)
            let panel = task % panelTasks * panelChunk
            if let range {
                let pair = unsafe workspace.pointer(range, as: Int32.self)
                pixel = max(pixel, unsafe Int(pair[0]))
                end = min(end, unsafe Int(pair[1]))
                if pixel >= end { return }
            }
            unsafe windowProduct(window)(
                window.raw, workspace.pointer(input) + window.input.offset, workspace.pointer(panels),
                workspace.pointer(output) + window.output.offset, &epilogue, pixel, end,
                panel, min(panelCount, panel + panelChunk), workspace.scratch(of: worker))
        }
    }

    /// Pixels and panels of a product's tasks.
    private func productCut(_ window: Window, panelCount: Int, sharesPanels: Bool) -> (pixels: Int, panels: Int) {
        let pixels = window.output.count, perPixel = max(1, window.multiplyAdds / max(pixels, 1))
        let rows = unsafe Int(table.pointee.tile_rows)
        if !sharesPanels, window.groups.count == 1, window.multiplyAdds > Self.grain,
            (rows / 2 + 1...8 * rows).contains(pixels)
        {
            return evenCut(pixels, panelCount, depth: window.taps * window.input.channels, rows: rows)
        }
        let pixelChunk =
            sharesPanels
            ? max(pixels, 1) : Self.chunk(pixels, cost: perPixel, grain: Self.grain, multipleOf: rows)
        // A single range of pixels leaves the panels to share; each task packs the pixels, so that it takes many columns. A single
        // pixel takes four panels at a time.
        let width = unsafe Int(table.pointee.panel_columns)
        let fewest = sharesPanels && pixels > rows ? max((panelCount + 7) / 8, (128 + width - 1) / width) : 1
        let panelChunk =
            pixels > pixelChunk
            ? max(panelCount, 1)
            : max(
                fewest,
                Self.chunk(
                    panelCount, cost: perPixel * pixels / max(panelCount, 1), grain: Self.grain / 8,
                    multipleOf: sharesPanels ? 4 : 1))
        return (pixelChunk, panelChunk)
    }

    /// The cut of few pixels with which one, two and four threads are done soonest.
    ///
    /// A step along the sum of a panel is taken for as many cycles as its tiles have rows, at least four a tile, and at least ten for the
    /// panel's way from the outer caches; a task for 1,500 more.
    private func evenCut(_ pixels: Int, _ panelCount: Int, depth: Int, rows: Int) -> (pixels: Int, panels: Int) {
        var best = (pixels: pixels, panels: panelCount), least = Int.max
        for pixelTasks in 1...min(8, (pixels + 3) / 4) {
            let range = (pixels + pixelTasks - 1) / pixelTasks, blocks = (range + rows - 1) / rows
            for panelTasks in 1...min(16, panelCount) {
                let panels = (panelCount + panelTasks - 1) / panelTasks
                let tasks = (pixels + range - 1) / range * ((panelCount + panels - 1) / panels)
                let task = panels * depth * max(blocks * max((range + blocks - 1) / blocks, 4), 10) + 1_500
                let all = [1, 2, 4].reduce(0) { $0 + (tasks + $1 - 1) / $1 * task * $1 }
                if all < least { (best, least) = ((range, panels), all) }
            }
        }
        return best
    }

    /// The function that multiplies a window's factors.
    func windowProduct(_ window: Window) -> WindowProduct {
        if let narrow = window.narrow { return unsafe matrixProduct(narrow) }
        guard window.isOfPairs else { return unsafe table.pointee.window_product }
        guard let product = unsafe table.pointee.window_product_bf16 else {
            preconditionFailure("a product of pairs on a processor without them")
        }
        return unsafe product
    }

    /// Bytes of scratch that a worker needs for the products and gradients of a window.
    package func scratchBytes(_ window: Window) -> Int {
        if window.narrow != nil { return unsafe 4 * Int(table.pointee.narrow_scratch_count(window.raw)) }
        return unsafe 4
            * max(Int(table.pointee.scratch_count(window.raw)), Int(table.pointee.gradient_scratch_count(window.raw)))
    }

    /// How many partial sums the gradient of a window's weights is made of: by shape alone, and few enough to stay in the caches.
    package static func gradientParts(_ window: Window) -> Int {
        let weights = max(1, window.taps * window.input.channels * window.output.channels)
        return max(1, min(window.input.images, 16, window.multiplyAdds / 2_000_000, 4_000_000 / weights))
    }

    /// Bytes that the partial sums of a weight gradient take.
    package static func gradientPartBytes(_ window: Window) -> Int {
        4 * gradientParts(window) * window.taps * window.input.channels * window.output.channels
    }

    /// gradient (in `layout`) = the sum over output pixels of input(pixel at tap)[channel] · outputGradient[pixel][column].
    ///
    /// - Parameter partials: `gradientPartBytes` of memory.
    package func weightGradient(
        _ window: Window, _ input: Region, outputGradient: Region, layout: WeightLayout, partials: Region,
        to gradient: Region
    ) -> [Job] {
        check(window, input, outputGradient)
        precondition(
            layout.taps == window.taps && layout.channels == window.input.channels
                && layout.columns == window.output.channels)
        let parts = Self.gradientParts(window)
        let images = window.input.images
        let size = layout.depth * layout.columns
        precondition(partials.floatCount >= parts * size, "partial sums of \(partials.floatCount) floats")
        let sum = Job("weight_gradient_\(instructionSet)", count: parts) { [self] workspace, part, worker in
            unsafe table.pointee.weight_gradient(
                window.raw, workspace.pointer(input) + window.input.offset,
                workspace.pointer(outputGradient) + window.output.offset, workspace.pointer(partials) + part * size,
                images * part / parts, images * (part + 1) / parts, 0, window.taps, 0, workspace.scratch(of: worker))
        }
        let join = cut("sum_partials_\(instructionSet)", layout.depth, cost: parts * layout.columns, grain: 65_536) {
            [self] workspace, first, last, _ in
            unsafe table.pointee.sum_partials(
                layout.raw, parts, workspace.pointer(partials), workspace.pointer(gradient) + layout.offset, first,
                last, 0)
        }
        return [sum, join]
    }

    /// What happens to the sums of a window, with the pointers of a workspace.
    func epilogue(
        _ bias: Region?, _ residual: Region?, _ activation: FusedActivation, accumulate: Bool = false,
        in workspace: Workspace, _ window: Window
    ) -> engram_epilogue {
        unsafe engram_epilogue(
            bias: bias.map { unsafe UnsafePointer(workspace.pointer($0)) },
            residual: residual.map { unsafe UnsafePointer(workspace.pointer($0) + window.output.offset) },
            accumulate: accumulate ? 1 : 0, activation: activation.raw)
    }

    func check(_ window: Window, _ input: Region, _ output: Region) {
        precondition(
            input.floatCount >= window.input.extent && output.floatCount >= window.output.extent,
            "a window over \(window.input.extent) floats to \(window.output.extent) in regions of \(input.floatCount) and \(output.floatCount)"
        )
    }
}

/// Products with a single column.
extension KernelSet {
    /// output[row] = activation(Σ x[row]·column + bias): no panel, of which all columns but one would be zeros.
    ///
    /// - Parameters:
    ///   - column: `depth` floats.
    ///   - bias: one float; nil for none.
    package func rowDots(
        _ x: Region, column: Region, rows: Int, depth: Int, bias: Region?, activation: FusedActivation,
        to output: Region
    ) -> Job {
        precondition(
            x.floatCount >= rows * depth && column.floatCount >= depth && output.floatCount >= rows,
            "\(rows) rows of \(depth) times a column")
        return cut("row_dots_\(instructionSet)", rows, cost: depth, grain: Self.grain / 8) {
            [self] workspace, first, last, _ in
            unsafe table.pointee.row_dots_f32(
                last - first, depth, workspace.pointer(x) + first * depth, workspace.pointer(column),
                bias.map { unsafe workspace.pointer($0)[0] } ?? 0, activation == .relu ? 1 : 0,
                workspace.pointer(output) + first)
        }
    }
}

/// Depthwise convolutions: each channel by itself.
extension KernelSet {
    /// output[pixel][c] = activation(Σ over taps of input(pixel at tap)[c] · weights[tap][c] + bias[c] + residual).
    package func depthwise(
        _ window: Window, _ input: Region, weights: Region, bias: Region? = nil, residual: Region? = nil,
        activation: FusedActivation = .identity, accumulate: Bool = false, to output: Region
    ) -> Job {
        check(window, input, output)
        return cut(
            "depthwise_\(instructionSet)", window.output.count, cost: window.taps * window.input.channels,
            grain: 50_000
        ) {
            [self] workspace, first, last, _ in
            var epilogue = unsafe epilogue(bias, residual, activation, accumulate: accumulate, in: workspace, window)
            unsafe table.pointee.depthwise(
                window.raw, workspace.pointer(input) + window.input.offset, workspace.pointer(weights),
                workspace.pointer(output) + window.output.offset, &epilogue, first, last)
        }
    }

    /// partials[part][tap][c] = sums over a part of the images; `sumPartials` joins them.
    package func depthwiseWeightGradient(
        _ window: Window, _ input: Region, outputGradient: Region, layout: WeightLayout, partials: Region,
        to gradient: Region
    ) -> [Job] {
        check(window, input, outputGradient)
        let images = window.input.images
        let parts = max(1, min(images, 16))
        let size = window.taps * window.input.channels
        precondition(partials.floatCount >= parts * size, "partial sums of \(partials.floatCount) floats")
        let sum = Job("depthwise_weight_gradient_\(instructionSet)", count: parts) { [self] workspace, part, _ in
            unsafe table.pointee.depthwise_weight_gradient(
                window.raw, workspace.pointer(input) + window.input.offset,
                workspace.pointer(outputGradient) + window.output.offset, workspace.pointer(partials) + part * size,
                images * part / parts, images * (part + 1) / parts, 0)
        }
        let join = Job("sum_partials_\(instructionSet)") { [self] workspace, _, _ in
            unsafe table.pointee.sum_partials(
                layout.raw, parts, workspace.pointer(partials), workspace.pointer(gradient) + layout.offset, 0,
                layout.depth, 0)
        }
        return [sum, join]
    }

    /// Bytes that the partial sums of a depthwise weight gradient take.
    package static func depthwiseGradientPartBytes(_ window: Window) -> Int {
        4 * max(1, min(window.input.images, 16)) * window.taps * window.input.channels
    }
}
