internal import CKernels

/// What the factors of a training's matrix products are rounded to; their sums are float32.
public enum ProductPrecision: String, CaseIterable, Codable, Sendable, CustomStringConvertible {
    /// As they are.
    case f32
    /// Eight bits of each factor, to nearest: products take about half the time.
    case bf16

    public var description: String { rawValue }
}

/// Products of pairs: two neighbours of a sum's index, rounded to bf16, lie in the place of one float, the first in its lower half. So a
/// window over pairs has half the channels, and panels of pairs are packed from a matrix of pairs as floats are.
extension KernelSet {
    /// Whether products may round their factors, and the processor multiplies pairs.
    package var multipliesPairs: Bool { unsafe precision == .bf16 && table.pointee.window_product_bf16 != nil }

    /// The pairs of neighbours in memory: x as bf16.
    package func pairs(_ x: Region, to y: Region) -> Job {
        let count = x.floatCount
        precondition(count % 2 == 0 && y.byteCount >= 2 * count, "\(count) floats as pairs in \(y.byteCount) bytes")
        return cut("pairs_\(instructionSet)", count) { [self] workspace, first, last, _ in
            unsafe table.pointee.convert_f32_to_bf16(
                last - first, workspace.pointer(x) + first, workspace.pointer(y, as: UInt16.self) + first)
        }
    }

    /// The pairs of neighbouring rows: y [rows/2][columns] of x [rows][columns], whose rows are `rowStride` floats apart.
    package func pairsOfRows(_ x: Region, rowStride: Int, rows: Int, columns: Int, to y: Region) -> Job {
        precondition(
            rows % 2 == 0 && y.floatCount >= rows / 2 * columns
                && (rows == 0 || x.floatCount >= (rows - 1) * rowStride + columns),
            "pairs of \(rows) rows of \(columns) in \(y.floatCount) floats")
        return cut("pairs_of_rows_\(instructionSet)", rows / 2, cost: columns) { [self] workspace, first, last, _ in
            for pair in first..<last {
                let even = unsafe workspace.pointer(x) + 2 * pair * rowStride
                unsafe table.pointee.pair_bf16(
                    columns, even, even + rowStride, workspace.pointer(y, as: UInt32.self) + pair * columns)
            }
        }
    }
}
