internal import Kernels

/// Products whose factors are rounded to bf16 and multiplied in pairs: those of a training, where its precision allows it.
extension Step {
    /// Whether the products with input `index`, over a sum of such depth, are of pairs: only of weights that change from run to run.
    func takesPairs(_ index: Int, depth: Int) -> Bool {
        kernels.multipliesPairs && inputs[index]?.constant == nil && inputs[index]?.narrow == nil && depth % 2 == 0
            && depth >= 32
    }

    /// x as pairs of neighbours in memory.
    mutating func pairs(_ x: Region) -> Region {
        let pairs = temporary(byteCount: x.byteCount / 2)
        append(kernels.pairs(x, to: pairs))
        return pairs
    }

    /// Pairs of neighbouring rows of x `[rows, columns]`, `[rows/2, columns]`.
    mutating func pairsOfRows(_ x: Region, rowStride: Int? = nil, rows: Int, columns: Int) -> Region {
        let pairs = temporary(byteCount: rows * columns * 2)
        append(kernels.pairsOfRows(x, rowStride: rowStride ?? columns, rows: rows, columns: columns, to: pairs))
        return pairs
    }

    /// Panels of pairs of input `index`: matrices `[columns, depth]` one behind the other, or `[depth, columns]` where `isTransposed`.
    mutating func packedPairs(_ index: Int, count: Int, depth: Int, columns: Int, isTransposed: Bool) -> [Region] {
        let matrices =
            isTransposed
            ? pairsOfRows(input(index), rows: count * depth, columns: columns) : pairs(input(index))
        return (0..<count).map { number in
            packPairs(
                matrices.part(offset: number * depth * columns * 2, byteCount: depth * columns * 2), depth: depth,
                columns: columns, isTransposed: isTransposed)
        }
    }

    /// Panels of a matrix of pairs, `[columns, depth/2]`, or `[depth/2, columns]` where `isTransposed`.
    mutating func packPairs(_ matrix: Region, depth: Int, columns: Int, isTransposed: Bool) -> Region {
        let layout = WeightLayout(
            tapOffsets: [0], channels: depth / 2, channelStride: isTransposed ? columns : 1, columns: columns,
            columnStride: isTransposed ? 1 : depth / 2)
        let panels = temporary(byteCount: kernels.packedCount(layout) * 4)
        append(kernels.pack(layout, matrix, into: panels))
        return panels
    }

    /// Whether `leftᵀ·right` of such sizes is a product of pairs.
    func takesTransposedPairs(depth: Int, rows: Int, columns: Int) -> Bool {
        kernels.multipliesPairs && depth % 2 == 0 && depth >= 32 && rows * columns >= 1 << 14
    }

    /// The transpose of x `[depth, rows]` as pairs along `depth`: what stands on the left of a product, `[rows, depth/2]`.
    mutating func transposedPairs(_ x: Region, rowStride: Int, depth: Int, rows: Int) -> Region {
        let turned = temporary(byteCount: depth * rows * 2)
        append(
            kernels.transpose(
                pairsOfRows(x, rowStride: rowStride, rows: depth, columns: rows), batches: 1, rows: depth / 2,
                columns: rows, to: turned))
        return turned
    }

    /// output [rows, columns] = left·right, left as `transposedPairs` gives it, right `[depth, columns]`.
    mutating func appendProductOfPairs(
        _ left: Region, _ right: Region, depth: Int, rows: Int, columns: Int, to output: Region
    ) {
        let panels = packPairs(
            pairsOfRows(right, rows: depth, columns: columns), depth: depth, columns: columns, isTransposed: true)
        let window = matrix(rows: rows, depth: depth, columns: columns, isOfPairs: true)
        append(kernels.product(window, left, panels: panels, to: output))
    }
}
