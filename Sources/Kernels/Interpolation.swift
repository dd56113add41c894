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

    /// y [outer][places.count][inner]: for each place the weighted sum of x [outer][size][inner] at its terms; `fill` where it has none.
    package func resample(
        _ x: Region, outer: Int, size: Int, inner: Int, places: [[(index: Int, weight: Float)]], fill: Float,
        to y: Region
    ) -> Job {
        precondition(places.allSatisfy { $0.allSatisfy { (0..<size).contains($0.index) } })
        let indices = places.flatMap { $0.map(\.index) }, weights = places.flatMap { $0.map(\.weight) }
        let count = places.count, ends = places.reduce(into: [0]) { $0.append(($0.last ?? 0) + $1.count) }
        return cut("resample", outer * count, cost: inner * (indices.count / max(count, 1) + 1)) {
            workspace, first, last, _ in
            let x = unsafe workspace.pointer(x), y = unsafe workspace.pointer(y)
            let ends = ends.span, indices = indices.span, weights = weights.span
            for row in first..<last {
                let place = row % count
                let from = unsafe x + row / count * size * inner, to = unsafe y + row * inner
                let terms = ends[place]..<ends[place + 1]
                for offset in 0..<inner {
                    var sum: Float = terms.isEmpty ? fill : 0
                    for term in terms { unsafe sum += weights[term] * from[indices[term] * inner + offset] }
                    unsafe to[offset] = sum
                }
            }
        }
    }
}
