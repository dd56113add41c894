internal import CKernels

extension KernelSet {
    /// Multiply-adds of one task of the job `peak`.
    package func peakMultiplyAdds(rounds: Int) -> Int { unsafe Int(table.pointee.peak_multiply_adds(rounds)) }

    /// Nothing but multiply-adds in registers, the most that a processor can do: a task for each float of `output`, which shows that they
    /// were done: the sum over i in 0..<12 of i after `rounds` times x ← x / 2 + 1.
    package func peak(rounds: Int, to output: Region) -> Job {
        Job("peak_\(instructionSet)", count: output.floatCount) { [self] workspace, task, _ in
            unsafe workspace.pointer(output)[task] = table.pointee.peak(rounds, 0.5)
        }
    }
}
