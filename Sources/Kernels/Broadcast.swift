internal import CKernels

/// How an operand is read along the dimensions of a broadcast result: strides in elements, 0 where it repeats.
package struct Broadcast: Hashable, Sendable {
    /// The result's dimensions, at most eight.
    package let sizes: [Int]
    package let strides: [[Int]]

    /// Merges neighbouring dimensions that all operands walk alike, so that the inner loop is long.
    package init(sizes: [Int], strides: [[Int]]) {
        var mergedSizes: [Int] = []
        var merged: [[Int]] = strides.map { _ in [] }
        for axis in sizes.indices where sizes[axis] != 1 {
            let joins =
                !mergedSizes.isEmpty
                && strides.indices.allSatisfy { operand in
                    (merged[operand].last ?? 0) == strides[operand][axis] * sizes[axis]
                }
            if joins {
                mergedSizes[mergedSizes.count - 1] *= sizes[axis]
                for operand in strides.indices { merged[operand][mergedSizes.count - 1] = strides[operand][axis] }
            } else {
                mergedSizes.append(sizes[axis])
                for operand in strides.indices { merged[operand].append(strides[operand][axis]) }
            }
        }
        self.sizes = mergedSizes
        self.strides = merged
    }

    var rows: Int { sizes.dropLast().reduce(1, *) }
    var columns: Int { sizes.last ?? 1 }

    /// What work is cut by: rows, or the elements of the only one.
    var pieces: (count: Int, cost: Int) { sizes.count <= 1 ? (columns, 1) : (rows, columns) }

    /// Calls `body` for each row of the pieces `first ..< last`, or the stretch of the only one: where it begins in the result, its columns,
    /// and where each operand's row begins.
    func forEachRow(
        _ first: Int, _ last: Int,
        _ body: (_ start: Int, _ columns: Range<Int>, _ operands: InlineArray<3, Int>) -> Void
    ) {
        guard sizes.count > 1 else { return body(0, first..<last, InlineArray(repeating: 0)) }
        for row in first..<last {
            var rest = row
            var starts = InlineArray<3, Int>(repeating: 0)
            for axis in stride(from: sizes.count - 2, through: 0, by: -1) {
                let index = rest % sizes[axis]
                rest /= sizes[axis]
                for operand in strides.indices { starts[operand] += index * strides[operand][axis] }
            }
            body(row * columns, 0..<columns, starts)
        }
    }

    /// How far apart an operand's elements lie within a row.
    func step(_ operand: Int) -> Int { strides[operand].last ?? 1 }
}

extension KernelSet {
    /// The gradient of broadcasting: x, of the shape `sizes`, summed over the dimensions whose stride in y is 0.
    package func reduceToShape(_ x: Region, sizes: [Int], strides: [Int], to y: Region) -> Job {
        let cost = max(1, x.floatCount / max(y.floatCount, 1))
        return cut("reduce_to_shape_\(instructionSet)", y.floatCount, cost: cost) { [self] workspace, first, last, _ in
            unsafe table.pointee.reduce_to_shape_f32(
                sizes.count, sizes, workspace.pointer(x), strides, workspace.pointer(y), first, last)
        }
    }
}
