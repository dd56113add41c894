internal import CKernels

/// The geometry of a pooling, in pixels; arrays are [images][height][width][channels].
package struct PoolingShape: Hashable, Sendable {
    package var images, channels: Int
    package var input: (height: Int, width: Int) { (sizes[0], sizes[1]) }
    package var output: (height: Int, width: Int) { (sizes[2], sizes[3]) }
    private var sizes: [Int]
    private let countIncludesPad: Bool

    /// Each pair is (vertical, horizontal).
    package init(
        images: Int, channels: Int, input: (Int, Int), output: (Int, Int), kernel: (Int, Int), strides: (Int, Int),
        dilations: (Int, Int), padsBegin: (Int, Int), padsEnd: (Int, Int), countIncludesPad: Bool = false
    ) {
        self.images = images
        self.channels = channels
        sizes = [
            input.0, input.1, output.0, output.1, kernel.0, kernel.1, strides.0, strides.1, dilations.0, dilations.1,
            padsBegin.0, padsBegin.1, padsEnd.0, padsEnd.1,
        ]
        self.countIncludesPad = countIncludesPad
    }

    var outputRows: Int { images * sizes[2] }
    var inputRows: Int { images * sizes[0] }
    var costOfOutputRow: Int { sizes[3] * channels * sizes[4] * sizes[5] }
    var costOfInputRow: Int { max(1, outputRows * costOfOutputRow / max(inputRows, 1)) }

    var raw: engram_pooling {
        engram_pooling(
            channels: channels, height: sizes[0], width: sizes[1], output_height: sizes[2], output_width: sizes[3],
            kernel_height: sizes[4], kernel_width: sizes[5], stride_height: sizes[6], stride_width: sizes[7],
            dilation_height: sizes[8], dilation_width: sizes[9], pad_top: sizes[10], pad_left: sizes[11],
            pad_bottom: sizes[12], pad_right: sizes[13], count_include_pad: countIncludesPad)
    }
}

extension KernelSet {
    /// The greatest of each window; `argmax` (i32, shaped as y) gets its place.
    package func maxPool(_ shape: PoolingShape, _ x: Region, to y: Region, argmax: Region?) -> Job {
        let raw = shape.raw
        return cut("max_pool_\(instructionSet)", shape.outputRows, cost: shape.costOfOutputRow) {
            [self] workspace, first, last, _ in
            var raw = raw
            unsafe table.pointee.max_pool_f32(
                &raw, workspace.pointer(x), workspace.pointer(y),
                argmax.map { unsafe workspace.pointer($0, as: Int32.self) }, first, last)
        }
    }

    /// The greatest's indices (i64) [images][channels][pixels] in all of x, from their places in their images (i32) [images][pixels][channels].
    ///
    /// - Parameter isColumnMajor: whether x counts as `[N, C, W, H]`, and else as `[N, C, H, W]`.
    package func poolingIndices(_ shape: PoolingShape, places: Region, isColumnMajor: Bool, to indices: Region) -> Job {
        let (height, width) = shape.input, channels = shape.channels, pixels = shape.output.height * shape.output.width
        return cut("pooling_indices", shape.images * channels, cost: pixels) { workspace, first, last, _ in
            let places = unsafe workspace.pointer(places, as: Int32.self)
            let indices = unsafe workspace.pointer(indices, as: Int64.self)
            for plane in first..<last {
                let image = plane / channels, channel = plane % channels
                for pixel in 0..<pixels {
                    let place = unsafe Int(places[(image * pixels + pixel) * channels + channel])
                    let inPlane = isColumnMajor ? place % max(width, 1) * height + place / max(width, 1) : place
                    unsafe indices[plane * pixels + pixel] = Int64(plane * height * width + inPlane)
                }
            }
        }
    }

    /// dx from dy and the places of the greatest.
    package func maxPoolBackward(_ shape: PoolingShape, argmax: Region, dy: Region, to dx: Region) -> Job {
        let raw = shape.raw
        return cut("max_pool_backward_\(instructionSet)", shape.inputRows, cost: shape.costOfInputRow) {
            [self] workspace, first, last, _ in
            var raw = raw
            unsafe table.pointee.max_pool_backward_f32(
                &raw, workspace.pointer(argmax, as: Int32.self), workspace.pointer(dy), workspace.pointer(dx), first,
                last)
        }
    }

    /// The mean of each window.
    package func averagePool(_ shape: PoolingShape, _ x: Region, to y: Region) -> Job {
        let raw = shape.raw
        return cut("average_pool_\(instructionSet)", shape.outputRows, cost: shape.costOfOutputRow) {
            [self] workspace, first, last, _ in
            var raw = raw
            unsafe table.pointee.average_pool_f32(&raw, workspace.pointer(x), workspace.pointer(y), first, last)
        }
    }

    /// dx from dy.
    package func averagePoolBackward(_ shape: PoolingShape, dy: Region, to dx: Region) -> Job {
        let raw = shape.raw
        return cut("average_pool_backward_\(instructionSet)", shape.inputRows, cost: shape.costOfInputRow) {
            [self] workspace, first, last, _ in
            var raw = raw
            unsafe table.pointee.average_pool_backward_f32(
                &raw, workspace.pointer(dy), workspace.pointer(dx), first, last)
        }
    }

    /// x [images][pixels][channels] → y [images][channels].
    package func globalAveragePool(_ x: Region, images: Int, pixels: Int, channels: Int, to y: Region) -> Job {
        cut("global_average_pool_\(instructionSet)", images, cost: pixels * channels) {
            [self] workspace, first, last, _ in
            unsafe table.pointee.global_average_pool_f32(
                last - first, pixels, channels, workspace.pointer(x) + first * pixels * channels,
                workspace.pointer(y) + first * channels)
        }
    }

    /// dx = dy / pixels.
    package func globalAveragePoolBackward(dy: Region, images: Int, pixels: Int, channels: Int, to dx: Region) -> Job {
        cut("global_average_pool_backward_\(instructionSet)", images, cost: pixels * channels) {
            [self] workspace, first, last, _ in
            unsafe table.pointee.global_average_pool_backward_f32(
                last - first, pixels, channels, workspace.pointer(dy) + first * channels,
                workspace.pointer(dx) + first * pixels * channels)
        }
    }
}
