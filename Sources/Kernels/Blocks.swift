extension Job {
    /// An input whose blocks are copied from the tensor that a workspace was given.
    package struct BlockInput: Sendable {
        let number: Int
        let byteCount: Int
        let block: Region

        /// - Parameters:
        ///   - number: by which the workspace knows the tensor, of `byteCount` bytes.
        ///   - block: where a block's rows go.
        package init(number: Int, byteCount: Int, block: Region) {
            self.number = number
            self.byteCount = byteCount
            self.block = block
        }
    }

    /// An output: where the rows of a batch lie, and those of one block.
    package struct BlockOutput: Sendable {
        let whole: Region
        let block: Region

        package init(whole: Region, block: Region) {
            self.whole = whole
            self.block = block
        }
    }

    /// Runs jobs for blocks of a batch: each block on one thread, in the worker's own block workspace, so that what lies between
    /// two jobs stays in that thread's caches.
    ///
    /// Where the block's rows do not divide the batch's, the last block begins earlier, and gives only the rows that are its own.
    ///
    /// - Parameters:
    ///   - jobs: what makes the outputs' rows of the inputs' in a block workspace, row by row.
    ///   - rows: the rows of a block.
    ///   - batch: the rows of the batch, at least as many.
    package static func blocks(
        of rows: Int, in batch: Int, _ jobs: [Job], inputs: [BlockInput], outputs: [BlockOutput]
    ) -> Job {
        precondition(rows > 0 && rows <= batch, "blocks of \(rows) rows in a batch of \(batch)")
        return Job("blocks", count: (batch + rows - 1) / rows) { workspace, task, worker in
            let block = workspace.blockWorkspace(of: worker)
            let start = min(task * rows, batch - rows), known = task * rows - start
            for input in inputs {
                let row = input.byteCount / batch
                unsafe block.pointer(input.block, as: UInt8.self).update(
                    from: workspace.given(input.number) + start * row, count: rows * row)
            }
            for job in jobs {
                for task in 0..<job.count { job.body(block, task, 0) }
            }
            for port in outputs {
                let row = port.whole.byteCount / batch
                unsafe (workspace.pointer(port.whole, as: UInt8.self) + (start + known) * row).update(
                    from: block.pointer(port.block, as: UInt8.self) + known * row, count: (rows - known) * row)
            }
        }
    }
}
