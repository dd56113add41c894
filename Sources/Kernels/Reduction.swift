internal import CKernels

/// Which reduction.
package enum Reduction: String, Hashable, Sendable, CaseIterable {
    case sum, mean, max
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
            }
        return cut("\(reduction)_\(instructionSet)", outer * inner, cost: reduced) { workspace, first, last, _ in
            unsafe function(reduced, inner, workspace.pointer(x), workspace.pointer(y), first, last)
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
