internal import CKernels

extension KernelSet {
    /// y, row major of the shape `sizes`, = x[Σ index·strides]; elements of `elementBytes` (1, 2, 4 or 8).
    package func permute(_ x: Region, sizes: [Int], strides: [Int], elementBytes: Int, to y: Region) -> Job {
        let plan = Broadcast(sizes: sizes, strides: [strides])
        let function =
            switch elementBytes {
            case 1: unsafe table.pointee.permute_b8
            case 2: unsafe table.pointee.permute_b16
            case 8: unsafe table.pointee.permute_b64
            default: unsafe table.pointee.permute_b32
            }
        return cut("permute_\(instructionSet)", plan.rows, cost: plan.columns) { workspace, first, last, _ in
            unsafe function(
                plan.sizes.count, plan.sizes, plan.strides[0], workspace.pointer(x, as: UInt8.self),
                workspace.pointer(y, as: UInt8.self), first, last)
        }
    }

    /// y [batches][columns][rows] = x [batches][rows][columns], of floats.
    package func transpose(_ x: Region, batches: Int, rows: Int, columns: Int, to y: Region) -> Job {
        cut("transpose_\(instructionSet)", batches * columns, cost: rows, multipleOf: 16) {
            [self] workspace, first, last, _ in
            unsafe table.pointee.transpose_b32(
                rows, columns, workspace.pointer(x, as: UInt8.self), workspace.pointer(y, as: UInt8.self), first, last)
        }
    }
}
