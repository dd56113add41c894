internal import CKernels

/// Which reduction.
package enum Reduction: String, Hashable, Sendable, CaseIterable {
    case sum, mean, max, min, product
}

extension KernelSet {
    /// y [outer][inner] from x [outer][reduced][inner].
    package func reduce(_ reduction: Reduction, _ x: Region, outer: Int, reduced: Int, inner: Int, to y: Region) -> Job
    {
        let function =
            switch reduction {
            case .sum: unsafe table.pointee.sum_f32
            case .mean: unsafe table.pointee.mean_f32
            case .max: unsafe table.pointee.max_f32
            case .min: unsafe table.pointee.min_f32
            case .product: unsafe table.pointee.product_f32
            }
        return cut("\(reduction)_\(instructionSet)", outer * inner, cost: reduced) { workspace, first, last, _ in
            unsafe function(reduced, inner, workspace.pointer(x), workspace.pointer(y), first, last)
        }
    }

    /// y [outer][inner] from x [outer][reduced][inner]. Sums and products of integers wrap around; a mean is cut towards zero, of nothing 0.
    ///
    /// - Parameter type: `f32`, `i32` or `i64`; for the greatest and the least also `bool`.
    package func reduce(
        _ reduction: Reduction, of type: ElementType, _ x: Region, outer: Int, reduced: Int, inner: Int, to y: Region
    ) -> Job {
        switch type {
        case .i32: reduce(reduction, Int32.min...Int32.max, x, outer: outer, reduced: reduced, inner: inner, to: y)
        case .i64: reduce(reduction, Int64.min...Int64.max, x, outer: outer, reduced: reduced, inner: inner, to: y)
        case .bool:
            reduce(reduction, 0...1 as ClosedRange<UInt8>, x, outer: outer, reduced: reduced, inner: inner, to: y)
        case .f32: reduce(reduction, x, outer: outer, reduced: reduced, inner: inner, to: y)
        case .f16, .bf16, .i8, .u8: preconditionFailure("a reduction of elements \(type)")
        }
    }

    /// - Parameter values: what an element can be.
    private func reduce<Integer: FixedWidthInteger & BitwiseCopyable & Sendable>(
        _ reduction: Reduction, _ values: ClosedRange<Integer>, _ x: Region, outer: Int, reduced: Int, inner: Int,
        to y: Region
    ) -> Job {
        cut("\(reduction)", outer * inner, cost: reduced) { workspace, first, last, _ in
            let x = unsafe workspace.pointer(x, as: Integer.self), y = unsafe workspace.pointer(y, as: Integer.self)
            for place in first..<last {
                let start = place / inner * reduced * inner + place % inner
                var result: Integer =
                    switch reduction {
                    case .sum, .mean: 0
                    case .product: 1
                    case .max: values.lowerBound
                    case .min: values.upperBound
                    }
                for index in 0..<reduced {
                    let value = unsafe x[start + index * inner]
                    switch reduction {
                    case .sum, .mean: result &+= value
                    case .product: result &*= value
                    case .max: result = Swift.max(result, value)
                    case .min: result = Swift.min(result, value)
                    }
                }
                if reduction == .mean { result = Integer(clamping: Int(clamping: result) / Swift.max(reduced, 1)) }
                unsafe y[place] = result
            }
        }
    }

    /// y (i64) [outer][inner] = the place of the greatest of x [outer][reduced][inner]: of equals the first or the last; NaN counts as
    /// greatest.
    ///
    /// - Parameter type: `f32`, `i32` or `i64`.
    package func argMax(
        of type: ElementType, _ x: Region, outer: Int, reduced: Int, inner: Int, takesLast: Bool, to y: Region
    ) -> Job {
        switch type {
        case .f32 where inner == 1 && !takesLast:
            cut("argmax_\(instructionSet)", outer, cost: reduced) { [self] workspace, first, last, _ in
                unsafe table.pointee.argmax_f32(
                    last - first, reduced, workspace.pointer(x) + first * reduced,
                    workspace.pointer(y, as: Int64.self) + first)
            }
        case .f32: argMax(Float.self, x, outer: outer, reduced: reduced, inner: inner, takesLast: takesLast, to: y)
        case .i32: argMax(Int32.self, x, outer: outer, reduced: reduced, inner: inner, takesLast: takesLast, to: y)
        case .i64: argMax(Int64.self, x, outer: outer, reduced: reduced, inner: inner, takesLast: takesLast, to: y)
        case .f16, .bf16, .i8, .u8, .bool: preconditionFailure("the greatest of elements \(type)")
        }
    }

    private func argMax<Number: Comparable & BitwiseCopyable & SendableMetatype>(
        _: Number.Type, _ x: Region, outer: Int, reduced: Int, inner: Int, takesLast: Bool, to y: Region
    ) -> Job {
        cut("argmax", outer * inner, cost: reduced * 4) { workspace, first, last, _ in
            let x = unsafe workspace.pointer(x, as: Number.self), y = unsafe workspace.pointer(y, as: Int64.self)
            for place in first..<last {
                let start = place / inner * reduced * inner + place % inner
                var best = 0
                for index in stride(from: 1, to: reduced, by: 1) {
                    let value = unsafe x[start + index * inner], greatest = unsafe x[start + best * inner]
                    // Of NaN no comparison holds, not even with itself.
                    let isGreater = value > greatest || (value != value && greatest == greatest)
                    let isEqual = value == greatest || (value != value && greatest != greatest)
                    if isGreater || (takesLast && isEqual) { best = index }
                }
                unsafe y[place] = Int64(best)
            }
        }
    }

    /// y (one float) = Σ x² / count, summed in double.
    package func meanOfSquares(_ x: Region, to y: Region) -> Job {
        Job("mean_of_squares_\(instructionSet)") { [self] workspace, _, _ in
            let sum = unsafe table.pointee.sum_of_squares_f32(x.floatCount, workspace.pointer(x))
            unsafe workspace.pointer(y)[0] = Float(sum / Double(x.floatCount))
        }
    }

    /// scale (one float) = min(1, limit/(norm + 1e-6)) of the norm over all the regions (Pascanu et al. 2013), and the norm.
    ///
    /// - Parameter partials: a double for each region.
    package func clipScale(_ gradients: [Region], limit: Double, partials: Region, to scale: Region, norm: Region)
        -> [Job]
    {
        precondition(partials.byteCount >= 8 * gradients.count)
        let squares = Job("sum_of_squares_\(instructionSet)", count: gradients.count) { [self] workspace, index, _ in
            let gradient = gradients[index]
            unsafe workspace.pointer(partials, as: Double.self)[index] =
                table.pointee.sum_of_squares_f32(gradient.floatCount, workspace.pointer(gradient))
        }
        let join = Job("clip_scale") { workspace, _, _ in
            let partials = unsafe workspace.pointer(partials, as: Double.self)
            var total = 0.0
            for index in gradients.indices { unsafe total += partials[index] }
            let length = total.squareRoot()
            unsafe workspace.pointer(norm)[0] = Float(length)
            unsafe workspace.pointer(scale)[0] = Float(min(1, limit / (length + 1e-6)))
        }
        return [squares, join]
    }
}
