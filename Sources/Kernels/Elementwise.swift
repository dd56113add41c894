internal import CKernels

extension KernelSet {
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
    ///   - run: so many elements that follow one another have draws of their own, and so many runs in a row have the same.
    package func dropout(
        _ x: Region, rate: Float, stream: UInt32, position: Region, run: (count: Int, repeats: Int), to y: Region
    ) -> Job {
        precondition(x.floatCount == y.floatCount && position.byteCount == 16 && run.count >= 1 && run.repeats >= 1)
        return cut("dropout_\(instructionSet)", y.floatCount) { [self] workspace, first, last, _ in
            let pair = unsafe workspace.pointer(position, as: UInt64.self)
            var place = first
            while place < last {
                let number = place / run.count, offset = place % run.count
                let end = run.repeats == 1 ? last : min(last, place - offset + run.count)
                unsafe table.pointee.dropout_f32(
                    pair[0], UInt64(stream) << 40 | pair[1] & 0xFF_FFFF_FFFF,
                    UInt64(number / run.repeats * run.count + offset), end - place, rate,
                    workspace.pointer(x) + place, workspace.pointer(y) + place)
                place = end
            }
        }
    }
}
