package import Kernels

/// A plan with memory to run in, for one caller at a time.
package final class Session {
    package let plan: Plan
    private let workspace: Workspace

    package init(_ plan: Plan, pool: ThreadPool) {
        self.plan = plan
        workspace = Workspace(
            arenaBytes: plan.arenaBytes, scratchBytes: plan.scratchBytes, pool: pool,
            block: plan.block.map { ($0.arenaBytes, $0.scratchBytes) }, givenCount: plan.inputs.count)
    }

    /// Bytes that the session holds.
    package var byteCount: Int { workspace.byteCount }

    /// Gives an input its elements, before each run: their memory is used for something else once nobody needs them.
    ///
    /// - Precondition: `tensor` is of the input's type.
    package func set(_ index: Int, to tensor: Tensor) {
        let port = plan.inputs[index]
        precondition(tensor.type == port.type, "\(tensor.type) for the input '\(port.name)' of type \(port.type)")
        if let region = port.region {
            workspace.write(tensor.storage, to: region)
        } else {
            workspace.give(tensor.storage, number: index)
        }
    }

    /// Runs all steps; allocates nothing.
    package func run() {
        for step in plan.steps { for job in step.jobs { workspace.pool.run(job, in: workspace) } }
    }

    /// An output's elements, copied.
    package func output(_ index: Int) -> Tensor {
        let port = plan.outputs[index]
        guard let region = port.region else { preconditionFailure("the output '\(port.name)' lies nowhere") }
        return Tensor(port.type, storage: workspace.read(region))
    }
}
