internal import CKernels

/// Where a window slides over pixels: the geometry of a convolution, of its gradients, and of a matrix product.
///
/// For the output pixel (n, y, x) and tap t it meets the input pixel (n, y·strideY + tapY[t], x·strideX + tapX[t]); outside of the input
/// it meets zeros. Memory is channels last; strides of memory are in floats.
@safe package final class Window: @unchecked Sendable {  // never changes
    /// Pixels of a batch of images.
    package struct Pixels: Hashable, Sendable {
        package var images, height, width, channels: Int
        /// Floats between images, rows, and pixels.
        package var imageStride, rowStride, pixelStride: Int
        /// Floats from the start of the memory.
        package var offset = 0

        /// Pixels without gaps.
        package init(images: Int, height: Int, width: Int, channels: Int) {
            self.images = images
            self.height = height
            self.width = width
            self.channels = channels
            pixelStride = channels
            rowStride = width * channels
            imageStride = height * width * channels
        }

        /// Some of the channels.
        package func channels(from first: Int, count: Int) -> Pixels {
            precondition(
                first >= 0 && count >= 0 && first + count <= channels,
                "channels \(first)..<\(first + count) of \(channels)")
            var part = self
            part.offset += first
            part.channels = count
            return part
        }

        /// Every `stepY`th row and `stepX`th column, from the given ones.
        package func every(_ stepY: Int, _ stepX: Int, fromRow row: Int, column: Int) -> Pixels {
            var part = self
            part.offset += row * rowStride + column * pixelStride
            part.height = max(0, (height - row + stepY - 1) / stepY)
            part.width = max(0, (width - column + stepX - 1) / stepX)
            part.rowStride *= stepY
            part.pixelStride *= stepX
            return part
        }

        /// The number of pixels.
        package var count: Int { images * height * width }

        /// Floats from the start of the memory to the end of the last pixel.
        var extent: Int {
            count == 0 || channels == 0
                ? 0
                : offset + (images - 1) * imageStride + (height - 1) * rowStride + (width - 1) * pixelStride + channels
        }
    }

    /// Outputs side by side that have weights of their own, as the gates of a recurrent step: of `product` alone.
    package struct Groups: Hashable, Sendable {
        package var count = 1
        /// Floats, or as many bytes, between the packed weights of groups, and floats between their outputs.
        package var panelStride = 0, outputStride = 0

        package init() {}
        package init(count: Int, panelStride: Int, outputStride: Int) {
            self.count = count
            self.panelStride = panelStride
            self.outputStride = outputStride
        }
    }

    package let input: Pixels
    package let output: Pixels
    package let groups: Groups
    package let taps: Int
    /// Whether input and weights are pairs of bf16 in the place of floats: of `product` alone, where `KernelSet.multipliesPairs`.
    package let isOfPairs: Bool
    /// Rows of an input image that there is memory for, which take it in turn: of `depthwise` alone; nil where each has its own.
    package let ring: Int?
    /// What the weights of a matrix's product are kept as; nil for floats.
    package let narrow: NarrowForm?
    /// Three or four, where the taps are so many rows of as many neighbours, and the strides are 1.
    let side: Int?
    /// Input rows that an output row looks at, from the output row's place on; some may have no tap.
    let rows: Range<Int>
    let strideY, strideX: Int
    let raw: UnsafeMutablePointer<engram_window>
    private let tapMemory: UnsafeMutablePointer<Int>

    /// - Parameter taps: for each tap its row and column, relative to the output pixel's place.
    package init(
        input: Pixels, output: Pixels, groups: Groups = Groups(), strideY: Int = 1, strideX: Int = 1,
        taps: [(y: Int, x: Int)] = [(0, 0)], ring: Int? = nil, isOfPairs: Bool = false, narrow: NarrowForm? = nil
    ) {
        precondition(ring.map { $0 > 0 } ?? true, "memory for \(ring ?? 0) rows")
        precondition(narrow == nil || taps.count == 1 && input.images * input.height == 1 && strideX == 1)
        precondition(input.images == output.images, "\(input.images) images in, \(output.images) out")
        self.input = input
        self.output = output
        self.groups = groups
        self.ring = ring
        self.isOfPairs = isOfPairs
        self.narrow = narrow
        self.taps = taps.count
        self.strideY = strideY
        self.strideX = strideX
        rows = (taps.map(\.y).min() ?? 0)..<(taps.map(\.y).max() ?? -1) + 1
        side = [3, 4].first { side in
            strideY == 1 && strideX == 1 && taps.count == side * side
                && taps.enumerated().allSatisfy { $1 == (taps[0].y + $0 / side, taps[0].x + $0 % side) }
        }
        unsafe tapMemory = .allocate(capacity: 2 * max(taps.count, 1))
        for (index, tap) in taps.enumerated() {
            unsafe tapMemory[index] = tap.y
            unsafe tapMemory[taps.count + index] = tap.x
        }
        unsafe raw = .allocate(capacity: 1)
        unsafe raw.initialize(
            to: engram_window(
                images: input.images, input_height: input.height, input_width: input.width, channels: input.channels,
                input_image_stride: input.imageStride, input_row_stride: input.rowStride,
                input_pixel_stride: input.pixelStride, output_height: output.height, output_width: output.width,
                columns: output.channels, output_image_stride: output.imageStride, output_row_stride: output.rowStride,
                output_pixel_stride: output.pixelStride, groups: groups.count,
                panel_group_stride: groups.panelStride, output_group_stride: groups.outputStride, input_ring: ring ?? 0,
                stride_y: strideY, stride_x: strideX, taps: taps.count,
                tap_y: UnsafePointer(tapMemory), tap_x: UnsafePointer(tapMemory + taps.count)))
    }

    deinit {
        unsafe raw.deallocate()
        unsafe tapMemory.deallocate()
    }

    /// The same window where a ring of so many rows is all the memory of an input image.
    func inRing(of rows: Int) -> Window {
        let taps = (0..<self.taps).map { unsafe (tapMemory[$0], tapMemory[self.taps + $0]) }
        return Window(input: input, output: output, strideY: strideY, strideX: strideX, taps: taps, ring: rows)
    }

    /// Multiply-adds of the whole.
    package var multiplyAdds: Int { .clampedProduct(output.count, groups.count, output.channels, taps, input.channels) }
}

/// Where the weights of a product lie: the element (tap t, channel c, column n) at tapOffsets[t] + c·channelStride + n·columnStride floats.
@safe package final class WeightLayout: @unchecked Sendable {  // never changes
    package let taps, channels, columns: Int
    /// Floats from a column's weights to the next one's.
    package let columnStride: Int
    /// Floats from the start of the region to the first weight.
    package let offset: Int
    let raw: UnsafeMutablePointer<engram_weights>
    private let tapMemory: UnsafeMutablePointer<Int>

    package init(tapOffsets: [Int], channels: Int, channelStride: Int, columns: Int, columnStride: Int, offset: Int = 0)
    {
        self.taps = tapOffsets.count
        self.channels = channels
        self.columns = columns
        self.columnStride = columnStride
        self.offset = offset
        unsafe tapMemory = .allocate(capacity: max(taps, 1))
        for (index, offset) in tapOffsets.enumerated() { unsafe tapMemory[index] = offset }
        unsafe raw = .allocate(capacity: 1)
        unsafe raw.initialize(
            to: engram_weights(
                taps: taps, channels: channels, columns: columns, tap_offset: UnsafePointer(tapMemory),
                channel_stride: channelStride, column_stride: columnStride))
    }

    deinit {
        unsafe raw.deallocate()
        unsafe tapMemory.deallocate()
    }

    /// The length of a sum: taps times channels.
    package var depth: Int { taps * channels }
}
