internal import CKernels

/// Rows that are normalized by their own mean and deviation.
package struct RowNormalization: Hashable, Sendable {
    /// Elements of a row.
    package var columns: Int
    /// Rows after which the channels begin anew: row r, element j is of channel (r mod groups)·(columns/inner) + j/inner.
    package var groups: Int
    /// Elements of a row that share a channel.
    package var inner: Int
    package var epsilon: Float

    package init(columns: Int, groups: Int = 1, inner: Int = 1, epsilon: Float) {
        self.columns = columns
        self.groups = groups
        self.inner = inner
        self.epsilon = epsilon
    }

    fileprivate var shape: engram_row_normalization {
        engram_row_normalization(columns: columns, groups: groups, inner: inner, epsilon: epsilon)
    }
}

extension KernelSet {
    /// y = (x − mean)/√(variance + ε)·scale + shift of each row; y may be x.
    package func normalizeRows(
        _ normalization: RowNormalization, _ x: Region, scale: Region?, shift: Region?, to y: Region
    ) -> Job {
        let columns = normalization.columns, shape = normalization.shape
        return cut("normalize_rows_\(instructionSet)", x.floatCount / max(columns, 1), cost: columns * 4) {
            [self] workspace, first, last, _ in
            unsafe withUnsafePointer(to: shape) { shape in
                unsafe table.pointee.normalize_rows_f32(
                    shape, workspace.pointer(x), scale.map { unsafe workspace.pointer($0) },
                    shift.map { unsafe workspace.pointer($0) }, workspace.pointer(y), first, last)
            }
        }
    }

    /// dx; and products = dy·(x − mean)/√(variance + ε), whose sums are the scale's gradient. dx may be dy.
    package func normalizeRowsBackward(
        _ normalization: RowNormalization, x: Region, scale: Region?, dy: Region, to dx: Region, products: Region
    ) -> Job {
        let columns = normalization.columns, shape = normalization.shape
        return cut("normalize_rows_backward_\(instructionSet)", x.floatCount / max(columns, 1), cost: columns * 8) {
            [self] workspace, first, last, _ in
            unsafe withUnsafePointer(to: shape) { shape in
                unsafe table.pointee.normalize_rows_backward_f32(
                    shape, workspace.pointer(x), scale.map { unsafe workspace.pointer($0) }, workspace.pointer(dy),
                    workspace.pointer(dx), workspace.pointer(products), first, last)
            }
        }
    }
}
