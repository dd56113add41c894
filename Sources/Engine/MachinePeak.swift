internal import Kernels

/// How many multiply-adds a second this machine reaches at most: with all threads, everything in registers.
package enum MachinePeak {
    /// Measures for some milliseconds; others who use the machine make it less.
    ///
    /// - Throws: `InstructionSetError` where the processor lacks the wanted instructions.
    package static func multiplyAddsPerSecond(options: Model.Options) throws(InstructionSetError) -> Double {
        let preferred = try InstructionSet.preferred()
        let kernels = try KernelSet(options.instructionSet ?? preferred)
        let pool = ThreadPool(threadCount: options.threads)
        let tasks = 4 * pool.threadCount
        let workspace = Workspace(arenaBytes: 4 * tasks, scratchBytes: 0, pool: pool)
        let job = kernels.peak(rounds: rounds, to: Region(arena: 0, byteCount: 4 * tasks))
        let clock = ContinuousClock()
        let shortest = (0..<repetitions).map { _ in clock.measure { pool.run(job, in: workspace) } }.min() ?? .zero
        return Double(tasks * kernels.peakMultiplyAdds(rounds: rounds)) / (shortest / .seconds(1))
    }

    /// Of a task: some tens of microseconds.
    private static let rounds = 20_000
    private static let repetitions = 60
}
