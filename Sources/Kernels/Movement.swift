/// Kernels that move elements of any type and compute nothing.
extension KernelSet {
    /// y [outer][indices.count][inner] = x [outer][size][inner] at the indices; where an index is negative, `fill`, one element.
    ///
    /// - Parameters:
    ///   - indices: each below `size`.
    ///   - innerBytes: of inner elements side by side.
    ///   - elementBytes: 1, 2, 4 or 8, a divisor of `innerBytes`.
    package func take(
        _ x: Region, outer: Int, size: Int, innerBytes: Int, indices: [Int], elementBytes: Int, fill: Region? = nil,
        to y: Region
    ) -> Job {
        precondition(indices.allSatisfy { $0 < size }, "an index beyond \(size) elements")
        // From each place on, how many lie side by side in x, or are all filled.
        var runs = [Int](repeating: 1, count: indices.count)
        for place in indices.indices.dropLast().reversed() {
            let (index, next) = (indices[place], indices[place + 1])
            if index < 0 ? next < 0 : next == index + 1 { runs[place] = runs[place + 1] + 1 }
        }
        return cut("take", outer * indices.count, cost: innerBytes / 4 + 1) { [runs] workspace, first, last, _ in
            let from = unsafe UnsafeRawPointer(workspace.pointer(x, as: UInt8.self))
            let to = unsafe UnsafeMutableRawPointer(workspace.pointer(y, as: UInt8.self))
            let value = unsafe fill.map { unsafe UnsafeRawPointer(workspace.pointer($0, as: UInt8.self)) }
            var row = first / max(indices.count, 1), place = first % max(indices.count, 1)
            var block = first
            while block < last {
                let target = unsafe to + block * innerBytes
                let index = indices[place], count = min(runs[place], last - block), byteCount = count * innerBytes
                if index >= 0 {
                    unsafe target.copyMemory(from: from + (row * size + index) * innerBytes, byteCount: byteCount)
                } else if let value = unsafe value {
                    for offset in stride(from: 0, to: byteCount, by: elementBytes) {
                        unsafe (target + offset).copyMemory(from: value, byteCount: elementBytes)
                    }
                } else {
                    unsafe target.initializeMemory(as: UInt8.self, repeating: 0, count: byteCount)
                }
                block += count
                place += count
                if place == indices.count {
                    place = 0
                    row += 1
                }
            }
        }
    }

    /// Rows of x, one after the other, into rows of y that lie farther apart.
    ///
    /// - Parameters:
    ///   - rowBytes: of a row of x.
    ///   - stride: bytes from one row to the next in y.
    ///   - offset: bytes from a row's start in y to where x's begins.
    package func place(_ x: Region, rows: Int, rowBytes: Int, stride: Int, offset: Int, to y: Region) -> Job {
        precondition(rows * rowBytes <= x.byteCount && offset + rowBytes <= stride && rows * stride <= y.byteCount)
        return cut("place", rows, cost: rowBytes / 4 + 1) { workspace, first, last, _ in
            let from = unsafe UnsafeRawPointer(workspace.pointer(x, as: UInt8.self))
            let to = unsafe UnsafeMutableRawPointer(workspace.pointer(y, as: UInt8.self)) + offset
            for row in first..<last {
                unsafe (to + row * stride).copyMemory(from: from + row * rowBytes, byteCount: rowBytes)
            }
        }
    }

    /// Rows of x that lie apart, one after the other into y: what `place` undoes.
    package func collect(_ x: Region, rows: Int, rowBytes: Int, stride: Int, offset: Int, to y: Region) -> Job {
        precondition(rows * rowBytes <= y.byteCount && offset + rowBytes <= stride && rows * stride <= x.byteCount)
        return cut("collect", rows, cost: rowBytes / 4 + 1) { workspace, first, last, _ in
            let from = unsafe UnsafeRawPointer(workspace.pointer(x, as: UInt8.self)) + offset
            let to = unsafe UnsafeMutableRawPointer(workspace.pointer(y, as: UInt8.self))
            for row in first..<last {
                unsafe (to + row * rowBytes).copyMemory(from: from + row * stride, byteCount: rowBytes)
            }
        }
    }

    /// y = images of rows of bytes with zeros around them.
    ///
    /// - Parameters:
    ///   - above: rows of zeros over each image; `below` those under it.
    ///   - left: bytes of zeros before each row; `right` those behind it.
    package func border(
        _ x: Region, images: Int, height: Int, rowBytes: Int, above: Int, below: Int, left: Int, right: Int,
        to y: Region
    ) -> Job {
        let rows = above + height + below, stride = left + rowBytes + right
        precondition(images * height * rowBytes <= x.byteCount && images * rows * stride <= y.byteCount)
        return cut("border", images * rows, cost: stride / 4 + 1) { workspace, first, last, _ in
            let from = unsafe UnsafeRawPointer(workspace.pointer(x, as: UInt8.self))
            let to = unsafe UnsafeMutableRawPointer(workspace.pointer(y, as: UInt8.self))
            for row in first..<last {
                let place = row % rows - above, target = unsafe to + row * stride
                guard (0..<height).contains(place) else {
                    unsafe target.initializeMemory(as: UInt8.self, repeating: 0, count: stride)
                    continue
                }
                unsafe target.initializeMemory(as: UInt8.self, repeating: 0, count: left)
                unsafe (target + left).copyMemory(
                    from: from + (row / rows * height + place) * rowBytes, byteCount: rowBytes)
                unsafe (target + left + rowBytes).initializeMemory(as: UInt8.self, repeating: 0, count: right)
            }
        }
    }

    /// Each of a window's images as the weights of the four pixels of cells: y[image][2i + j][cy][cx] = x[image][2cy + i][2cx + j], zero outside
    /// of x.
    package func cellWeights(_ x: Region, images: Int, height: Int, width: Int, to y: Region) -> Job {
        let rows = (height + 1) / 2, columns = (width + 1) / 2, size = rows * columns
        precondition(x.floatCount >= images * height * width && y.floatCount >= images * 4 * size)
        return cut("cell_weights", images, cost: 4 * size) { workspace, first, last, _ in
            let from = unsafe workspace.pointer(x), to = unsafe workspace.pointer(y)
            for image in first..<last {
                for place in 0..<4 * size {
                    let row = place % size / columns * 2 + place / size / 2,
                        column = place % columns * 2 + place / size % 2
                    unsafe to[image * 4 * size + place] =
                        row < height && column < width ? from[(image * height + row) * width + column] : 0
                }
            }
        }
    }

    /// Cells of 2×2 pixels as pixels: output[image][cy][cx][4c + 2i + j] = x[image][c][2cy + i − above][2cx + j − left], zero outside of x.
    package func pixelUnshuffle(
        _ x: Region, images: Int, channels: Int, height: Int, width: Int, above: Int, left: Int,
        cells: (rows: Int, columns: Int), to y: Region
    ) -> Job {
        let pixel = 4 * channels, stride = cells.columns * pixel
        precondition(
            x.floatCount >= images * channels * height * width && y.floatCount >= images * cells.rows * stride)
        // Cells of which both columns are inside.
        let first = min((left + 1) / 2, cells.columns), last = max(first, min(cells.columns, (left + width) / 2))
        return cut("pixel_unshuffle", images * cells.rows, cost: stride, grain: 32_768) { workspace, start, end, _ in
            for row in start..<end {
                let image = row / cells.rows, target = unsafe workspace.pointer(y) + row * stride
                for line in 0..<2 * channels {
                    let place = row % cells.rows * 2 + line % 2 - above, to = unsafe target + 2 * line
                    let isInside = (0..<height).contains(place)
                    let from =
                        unsafe workspace.pointer(x)
                        + ((image * channels + line / 2) * height + (isInside ? place : 0)) * width - left
                    func copyEach(_ columns: Range<Int>) {
                        for column in columns {
                            for j in 0...1 {
                                let isThere = isInside && (left..<left + width).contains(2 * column + j)
                                unsafe to[column * pixel + j] = isThere ? from[2 * column + j] : 0
                            }
                        }
                    }
                    guard isInside else {
                        copyEach(0..<cells.columns)
                        continue
                    }
                    copyEach(0..<first)
                    copyEach(last..<cells.columns)
                    var pair = unsafe UnsafeRawPointer(from + 2 * first)
                    var cell = unsafe UnsafeMutableRawPointer(to + first * pixel)
                    for _ in first..<last {
                        unsafe cell.storeBytes(of: pair.loadUnaligned(as: UInt64.self), as: UInt64.self)
                        unsafe pair += 8
                        unsafe cell += 4 * pixel
                    }
                }
            }
        }
    }

    /// y = the bytes of an array; for what is known when the plan is made.
    package func write<Element: BitwiseCopyable & Sendable>(_ values: [Element], to y: Region) -> Job {
        precondition(values.count * MemoryLayout<Element>.stride == y.byteCount)
        // Bytes, since a loop over elements of a type that is not known here would allocate.
        let bytes = unsafe values.withUnsafeBytes { unsafe Array($0) }
        return Job("write") { workspace, _, _ in
            let to = unsafe UnsafeMutableRawPointer(workspace.pointer(y, as: UInt8.self))
            unsafe bytes.withUnsafeBytes { bytes in
                if let from = bytes.baseAddress { unsafe to.copyMemory(from: from, byteCount: bytes.count) }
            }
        }
    }

    /// y = one element of x, of `elementBytes`, everywhere.
    package func spread(_ x: Region, elementBytes: Int, to y: Region) -> Job {
        permute(x, sizes: [y.byteCount / elementBytes], strides: [0], elementBytes: elementBytes, to: y)
    }
}
