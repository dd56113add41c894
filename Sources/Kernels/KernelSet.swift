internal import CKernels

/// The kernels of one instruction set, as jobs on regions: what a plan is made with.
///
/// A method gives a job (or several, in order) that does the work each time it is run. Shapes are checked when the job is made; that the regions
/// are alive and disjoint where they must be is the plan's duty. Work is cut into tasks by shape alone, so that bits never depend on
/// the number of threads.
@safe package struct KernelSet: @unchecked Sendable {  // the table is constant
    package let instructionSet: InstructionSet
    /// What products of weights that change may round their factors to, where the processor gains by it.
    package let precision: ProductPrecision
    let table: UnsafePointer<engram_kernels>

    /// The kernels of `instructionSet`.
    ///
    /// - Throws: `InstructionSetError` where the processor lacks it.
    package init(_ instructionSet: InstructionSet, precision: ProductPrecision = .f32) throws(InstructionSetError) {
        guard let table = unsafe kernelTable(of: instructionSet) else {
            throw InstructionSetError(name: instructionSet.rawValue)
        }
        self.instructionSet = instructionSet
        self.precision = precision
        unsafe self.table = table
    }

    /// A job over `count` elements, rows or the like, cut into tasks of about `grain` units of work.
    ///
    /// - Parameter cost: units of work of one element.
    func cut(
        _ kernel: String, _ count: Int, cost: Int = 1, grain: Int = 16_384, multipleOf multiple: Int = 1,
        _ body: @escaping @Sendable (_ workspace: Workspace, _ first: Int, _ last: Int, _ worker: Int) -> Void
    ) -> Job {
        let chunk = Self.chunk(count, cost: cost, grain: grain, multipleOf: multiple)
        return Job(kernel, count: (count + chunk - 1) / chunk) { workspace, task, worker in
            body(workspace, task * chunk, min(count, (task + 1) * chunk), worker)
        }
    }

    /// How many elements a task takes; no job has more than 256 tasks.
    static func chunk(_ count: Int, cost: Int, grain: Int, multipleOf multiple: Int) -> Int {
        let wanted = max(grain / max(cost, 1), 1, (count + 255) / 256)
        return (wanted + multiple - 1) / multiple * multiple
    }
}
