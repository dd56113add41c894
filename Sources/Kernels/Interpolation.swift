internal import CKernels

extension KernelSet {
    /// y [outer][places.count][inner]: for each place x [outer][size][inner] at `lower`, and so much of the way to its neighbour behind.
    package func interpolate(
        _ x: Region, outer: Int, size: Int, inner: Int, places: [(lower: Int, weight: Float)], to y: Region
    ) -> Job {
        precondition(places.allSatisfy { $0.lower >= 0 && $0.lower < size && ($0.weight == 0 || $0.lower + 1 < size) })
        let lower = places.map { Int32($0.lower) }, weights = places.map(\.weight)
        return cut("interpolate_\(instructionSet)", outer * places.count, cost: inner) {
            [self] workspace, first, last, _ in
            unsafe table.pointee.interpolate_f32(
                size, inner, lower.count, lower, weights, workspace.pointer(x), workspace.pointer(y), first, last)
        }
    }
}
