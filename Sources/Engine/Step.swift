package import Kernels

/// A node as the plan places it: what an operator makes its jobs from, and the jobs.
public struct Step {
    package let kernels: KernelSet
    /// An input.
    struct Input {
        var type: TensorType
        /// nil where it lies in a file.
        var region: Region?
        /// The tensor that lies there for good.
        var constant: Tensor?
        /// What lies in a file, for an operator that packs it.
        var stored: StoredTensor?
        /// The tensor that it is known to be whenever the step is run.
        var known: Tensor?
        /// The weights that lie there for good in fewer bits, where the operator takes them so.
        var narrow: NarrowTensor?

        /// What weights that never change are known by; nil for what does.
        var identity: (any AnyObject & Sendable)? { constant?.storage ?? narrow?.numbers.storage ?? stored }
    }
    let inputs: [Input?]
    let outputs: [(type: TensorType, region: Region)]
    let weights: WeightCache
    /// Makes memory that lasts as long as the step.
    let allocate: (Int) -> Region
    private(set) var scratchBytes = 0
    private(set) var jobs: [Job] = []

    init(
        kernels: KernelSet, inputs: [Input?],
        outputs: [(type: TensorType, region: Region)], weights: WeightCache, allocate: @escaping (Int) -> Region
    ) {
        self.kernels = kernels
        self.inputs = inputs
        self.outputs = outputs
        self.weights = weights
        self.allocate = allocate
    }

    /// Lets a job run after those that were appended before.
    package mutating func append(_ job: Job) { jobs.append(job) }

    /// Lets jobs run after those that were appended before.
    package mutating func append(_ jobs: [Job]) { self.jobs += jobs }

    /// The memory of an input that is there.
    package func input(_ index: Int) -> Region {
        guard let region = optionalInput(index) else { preconditionFailure("input \(index) is missing") }
        return region
    }

    /// The memory of an optional input.
    package func optionalInput(_ index: Int) -> Region? { inputs.indices.contains(index) ? inputs[index]?.region : nil }

    /// The type of an input that is there.
    package func inputType(_ index: Int) -> TensorType {
        guard let input = inputs[index] else { preconditionFailure("input \(index) is missing") }
        return input.type
    }

    package func shape(_ index: Int) -> Shape { inputType(index).shape }

    /// The integers of an input that the shape rule needed.
    func integers(_ index: Int) -> [Int] {
        guard let integers = inputs[index]?.known?.integers else {
            preconditionFailure("input \(index) is not known beforehand")
        }
        return integers
    }

    /// The memory of an output.
    package func output(_ index: Int = 0) -> Region { outputs[index].region }
    package func outputShape(_ index: Int = 0) -> Shape { outputs[index].type.shape }

    /// Memory that lasts as long as the step.
    package func temporary(byteCount: Int) -> Region { allocate(byteCount) }

    /// Makes sure that each worker has the scratch that a window needs, and so many bytes.
    package mutating func needScratch(_ window: Window, beside bytes: Int = 0) {
        needScratch(bytes: kernels.scratchBytes(window) + bytes)
    }

    /// Makes sure that each worker has so many bytes of scratch.
    package mutating func needScratch(bytes: Int) { scratchBytes = max(scratchBytes, bytes) }

    /// What `make`'s jobs make of an input: once for all plans where it is constant, else in each run.
    ///
    /// - Parameter make: the jobs, from the input as it lies in memory, in fewer bits where it is kept so, to what is made of it.
    /// - Throws: `GraphError` where the input lies in a file that cannot be read.
    package mutating func prepared(
        _ index: Int, purpose: String, byteCount: Int, make: (_ source: Region, _ made: Region) -> [Job]
    ) throws(GraphError) -> Region {
        let input = inputs[index], narrow = input?.narrow
        if let identity = input?.identity {
            let purpose = "\(purpose)\(narrow?.scaleIdentity ?? "") \(shape(index)) \(kernels.instructionSet)"
            return Region(
                try weights.storage(for: identity, purpose: purpose) { () throws(GraphError) in
                    let source =
                        if let stored = input?.stored { Region(try stored.tensor().storage) } else { self.input(index) }
                    let storage = Storage(byteCount: byteCount)
                    let workspace = Workspace(arenaBytes: 0, scratchBytes: 0, pool: ThreadPool(threadCount: 1))
                    for job in make(source, Region(storage)) { workspace.pool.run(job, in: workspace) }
                    return storage
                })
        }
        let region = temporary(byteCount: byteCount)
        append(make(self.input(index), region))
        return region
    }

    /// An input's weights as each layout packs them for an algorithm.
    package mutating func packed(
        _ index: Int, _ layouts: [WeightLayout], for algorithm: ConvolutionAlgorithm = .direct, purpose: String
    ) throws(GraphError) -> [Region] {
        let kernels = kernels, narrow = inputs[index]?.narrow
        let bytes = layouts.map { (kernels.packedCount($0, for: algorithm) * 4 + 63) / 64 * 64 }
        func parts(_ whole: Region) -> [Region] {
            var offset = 0
            return bytes.map { count in
                defer { offset += count }
                return whole.part(offset: offset, byteCount: count)
            }
        }
        return parts(
            try prepared(index, purpose: "\(algorithm) \(purpose)", byteCount: bytes.reduce(0, +)) { source, whole in
                let source = narrow.map { Region($0.floats.storage) } ?? source
                return zip(layouts, parts(whole)).map { kernels.pack($0, source, into: $1, for: algorithm) }
            })
    }

    /// output = activation(x ⊛ weights + bias + residual), by the window's algorithm, for which `panels` are packed.
    package mutating func convolve(
        _ window: Window, _ x: Region, panels: Region, bias: Region? = nil, residual: Region? = nil,
        activation: FusedActivation = .identity
    ) {
        switch window.algorithm {
        case .direct:
            needScratch(window)
            append(
                kernels.product(
                    window, x, panels: panels, bias: bias, residual: residual, activation: activation,
                    to: output()))
        case .winograd(let tile):
            needScratch(bytes: kernels.winogradScratchBytes(tile, window))
            append(
                kernels.winograd(
                    tile, window, x, panels: panels, bias: bias, residual: residual, activation: activation,
                    temporary: temporary(byteCount: kernels.winogradBytes(tile, window)), to: output()))
        }
    }
}
