/// Examples to learn from or to be judged on.
public protocol Dataset: Sendable {
    /// The number of examples.
    var count: Int { get }

    /// Whether an epoch goes through the examples in their order, without a shuffle: each batch goes on where the one before stopped.
    var isSequential: Bool { get }

    /// The examples of some numbers as a batch.
    ///
    /// - Parameters:
    ///   - indices: each below `count`.
    ///   - epoch: nil where the examples are to be as they are; in training the number of the epoch, from which, with `seed` and the example's number, a data
    ///     set that varies its examples draws how.
    ///   - seed: of the training.
    /// - Throws: what reading them may.
    func batch(_ indices: [Int], epoch: Int?, seed: UInt64) throws -> Batch
}

extension Dataset {
    /// No: examples are shuffled.
    public var isSequential: Bool { false }
}

/// Examples side by side.
public struct Batch: Sendable {
    /// `[N, …]`.
    public var inputs: Tensor
    /// The class of each, i64 `[N]`, or of each of its steps, `[N, T]`; −1 where there is none. Where numbers are learned, f32 of the network's outputs:
    /// `[N, K]`, or `[N]` where K is 1.
    public var targets: Tensor
    /// The steps of each that count; nil for all of them.
    public var lengths: [Int]?
    /// Which go on where the example at the same place in the batch before stopped; nil for none.
    public var continues: [Bool]?

    /// Examples `[N, …]` with their classes, i64 `[N]` or `[N, T]`, or with numbers.
    public init(inputs: Tensor, targets: Tensor, lengths: [Int]? = nil, continues: [Bool]? = nil) {
        self.inputs = inputs
        self.targets = targets
        self.lengths = lengths
        self.continues = continues
    }
}

extension Batch {
    /// The lengths as a graph takes them.
    ///
    /// - Throws: `GraphError` where they are no lengths of the examples' steps.
    func lengthsTensor() throws(GraphError) -> Tensor {
        let examples = inputs.shape.first ?? 0, steps = inputs.shape.rank > 1 ? inputs.shape[1] : 0
        let lengths = lengths ?? Array(repeating: steps, count: examples)
        guard lengths.count == examples, lengths.allSatisfy({ (0...steps).contains($0) }) else {
            throw GraphError(
                fault:
                    "lengths \(lengths.prefix(8)) for \(examples) examples; they are \(examples) numbers up to \(steps)"
            )
        }
        return Tensor(lengths.map(Int32.init), shape: [examples])
    }
}

/// Examples that lie in memory.
public struct TensorDataset: Dataset {
    /// f32 `[N, …]`.
    public let inputs: Tensor
    /// `[N, …]`: the class of each, or its numbers.
    public let targets: Tensor

    /// - Parameters:
    ///   - inputs: f32 `[N, …]`.
    ///   - targets: `[N, …]`, as a batch has them.
    /// - Throws: `GraphError` where the numbers of examples differ.
    public init(inputs: Tensor, targets: Tensor) throws {
        guard inputs.elementType == .f32, let count = targets.shape.first, inputs.shape.first == count else {
            throw GraphError(fault: "inputs \(inputs.type) for \(targets.shape.first ?? 0) targets")
        }
        self.inputs = inputs
        self.targets = targets
    }

    /// - Parameters:
    ///   - inputs: f32 `[N, …]`.
    ///   - targets: N classes.
    /// - Throws: `GraphError` where the numbers of examples differ.
    public init(inputs: Tensor, targets: [Int]) throws {
        try self.init(inputs: inputs, targets: Tensor(targets.map(Int64.init), shape: [targets.count]))
    }

    /// The number of examples.
    public var count: Int { targets.shape[0] }

    /// Copies of the examples, which do not vary.
    public func batch(_ indices: [Int], epoch: Int?, seed: UInt64) -> Batch {
        Batch(inputs: inputs.rows(indices), targets: targets.rows(indices))
    }
}

/// In which order an epoch goes through a data set: a shuffle that seed and epoch decide (Durstenfeld 1964).
package enum BatchOrder {
    package static func shuffled(count: Int, seed: UInt64, epoch: Int) -> [Int] {
        var random = RandomStream(seed: seed, name: "batch order", number: epoch)
        var order = Array(0..<count)
        for last in stride(from: count - 1, to: 0, by: -1) { order.swapAt(last, random.integer(in: 0...last)) }
        return order
    }
}
