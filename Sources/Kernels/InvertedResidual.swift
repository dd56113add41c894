internal import CKernels

/// A convolution among several that are computed together: where it slides, its weights, and what happens to its sums.
package struct WeightedWindow: Sendable {
    package let window: Window
    /// What `pack` wrote; of a depthwise convolution the weights as [tap][channel].
    package let weights: Region
    /// A float for each output channel.
    package let bias: Region?
    package let activation: FusedActivation

    package init(_ window: Window, weights: Region, bias: Region?, activation: FusedActivation) {
        self.window = window
        self.weights = weights
        self.bias = bias
        self.activation = activation
    }
}

/// A convolution, a depthwise one behind it, and a 1×1 one behind that, whose images in between never exist as a whole.
///
/// The first makes the channels many and the last makes them few again. So the images in between are the largest of a network, and would
/// leave the caches. Here each row of the output is made from start to end: the rows of the first convolution that it needs and that are not
/// there yet, which take in turn the memory of as many rows as the depthwise one looks at; its row of those; and its own pixels of that row.
/// Bits are those of the three convolutions one after the other.
///
/// - Source: Sandler, Howard, Zhu, Zhmoginov, Chen 2018, "MobileNetV2: inverted residuals and linear bottlenecks", section 5.1.
package struct InvertedResidual: Sendable {
    let expansion, depthwise, projection: WeightedWindow

    /// - Parameters:
    ///   - expansion: a convolution by the direct algorithm.
    ///   - depthwise: over the images that `expansion` gives, as if they lay in memory without gaps.
    ///   - projection: of one tap and strides of 1, over those that `depthwise` gives, likewise.
    package init(expansion: WeightedWindow, depthwise: WeightedWindow, projection: WeightedWindow) {
        let (first, second, third) = (expansion.window, depthwise.window, projection.window)
        precondition(
            first.output == second.input && second.output == third.input && third.taps == 1
                && third.input.height == third.output.height && third.input.width == third.output.width,
            "windows that do not follow each other")
        self.expansion = expansion
        self.depthwise = WeightedWindow(
            second.inRing(of: second.rows.count), weights: depthwise.weights, bias: depthwise.bias,
            activation: depthwise.activation)
        self.projection = projection
    }

    /// Output rows of a task. Each task makes the first rows that it needs anew, so that there are few: two, or more of at least 24 rows.
    fileprivate var rowsOfTask: Int {
        let height = projection.window.output.height, tasks = 2 * max(1, height / 48)
        return max(1, (height + tasks - 1) / tasks)
    }

    /// Floats of the rows between expansion and depthwise convolution, and of the one behind that, in whole lines of the cache.
    fileprivate var ringFloats: Int {
        ((depthwise.window.ring ?? 1) * depthwise.window.input.rowStride + 15) / 16 * 16
    }
    fileprivate var rowFloats: Int { (depthwise.window.output.rowStride + 15) / 16 * 16 }
}

extension KernelSet {
    /// Bytes of scratch that a worker needs for it.
    package func scratchBytes(_ residual: InvertedResidual) -> Int {
        max(scratchBytes(residual.expansion.window), scratchBytes(residual.projection.window))
            + 4 * (residual.ringFloats + residual.rowFloats)
    }

    /// output = projection(depthwise(expansion(input))) + residual; a task is some rows of an image.
    ///
    /// - Parameter residual: laid out as the output.
    package func invertedResidual(_ block: InvertedResidual, _ input: Region, residual: Region?, to output: Region)
        -> Job
    {
        let (expansion, depthwise, projection) = (block.expansion, block.depthwise, block.projection)
        precondition(input.floatCount >= expansion.window.input.extent, "an image of \(input.floatCount) floats")
        precondition(output.floatCount >= projection.window.output.extent, "an output of \(output.floatCount) floats")
        let images = projection.window.output.images, height = projection.window.output.height
        let rowsOfTask = block.rowsOfTask, tasks = (height + rowsOfTask - 1) / rowsOfTask
        let between = depthwise.window.input, behind = depthwise.window.output
        let ringRows = depthwise.window.ring ?? 1, needed = depthwise.window.rows
        let expanded = unsafe Int(table.pointee.panel_count(expansion.window.output.channels))
        let projected = unsafe Int(table.pointee.panel_count(projection.window.output.channels))
        return Job("inverted_residual_\(instructionSet)", count: images * tasks) { [self] workspace, task, worker in
            let image = task / max(tasks, 1)
            let ring = unsafe workspace.scratch(of: worker)
            let row = unsafe ring + block.ringFloats
            let scratch = unsafe row + block.rowFloats
            let from = unsafe workspace.pointer(input) + expansion.window.input.offset
            let to = unsafe workspace.pointer(output) + projection.window.output.offset
            var first = unsafe epilogue(expansion.bias, nil, expansion.activation, in: workspace, expansion.window)
            var second = unsafe epilogue(depthwise.bias, nil, depthwise.activation, in: workspace, depthwise.window)
            var third = unsafe epilogue(
                projection.bias, residual, projection.activation, in: workspace, projection.window)
            var made = 0
            for y in task % tasks * rowsOfTask..<min(height, (task % tasks + 1) * rowsOfTask) {
                let start = y * depthwise.window.strideY + needed.lowerBound
                for y in max(made, start, 0)..<max(made, start, 0, min(start + needed.count, between.height)) {
                    // The row's place in the ring, for a kernel that counts from the first image's first row.
                    let number = image * between.height + y
                    unsafe table.pointee.window_product(
                        expansion.window.raw, from, workspace.pointer(expansion.weights),
                        ring + (y % ringRows - number) * between.rowStride, &first, number * between.width,
                        (number + 1) * between.width, 0, expanded, scratch)
                    made = y + 1
                }
                let number = image * height + y
                unsafe table.pointee.depthwise(
                    depthwise.window.raw, ring - image * between.imageStride, workspace.pointer(depthwise.weights),
                    row - number * behind.rowStride, &second, number * behind.width, (number + 1) * behind.width)
                unsafe table.pointee.window_product(
                    projection.window.raw, row - number * behind.rowStride, workspace.pointer(projection.weights), to,
                    &third, number * behind.width, (number + 1) * behind.width, 0, projected, scratch)
            }
        }
    }
}
