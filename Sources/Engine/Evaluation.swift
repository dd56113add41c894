internal import Kernels

/// What follows from shapes and constants alone: the small tensors by which models compute shapes.
///
/// A shape rule may need the elements of an input (`Reshape`, `Slice`, `Expand`), and a model may compute them from the shape of
/// another value. So a graph computes such values while it is built, and again when it is bound to other sizes.
enum Evaluation {
    /// Elements of the largest tensor that is computed so; larger ones are no shapes.
    static let mostElements = 4_096

    /// The outputs, where they are known.
    static func known(_ operation: any Operator, _ inputs: Operands, _ outputs: [TensorType]) throws(GraphError)
        -> [Tensor]?
    {
        let types = inputs.types.compactMap { $0 } + outputs
        switch operation.placement {
        case .overwrites: return nil
        case .separate, .mayOverwrite, .view: break
        }
        if !operation.dependsOnTypesOnly {
            guard !inputs.types.isEmpty, types.allSatisfy({ $0.shape.elementCount <= mostElements }),
                zip(inputs.types, inputs.constants).allSatisfy({ $0 == nil || $1 != nil })
            else { return nil }
        }
        return try evaluated(operation, inputs, outputs)
    }

    /// The outputs for known inputs, computed on one thread; portably, so that constants are the same on all machines. nil where only
    /// the layout pass makes the operator one that can run.
    static func evaluated(_ operation: any Operator, _ inputs: Operands, _ types: [TensorType]) throws(GraphError)
        -> [Tensor]?
    {
        if case .becomes = operation.channelsLast { return nil }
        if operation.placement == .view {
            return inputs.constants.first?.map { [Tensor(types[0], storage: $0.storage)] }
        }
        let kernels: KernelSet
        do { kernels = try KernelSet(.portable) } catch { throw GraphError(fault: error.description) }
        let storages = types.map { Storage(byteCount: $0.byteCount) }
        var step = Step(
            kernels: kernels,
            inputs: zip(inputs.types, inputs.constants).map { type, constant in
                type.map {
                    Step.Input(
                        type: $0, region: Region(constant?.storage ?? Storage(byteCount: 0)), constant: constant,
                        known: constant)
                }
            },
            outputs: zip(types, storages).map { ($0, Region($1)) }, weights: WeightCache(),
            allocate: { Region(Storage(byteCount: $0)) })
        try operation.schedule(&step)
        let workspace = Workspace(
            arenaBytes: 0, scratchBytes: step.scratchBytes, pool: ThreadPool(threadCount: 1))
        for job in step.jobs { workspace.pool.run(job, in: workspace) }
        return zip(types, storages).map { Tensor($0, storage: $1) }
    }
}
