internal import CKernels

/// Binary arithmetic.
package enum Arithmetic: String, Hashable, Sendable, CaseIterable {
    case add, subtract, multiply, divide
}

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
}

extension KernelSet {
    /// y = a op b on regions of the same number of floats; y may be a or b.
    package func arithmetic(_ operation: Arithmetic, _ a: Region, _ b: Region, to y: Region) -> Job {
        precondition(a.floatCount == y.floatCount && b.floatCount == y.floatCount)
        let function =
            switch operation {
            case .add: unsafe table.pointee.add_f32
            case .subtract: unsafe table.pointee.subtract_f32
            case .multiply: unsafe table.pointee.multiply_f32
            case .divide: unsafe table.pointee.divide_f32
            }
        return cut("\(operation)_\(instructionSet)", y.floatCount) { workspace, first, last, _ in
            unsafe function(
                last - first, workspace.pointer(a) + first, workspace.pointer(b) + first, workspace.pointer(y) + first)
        }
    }

    /// y = a op b where operands repeat along dimensions.
    package func arithmetic(_ operation: Arithmetic, _ a: Region, _ b: Region, _ broadcast: Broadcast, to y: Region)
        -> Job
    {
        let function =
            switch operation {
            case .add: unsafe table.pointee.add_broadcast_f32
            case .subtract: unsafe table.pointee.subtract_broadcast_f32
            case .multiply: unsafe table.pointee.multiply_broadcast_f32
            case .divide: unsafe table.pointee.divide_broadcast_f32
            }
        let broadcast = broadcast
        return cut("\(operation)_broadcast_\(instructionSet)", broadcast.rows, cost: broadcast.columns) {
            workspace, first, last, _ in
            unsafe function(
                broadcast.sizes.count, broadcast.sizes, workspace.pointer(a), broadcast.strides[0],
                workspace.pointer(b),
                broadcast.strides[1], workspace.pointer(y), first, last)
        }
    }

    /// The gradient of broadcasting: x, of the shape `sizes`, summed over the dimensions whose stride in y is 0.
    package func reduceToShape(_ x: Region, sizes: [Int], strides: [Int], to y: Region) -> Job {
        let cost = max(1, x.floatCount / max(y.floatCount, 1))
        return cut("reduce_to_shape_\(instructionSet)", y.floatCount, cost: cost) { [self] workspace, first, last, _ in
            unsafe table.pointee.reduce_to_shape_f32(
                sizes.count, sizes, workspace.pointer(x), strides, workspace.pointer(y), first, last)
        }
    }

    /// y = max(x, 0), NaN stays; y may be x.
    package func relu(_ x: Region, to y: Region) -> Job {
        precondition(x.floatCount == y.floatCount)
        return cut("relu_\(instructionSet)", y.floatCount) { [self] workspace, first, last, _ in
            unsafe table.pointee.relu_f32(last - first, workspace.pointer(x) + first, workspace.pointer(y) + first)
        }
    }

    /// dx = y > 0 ? dy : 0; dx may be dy or y.
    package func reluBackward(y: Region, dy: Region, to dx: Region) -> Job {
        precondition(y.floatCount == dy.floatCount && dx.floatCount == dy.floatCount)
        return cut("relu_backward_\(instructionSet)", dx.floatCount) { [self] workspace, first, last, _ in
            unsafe table.pointee.relu_backward_f32(
                last - first, workspace.pointer(y) + first, workspace.pointer(dy) + first,
                workspace.pointer(dx) + first, false)
        }
    }

    /// y = factor · x; y may be x.
    package func scale(_ x: Region, by factor: Float, to y: Region) -> Job {
        precondition(x.floatCount == y.floatCount)
        return cut("scale_\(instructionSet)", y.floatCount) { [self] workspace, first, last, _ in
            unsafe table.pointee.scale_add_f32(
                last - first, factor, workspace.pointer(x) + first, 0, workspace.pointer(y) + first)
        }
    }

    /// y = value everywhere.
    package func fill(_ value: Float, to y: Region) -> Job {
        cut("fill_\(instructionSet)", y.floatCount) { [self] workspace, first, last, _ in
            unsafe table.pointee.fill_f32(last - first, value, workspace.pointer(y) + first)
        }
    }

    /// y = x, byte by byte.
    package func copy(_ x: Region, to y: Region) -> Job {
        precondition(x.byteCount == y.byteCount)
        return cut("copy", y.byteCount, grain: 131_072) { workspace, first, last, _ in
            unsafe workspace.pointer(y, as: UInt8.self).advanced(by: first).update(
                from: workspace.pointer(x, as: UInt8.self) + first, count: last - first)
        }
    }

    /// Dropout: y = x/(1 − rate) where the counter-based draw is at least `rate`, else 0; y may be x. Forward and backward are the same call.
    ///
    /// - Parameters:
    ///   - position: an i64 pair in memory, the seed and the step: together with `stream` they decide every draw.
    package func dropout(_ x: Region, rate: Float, stream: UInt32, position: Region, to y: Region) -> Job {
        precondition(x.floatCount == y.floatCount && position.byteCount == 16)
        return cut("dropout_\(instructionSet)", y.floatCount) { [self] workspace, first, last, _ in
            let pair = unsafe workspace.pointer(position, as: UInt64.self)
            unsafe table.pointee.dropout_f32(
                pair[0], UInt64(stream) << 40 | pair[1] & 0xFF_FFFF_FFFF, UInt64(first), last - first, rate,
                workspace.pointer(x) + first, workspace.pointer(y) + first)
        }
    }
}
