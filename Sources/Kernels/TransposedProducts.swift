internal import COpenBLAS

/// Large products of a transposed matrix, which OpenBLAS does: gradients of large weights.
extension KernelSet {
    /// Rows and columns of the output that a task makes.
    private static let block = 512

    /// OpenBLAS's product on one thread: the tasks are ours. nil where the library is missing.
    private static let sgemm = unsafe engram_load_sgemm()

    /// Whether `transposedProduct` takes less processor time than `weightGradient`, whose partial sums of a large output cost much.
    ///
    /// It has fewer tasks there: two for 512 by 1,024.
    package static func prefersTransposedProduct(depth: Int, rows: Int, columns: Int) -> Bool {
        unsafe depth >= 512 && min(rows, columns) >= 256 && rows * columns >= 1 << 19 && sgemm != nil
    }

    /// output [rows][columns] = leftᵀ·right, of left [depth][rows], `leftStride` floats apart, and right [depth][columns].
    ///
    /// OpenBLAS chooses its own instructions, whatever this set's are.
    package func transposedProduct(
        _ left: Region, leftStride: Int, _ right: Region, depth: Int, rows: Int, columns: Int, to output: Region
    ) -> Job {
        precondition(
            left.floatCount >= (depth - 1) * leftStride + rows && right.floatCount >= depth * columns
                && output.floatCount >= rows * columns && max(depth, leftStride, columns) <= Int(Int32.max),
            "\(depth)×\(rows) and \(depth)×\(columns) to \(rows)×\(columns)")
        guard let sgemm = unsafe Self.sgemm else { preconditionFailure("a product for OpenBLAS, which is missing") }
        let across = (columns + Self.block - 1) / Self.block
        let down = (rows + Self.block - 1) / Self.block
        return Job("transposed_product_openblas", count: down * across) { workspace, task, _ in
            let row = task / across * Self.block, column = task % across * Self.block
            unsafe sgemm(
                CblasRowMajor, CblasTrans, CblasNoTrans, Int32(min(Self.block, rows - row)),
                Int32(min(Self.block, columns - column)), Int32(depth), 1, workspace.pointer(left) + row,
                Int32(leftStride),
                workspace.pointer(right) + column, Int32(columns), 0,
                workspace.pointer(output) + row * columns + column, Int32(columns))
        }
    }
}
