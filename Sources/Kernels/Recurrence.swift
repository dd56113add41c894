internal import CKernels

/// A step of a recurrence over rows side by side, each of which may have a length of its own.
package struct RecurrentStep: Hashable, Sendable {
    /// Which step of the sequence.
    package let time: Int
    /// How many steps there are.
    package let steps: Int
    /// Whether the last step comes first.
    package let isReverse: Bool
    package let rows, units: Int

    package init(time: Int, steps: Int, isReverse: Bool, rows: Int, units: Int) {
        self.time = time
        self.steps = steps
        self.isReverse = isReverse
        self.rows = rows
        self.units = units
    }
}

/// The lengths of sequences side by side, and which of them a step concerns.
package struct SequenceLengths: Sendable {
    /// An i32 for each row; what is below 0 or above the number of steps counts as that bound.
    package let lengths: Region
    /// For each step, then for each chunk of steps, the first row that is active in it and the one behind the last: pairs of i32.
    package let ranges: Region
    /// Steps of a chunk.
    package let chunk: Int
    package let steps, rows: Int

    /// Bytes that `ranges` takes.
    package static func rangeBytes(steps: Int, chunk: Int) -> Int { 8 * (steps + (steps + chunk - 1) / chunk) }

    package init(_ lengths: Region, ranges: Region, chunk: Int, steps: Int, rows: Int) {
        precondition(lengths.byteCount >= 4 * rows && ranges.byteCount >= Self.rangeBytes(steps: steps, chunk: chunk))
        self.lengths = lengths
        self.ranges = ranges
        self.chunk = chunk
        self.steps = steps
        self.rows = rows
    }

    /// The pair of a step.
    package func ofStep(_ time: Int) -> Region { ranges.part(offset: 8 * time, byteCount: 8) }

    /// The pair of the chunk that begins at a step, counted in rows of the chunk's steps one behind the other.
    package func ofChunk(at time: Int) -> Region { ranges.part(offset: 8 * (steps + time / chunk), byteCount: 8) }

    func length(_ row: Int, _ workspace: Workspace) -> Int {
        min(max(unsafe Int(workspace.pointer(lengths, as: Int32.self)[row]), 0), steps)
    }
}

/// The cells of recurrent networks, step by step; the products between them are `product`'s.
extension KernelSet {
    /// Writes the ranges of active rows.
    package func activeRows(_ sequence: SequenceLengths) -> Job {
        Job("active_rows") { workspace, _, _ in
            let pairs = unsafe workspace.pointer(sequence.ranges, as: Int32.self)
            for time in 0..<sequence.steps {
                var first = sequence.rows, last = 0
                for row in 0..<sequence.rows where sequence.length(row, workspace) > time {
                    first = min(first, row)
                    last = row + 1
                }
                unsafe pairs[2 * time] = Int32(min(first, last))
                unsafe pairs[2 * time + 1] = Int32(last)
            }
            for (index, start) in stride(from: 0, to: sequence.steps, by: sequence.chunk).enumerated() {
                var first = 0, last = 0
                for time in start..<min(start + sequence.chunk, sequence.steps) {
                    let rows = unsafe Int(pairs[2 * time])..<Int(pairs[2 * time + 1])
                    if rows.isEmpty { continue }
                    let base = (time - start) * sequence.rows
                    if last == 0 { first = base + rows.lowerBound }
                    last = base + rows.upperBound
                }
                unsafe pairs[2 * (sequence.steps + index)] = Int32(first)
                unsafe pairs[2 * (sequence.steps + index) + 1] = Int32(last)
            }
        }
    }

    /// A job over the rows of a step; `body` sees whether the row is active, and whether its sequence begins here.
    private func rows(
        _ kernel: String, _ step: RecurrentStep, _ sequence: SequenceLengths?, cost: Int,
        _ body: @escaping @Sendable (_ workspace: Workspace, _ row: Int, _ isActive: Bool, _ isFirst: Bool) -> Void
    ) -> Job {
        cut("\(kernel)_\(instructionSet)", step.rows, cost: step.units * cost) { workspace, first, last, _ in
            for row in first..<last {
                let length = sequence?.length(row, workspace) ?? step.steps
                body(workspace, row, step.time < length, step.time == (step.isReverse ? length - 1 : 0))
            }
        }
    }

    /// Back through the cells of a step: `dHidden` and `dCell` are the gradients of the states behind it and become what is known of
    /// those before it; `dGates` (which may be the gates) takes the gradients of the sums, and zeros where a sequence is over.
    ///
    /// - Parameters:
    ///   - before: the cells of the step before, and where there is none the cells that all began with; nil for zeros.
    package func lstmCellBackward(
        _ step: RecurrentStep, _ sequence: SequenceLengths?, gates: Region, cell: Region,
        before: (cell: Region?, initial: Region?), dy: Region?, dHidden: Region, dCell: Region, dGates: Region
    ) -> Job {
        rows("lstm_cell_backward", step, sequence, cost: 32) { [self] workspace, row, isActive, isFirst in
            let place = row * step.units
            guard isActive else {
                unsafe table.pointee.fill_f32(4 * step.units, 0, workspace.pointer(dGates) + 4 * place)
                return
            }
            let earlier = isFirst ? before.initial : before.cell
            unsafe table.pointee.lstm_cell_backward_f32(
                step.units, workspace.pointer(gates) + 4 * place, earlier.map { unsafe workspace.pointer($0) + place },
                workspace.pointer(cell) + place, dy.map { unsafe workspace.pointer($0) + place },
                workspace.pointer(dHidden) + place, workspace.pointer(dCell) + place,
                workspace.pointer(dGates) + 4 * place)
        }
    }

    /// The update and reset gates of a step: σ of the first two of gates [rows][3·units]; with `reset`, that takes r·hidden.
    package func gruGates(
        _ step: RecurrentStep, _ sequence: SequenceLengths?, gates: Region, hidden: Region, reset: Region?
    ) -> Job {
        rows("gru_gates", step, sequence, cost: 16) { [self] workspace, row, isActive, _ in
            guard isActive else { return }
            let place = row * step.units, both = unsafe workspace.pointer(gates) + 3 * place
            unsafe table.pointee.function_f32(ENGRAM_SIGMOID, 2 * step.units, 0, 0, both, both)
            if let reset {
                unsafe table.pointee.multiply_f32(
                    step.units, both + step.units, workspace.pointer(hidden) + place, workspace.pointer(reset) + place)
            }
        }
    }

    /// The new state of a step, and y, which is zeros where a sequence is over.
    ///
    /// - Parameter recurrent: [rows][units], what the reset gate scales; nil where the sums hold it already.
    package func gruCell(
        _ step: RecurrentStep, _ sequence: SequenceLengths?, gates: Region, recurrent: Region?, hidden: Region,
        to y: Region
    ) -> Job {
        rows("gru_cell", step, sequence, cost: 16) { [self] workspace, row, isActive, _ in
            let place = row * step.units
            guard isActive else {
                unsafe table.pointee.fill_f32(step.units, 0, workspace.pointer(y) + place)
                return
            }
            unsafe table.pointee.gru_cell_f32(
                step.units, workspace.pointer(gates) + 3 * place,
                recurrent.map { unsafe workspace.pointer($0) + place }, workspace.pointer(hidden) + place,
                workspace.pointer(y) + place)
        }
    }

    /// Back through the cells of a step, as `lstmCellBackward`; where `recurrent` is given, `dRecurrent` takes its gradient, and else the
    /// reset gate is left to `gruResetBackward`.
    package func gruCellBackward(
        _ step: RecurrentStep, _ sequence: SequenceLengths?, gates: Region, recurrent: Region?,
        before: (hidden: Region?, initial: Region?), dy: Region?, dHidden: Region, dGates: Region, dRecurrent: Region?
    ) -> Job {
        rows("gru_cell_backward", step, sequence, cost: 16) { [self] workspace, row, isActive, isFirst in
            let place = row * step.units
            guard isActive else {
                unsafe table.pointee.fill_f32(3 * step.units, 0, workspace.pointer(dGates) + 3 * place)
                if let dRecurrent {
                    unsafe table.pointee.fill_f32(step.units, 0, workspace.pointer(dRecurrent) + place)
                }
                return
            }
            let earlier = isFirst ? before.initial : before.hidden
            unsafe table.pointee.gru_cell_backward_f32(
                step.units, workspace.pointer(gates) + 3 * place,
                recurrent.map { unsafe workspace.pointer($0) + place },
                earlier.map { unsafe workspace.pointer($0) + place }, dy.map { unsafe workspace.pointer($0) + place },
                workspace.pointer(dHidden) + place, workspace.pointer(dGates) + 3 * place,
                dRecurrent.map { unsafe workspace.pointer($0) + place })
        }
    }

    /// Back through the reset gates of a step, from the gradient of r·hidden; `reset` takes r·hidden again.
    package func gruResetBackward(
        _ step: RecurrentStep, _ sequence: SequenceLengths?, gates: Region, before: (hidden: Region?, initial: Region?),
        dReset: Region, dHidden: Region, dGates: Region, reset: Region
    ) -> Job {
        rows("gru_reset_backward", step, sequence, cost: 16) { [self] workspace, row, isActive, isFirst in
            let place = row * step.units
            guard isActive else {
                unsafe table.pointee.fill_f32(step.units, 0, workspace.pointer(reset) + place)
                return
            }
            let earlier = isFirst ? before.initial : before.hidden
            unsafe table.pointee.gru_reset_backward_f32(
                step.units, workspace.pointer(gates) + 3 * place, earlier.map { unsafe workspace.pointer($0) + place },
                workspace.pointer(dReset) + place, workspace.pointer(dHidden) + place,
                workspace.pointer(dGates) + 3 * place, workspace.pointer(reset) + place)
        }
    }

    /// The hidden states that a step began with, [rows][units]: those of the step before, or the initial ones, or zeros.
    package func statesBefore(
        _ step: RecurrentStep, _ sequence: SequenceLengths?, before: (hidden: Region?, initial: Region?), to y: Region
    ) -> Job {
        rows("states_before", step, sequence, cost: 1) { [self] workspace, row, isActive, isFirst in
            let place = row * step.units
            let earlier = isFirst ? before.initial : before.hidden
            let to = unsafe workspace.pointer(y) + place
            if isActive, let earlier {
                unsafe table.pointee.copy_f32(step.units, workspace.pointer(earlier) + place, to)
            } else {
                unsafe table.pointee.fill_f32(step.units, 0, to)
            }
        }
    }
}
