/// A long text of numbers cut into streams that are read side by side: each batch goes on where the one before stopped.
///
/// With `streams` S and `steps` T, stream s is the s-th of S equal parts, and example w·S + s its w-th stretch of T numbers; the targets are
/// the numbers that follow. Numbers at the end that fill no stretch are left out.
public struct StreamDataset: Dataset {
    /// The text.
    public let numbers: [Int64]
    /// How many are read side by side: the batch size that it is made for.
    public let streams: Int
    /// Of each example.
    public let steps: Int
    private let windows: Int

    /// - Throws: `GraphError` where the text is too short for a stretch in each stream.
    public init(_ numbers: [Int64], streams: Int, steps: Int) throws {
        guard streams >= 1, steps >= 1 else {
            throw GraphError(fault: "\(streams) streams of \(steps) steps; both must be at least 1")
        }
        windows = (numbers.count / streams - 1) / steps
        guard windows >= 1 else {
            throw GraphError(
                fault: "\(numbers.count) numbers do not fill \(streams) streams of \(steps) steps and one that follows")
        }
        self.numbers = numbers
        self.streams = streams
        self.steps = steps
    }

    /// Stretches in all streams.
    public var count: Int { windows * streams }
    /// Yes: a stretch goes on where the one before it stopped.
    public var isSequential: Bool { true }

    /// Stretches and what follows each of their numbers; all but the first of a stream go on.
    public func batch(_ indices: [Int], epoch: Int?, seed: UInt64) -> Batch {
        var inputs: [Int64] = [], targets: [Int64] = []
        for index in indices {
            let start = index % streams * (numbers.count / streams) + index / streams * steps
            inputs += numbers[start..<start + steps]
            targets += numbers[start + 1...start + steps]
        }
        let shape: Shape = [indices.count, steps]
        return Batch(
            inputs: Tensor(inputs, shape: shape), targets: Tensor(targets, shape: shape),
            continues: indices.map { $0 >= streams })
    }
}
