/// Examples to learn from or to be judged on.
public protocol Dataset: Sendable {
    /// The number of examples.
    var count: Int { get }

    /// The examples of some numbers as a batch.
    ///
    /// - Parameters:
    ///   - indices: each below `count`.
    ///   - epoch: nil where the examples are to be as they are; in training the number of the epoch, from which, with `seed` and the example's number, a data
    ///     set that varies its examples draws how.
    /// - Throws: what reading them may.
    func batch(_ indices: [Int], epoch: Int?, seed: UInt64) throws -> Batch
}

/// Examples side by side.
public struct Batch: Sendable {
    /// `[N, …]`.
    public var inputs: Tensor
    /// The class of each, i64 `[N]`.
    public var targets: Tensor

    /// Examples `[N, …]` with their classes, i64 `[N]`.
    public init(inputs: Tensor, targets: Tensor) {
        self.inputs = inputs
        self.targets = targets
    }
}

extension Batch {
    /// The targets, which must be as many as there are examples.
    ///
    /// - Throws: `GraphError` where they are no classes below `count`.
    func classes(below count: Int) throws(GraphError) -> [Int] {
        let examples = inputs.shape.first ?? 0
        guard targets.type == TensorType(.i64, [examples]), let classes = targets.integers else {
            throw GraphError(
                fault: "targets \(targets.type) for \(examples) examples; they are classes, i64[\(examples)]")
        }
        for target in classes where !(0..<count).contains(target) {
            throw GraphError(fault: "target \(target) where the network knows classes 0 to \(count - 1)")
        }
        return classes
    }
}

/// Examples that lie in memory.
public struct TensorDataset: Dataset {
    /// f32 `[N, …]`.
    public let inputs: Tensor
    /// The class of each.
    public let targets: [Int]

    /// - Parameters:
    ///   - inputs: f32 `[N, …]`.
    ///   - targets: N classes.
    /// - Throws: `TensorError` where the numbers differ.
    public init(inputs: Tensor, targets: [Int]) throws {
        guard inputs.elementType == .f32, inputs.shape.first == targets.count else {
            throw GraphError(fault: "inputs \(inputs.type) for \(targets.count) targets")
        }
        self.inputs = inputs
        self.targets = targets
    }

    /// The number of examples.
    public var count: Int { targets.count }

    /// Copies of the examples, which do not vary.
    public func batch(_ indices: [Int], epoch: Int?, seed: UInt64) -> Batch {
        Batch(inputs: inputs.rows(indices), targets: Tensor(indices.map { Int64(targets[$0]) }, shape: [indices.count]))
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
