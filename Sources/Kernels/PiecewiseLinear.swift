internal import CKernels

extension KernelSet {
    /// y [rows][units] = bias + the sum of a function of each of x's features, linear between knots; level before the first and behind the last.
    ///
    /// - Parameters:
    ///   - ends: i32, of each feature where its knots end.
    ///   - knots: in rising order, feature by feature.
    ///   - scales: of each knot 1 over the way to the next one.
    ///   - values: of each knot `units` values, and `units` differences up to the next one.
    ///   - isRectified: whether a ReLU follows.
    package func piecewiseLinear(
        _ x: Region, features: Int, units: Int, ends: Region, knots: Region, scales: Region, values: Region,
        bias: Region,
        isRectified: Bool, to y: Region
    ) -> Job {
        let rows = y.floatCount / max(units, 1)
        precondition(x.floatCount == rows * features && ends.byteCount == features * 4)
        precondition(scales.floatCount == knots.floatCount && values.floatCount == knots.floatCount * 2 * units)
        return cut("piecewise_linear_\(instructionSet)", rows, cost: features * (units + 16)) {
            [self] workspace, first, last, _ in
            unsafe table.pointee.piecewise_linear_f32(
                last - first, features, units, workspace.pointer(ends, as: Int32.self), workspace.pointer(knots),
                workspace.pointer(scales), workspace.pointer(values), workspace.pointer(bias), isRectified ? 1 : 0,
                workspace.pointer(x) + first * features, workspace.pointer(y) + first * units)
        }
    }
}
