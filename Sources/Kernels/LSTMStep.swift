internal import CKernels

/// A step of an LSTM: what its gates are sums of, and where its states lie.
package struct LSTMStep: Sendable {
    /// A product whose columns are the four gates: rows of a matrix times panels, a group a gate.
    package struct Product: Sendable {
        let window: Window
        let panels: Region
        let bias: Region?

        package init(_ window: Window, panels: Region, bias: Region? = nil) {
            self.window = window
            self.panels = panels
            self.bias = bias
        }
    }

    /// A state before and after the step, [rows][units] each; nil is zeros. For cells both may be the same.
    package typealias State = (before: Region?, after: Region)

    package let at: RecurrentStep
    package let sequence: SequenceLengths?
    /// x and W; nil where the gates hold their product, or it is `added`.
    package var input: (x: Region, product: Product)?
    /// R, for the hidden state before.
    package let recurrent: Product
    /// [rows][4·units], which hold the sums so far where there is no `input`, and afterwards the gates; nil keeps neither.
    package var gates: Region?
    /// [rows][4·units], so many floats from row to row, added to the sums.
    package var added: (sums: Region, rowStride: Int)?
    package let hidden, cell: State
    /// Takes the hidden state once more, and zeros where a sequence is over.
    package var y: Region?
    /// The hidden state before and after as pairs, [rows][units / 2], where the recurrent product is one of pairs.
    package var pairs: State?

    package init(
        _ at: RecurrentStep, _ sequence: SequenceLengths?, recurrent: Product, hidden: State, cell: State
    ) {
        self.at = at
        self.sequence = sequence
        self.recurrent = recurrent
        self.hidden = hidden
        self.cell = cell
    }
}

extension RecurrentStep {
    /// Rows of a task's gates that stay in the outer caches.
    private static let mostRows = 112

    /// Rows of a task.
    fileprivate var rowChunk: Int {
        let parts = max(1, (rows + Self.mostRows - 1) / Self.mostRows)
        return max(1, (rows + parts - 1) / parts)
    }
}

/// The steps of an LSTM: products and cells of some units at a time, so that gates never leave the caches.
extension KernelSet {
    /// How many units a task makes: all its gates, in whole panels. Many rows are packed for each task, which many units make up for.
    package func lstmUnits(_ step: RecurrentStep, inputs: Int, narrow: NarrowForm? = nil) -> Int {
        let width = unsafe Int(table.pointee.panel_columns)
        let byCost = Self.chunk(
            step.units, cost: .clampedProduct(4, inputs + step.units, step.rowChunk),
            grain: narrow == nil ? 524_288 : 1_048_576, multipleOf: width)
        let byPacking = step.rowChunk > 3 ? min(128, (step.units + 3) / 4) : 1
        return (min(max(byCost, byPacking), max(1, step.units)) + width - 1) / width * width
    }

    /// Bytes of scratch beside the products' that a worker needs where gates are not kept.
    package func lstmScratchBytes(_ step: RecurrentStep, inputs: Int, narrow: NarrowForm? = nil) -> Int {
        16 * step.rowChunk * lstmUnits(step, inputs: inputs, narrow: narrow) + 64
    }

    /// gates = σ, σ, σ, tanh of (sums so far, or x·W + bias) + hidden·R + added; cell = f⊙cell + i⊙g; hidden = o⊙tanh(cell).
    package func lstmStep(_ step: LSTMStep, inputs: Int) -> Job {
        let at = step.at, units = at.units
        let (rowChunk, unitChunk) = (at.rowChunk, lstmUnits(at, inputs: inputs, narrow: step.recurrent.window.narrow))
        let unitTasks = (units + unitChunk - 1) / unitChunk
        let panel = unsafe Int(table.pointee.panel_columns)
        let rowStride = step.recurrent.window.output.pixelStride, gateStride = step.recurrent.window.groups.outputStride
        return Job(
            "lstm_step_\(instructionSet)", count: (at.rows + rowChunk - 1) / rowChunk * unitTasks
        ) { [self] workspace, task, worker in
            let rows = task / unitTasks * rowChunk..<min(at.rows, (task / unitTasks + 1) * rowChunk)
            let columns = task % unitTasks * unitChunk..<min(units, (task % unitTasks + 1) * unitChunk)
            var scratch = unsafe workspace.scratch(of: worker)
            // Where gate 0 of unit 0 of row 0 is, or would be.
            var gates: UnsafeMutablePointer<Float>
            if let kept = step.gates {
                unsafe gates = workspace.pointer(kept)
            } else {
                unsafe gates = scratch - rows.lowerBound * rowStride - columns.lowerBound
                unsafe scratch += (rowChunk * rowStride + 15) / 16 * 16
            }
            var active = rows
            if let sequence = step.sequence {
                let pair = unsafe workspace.pointer(sequence.ofStep(at.time), as: Int32.self)
                active = active.clamped(to: unsafe Int(pair[0])..<Int(pair[1]))
            }
            func add(_ product: LSTMStep.Product, _ x: Region, accumulate: Bool) {
                var epilogue = unsafe epilogue(
                    product.bias, nil, .identity, accumulate: accumulate, in: workspace, product.window)
                unsafe windowProduct(product.window)(
                    product.window.raw, workspace.pointer(x), workspace.pointer(product.panels), gates, &epilogue,
                    active.lowerBound, active.upperBound, columns.lowerBound / panel,
                    (columns.upperBound + panel - 1) / panel, scratch)
            }
            let holdsSums = step.gates != nil && step.added == nil
            if let input = step.input { add(input.product, input.x, accumulate: false) }
            if let hidden = step.pairs?.before ?? step.hidden.before {
                add(step.recurrent, hidden, accumulate: step.input != nil || holdsSums)
            } else if step.input == nil && !holdsSums {
                for row in active {
                    for gate in 0..<4 {
                        unsafe table.pointee.fill_f32(
                            columns.count, 0, gates + row * rowStride + gate * gateStride + columns.lowerBound)
                    }
                }
            }
            for row in rows {
                let place = row * units + columns.lowerBound
                func at(_ region: Region?) -> UnsafeMutablePointer<Float>? {
                    unsafe region.map { unsafe workspace.pointer($0) + place }
                }
                let cell = unsafe workspace.pointer(step.cell.after) + place
                let hidden = unsafe workspace.pointer(step.hidden.after) + place
                if let sequence = step.sequence, step.at.time >= sequence.length(row, workspace) {
                    unsafe carry(at(step.cell.before), to: cell, columns.count)
                    unsafe carry(at(step.hidden.before), to: hidden, columns.count)
                    if let pairs = step.pairs {
                        unsafe table.pointee.convert_f32_to_bf16(
                            columns.count, hidden, workspace.pointer(pairs.after, as: UInt16.self) + place)
                    }
                    if let y = unsafe at(step.y) { unsafe table.pointee.fill_f32(columns.count, 0, y) }
                    continue
                }
                unsafe table.pointee.lstm_cell_f32(
                    columns.count, gates + row * rowStride + columns.lowerBound, gateStride,
                    step.added.map { unsafe workspace.pointer($0.sums) + row * $0.rowStride + columns.lowerBound },
                    units,
                    at(step.cell.before), cell, hidden, at(step.y))
                if let pairs = step.pairs {
                    unsafe table.pointee.convert_f32_to_bf16(
                        columns.count, hidden, workspace.pointer(pairs.after, as: UInt16.self) + place)
                }
            }
        }
    }

    /// Lets a part of a state stand.
    private func carry(_ before: UnsafeMutablePointer<Float>?, to after: UnsafeMutablePointer<Float>, _ count: Int) {
        if let before = unsafe before {
            if unsafe before != after { unsafe table.pointee.copy_f32(count, before, after) }
        } else {
            unsafe table.pointee.fill_f32(count, 0, after)
        }
    }
}
