internal import CKernels

/// Softmax and cross-entropy over the last of [rows][columns].
extension KernelSet {
    /// y = exp(x − max)/Σ; y may be x.
    package func softmax(_ x: Region, columns: Int, to y: Region) -> Job {
        cut("softmax_\(instructionSet)", x.floatCount / max(columns, 1), cost: columns * 4) {
            [self] workspace, first, last, _ in
            unsafe table.pointee.softmax_f32(
                last - first, columns, workspace.pointer(x) + first * columns, workspace.pointer(y) + first * columns)
        }
    }

    /// dx = y·(dy − Σ dy·y); dx may be y or dy.
    package func softmaxBackward(y: Region, dy: Region, columns: Int, to dx: Region) -> Job {
        cut("softmax_backward_\(instructionSet)", y.floatCount / max(columns, 1), cost: columns * 4) {
            [self] workspace, first, last, _ in
            let offset = first * columns
            unsafe table.pointee.softmax_backward_f32(
                last - first, columns, workspace.pointer(y) + offset, workspace.pointer(dy) + offset,
                workspace.pointer(dx) + offset)
        }
    }

    /// y = x − max − log Σ exp(x − max); y may be x.
    package func logSoftmax(_ x: Region, columns: Int, to y: Region) -> Job {
        cut("log_softmax_\(instructionSet)", x.floatCount / max(columns, 1), cost: columns * 4) {
            [self] workspace, first, last, _ in
            unsafe table.pointee.log_softmax_f32(
                last - first, columns, workspace.pointer(x) + first * columns, workspace.pointer(y) + first * columns)
        }
    }

    /// dx = dy − exp(y)·Σ dy; dx may be y or dy.
    package func logSoftmaxBackward(y: Region, dy: Region, columns: Int, to dx: Region) -> Job {
        cut("log_softmax_backward_\(instructionSet)", y.floatCount / max(columns, 1), cost: columns * 4) {
            [self] workspace, first, last, _ in
            let offset = first * columns
            unsafe table.pointee.log_softmax_backward_f32(
                last - first, columns, workspace.pointer(y) + offset, workspace.pointer(dy) + offset,
                workspace.pointer(dx) + offset)
        }
    }

    /// loss (one float) = the mean of the cross-entropy with smoothed targets over the rows whose target is a class; of none 0.
    ///
    /// - Parameter losses: a float for each row, to work in.
    package func softmaxCrossEntropy(
        _ logits: Region, targets: Region, classes: Int, smoothing: Float, losses: Region, to loss: Region
    ) -> [Job] {
        let rows = logits.floatCount / max(classes, 1)
        let each = cut("softmax_cross_entropy_\(instructionSet)", rows, cost: classes * 4) {
            [self] workspace, first, last, _ in
            _ = unsafe table.pointee.softmax_cross_entropy_i64(
                last - first, classes, workspace.pointer(logits) + first * classes,
                workspace.pointer(targets, as: Int64.self) + first, nil, smoothing, workspace.pointer(losses) + first)
        }
        let mean = Job("mean_loss") { workspace, _, _ in
            let losses = unsafe workspace.pointer(losses)
            var total = 0.0
            for row in 0..<rows { unsafe total += Double(losses[row]) }
            let counted = Self.counted(targets, rows: rows, classes: classes, in: workspace)
            unsafe workspace.pointer(loss)[0] = Float(total / Double(max(counted, 1)))
        }
        return [each, mean]
    }

    /// dLogits = dLoss/count · (softmax − smoothed target) for the rows whose target is a class, else 0.
    ///
    /// - Parameter scale: a float to work in.
    package func softmaxCrossEntropyBackward(
        _ logits: Region, targets: Region, dLoss: Region, classes: Int, smoothing: Float, scale: Region,
        to dLogits: Region
    ) -> [Job] {
        let rows = logits.floatCount / max(classes, 1)
        let share = Job("loss_scale") { workspace, _, _ in
            let counted = Self.counted(targets, rows: rows, classes: classes, in: workspace)
            unsafe workspace.pointer(scale)[0] = workspace.pointer(dLoss)[0] / Float(max(counted, 1))
        }
        let each = cut("softmax_cross_entropy_backward_\(instructionSet)", rows, cost: classes * 4) {
            [self] workspace, first, last, _ in
            _ = unsafe table.pointee.softmax_cross_entropy_backward_i64(
                last - first, classes, workspace.pointer(logits) + first * classes,
                workspace.pointer(targets, as: Int64.self) + first, nil, smoothing, workspace.pointer(scale)[0],
                workspace.pointer(dLogits) + first * classes)
        }
        return [share, each]
    }

    /// The rows whose target is a class.
    private static func counted(_ targets: Region, rows: Int, classes: Int, in workspace: Workspace) -> Int {
        let targets = unsafe workspace.pointer(targets, as: Int64.self)
        var count = 0
        for row in 0..<rows where unsafe targets[row] >= 0 && targets[row] < classes { count += 1 }
        return count
    }
}
