/// How a batch is cut into blocks that go through the whole network one by one.
///
/// Step by step, a batch whose tensors are larger than the caches goes to memory and back between any two steps. A block of it stays in the
/// caches of the thread that it runs on, if the weights, which each block reads again, stay there beside it. Sizes follow from shapes
/// alone, so that bits and plans are the same on every machine.
struct BatchBlocks {
    /// Bytes of a block's tensors that stay in a second-level cache, beside the weights.
    private static let blockBytes = 256 << 10
    /// Bytes of weights that stay there too.
    private static let weightBytes = 512 << 10
    /// Bytes of a row's tensors up to which blocks of two rows, the fewest, are better than the batch as a whole.
    private static let rowBytes = 2 << 20
    /// So many blocks at least, since some thread is alone with the last one.
    private static let leastBlocks = 8

    /// Rows of the batch.
    let batch: Int
    /// Rows of a block, at least 2: a single row would hide whether a dimension of 1 is the batch's.
    let rows: Int

    /// Blocks for a graph in its binding; nil where the batch is better taken whole.
    ///
    /// - Parameter arenaBytes: what the plan for the whole batch needs.
    init?(_ graph: Graph, arenaBytes: Int) {
        guard arenaBytes > Self.blockBytes, let first = graph.inputs.first,
            let batch = graph.type(of: first.value).shape.first, batch >= 2 * Self.leastBlocks,
            graph.inputs.allSatisfy({ graph.type(of: $0.value).shape.first == batch }),
            graph.constantByteCount <= Self.weightBytes
        else { return nil }
        var rows = min(Self.blockBytes / max(arenaBytes / batch, 1), batch / Self.leastBlocks)
        if rows < 2, arenaBytes / batch <= Self.rowBytes { rows = 2 }
        guard rows >= 2 else { return nil }
        // Whole groups of rows for the kernels.
        if rows > 32 { rows -= rows % 32 }
        self.batch = batch
        self.rows = rows
    }

    /// The inputs' types for a block.
    func types(_ types: [String: TensorType]) -> [String: TensorType] {
        types.mapValues { TensorType($0.elementType, Shape([rows] + $0.shape.dropFirst())) }
    }
}

extension Graph {
    /// Bytes of what is known beforehand.
    var constantByteCount: Int {
        entries.reduce(0) { sum, entry in
            switch entry.origin {
            case .constant, .stored: sum + entry.type.byteCount
            case .narrow(let weights): sum + weights.numbers.storage.byteCount
            case .input, .state, .node: sum
            }
        }
    }

    /// Whether each row of what is computed follows from the same row of the inputs.
    ///
    /// - Parameter block: the same graph for `rows` rows, at least two, in place of `batch`, which is more. A dimension that differs
    ///   between the two is the batch's.
    func keepsRowsApart(with block: Graph, rows: Int, of batch: Int) -> Bool {
        guard nodes.count == block.nodes.count, rows >= 2, batch > rows else { return false }
        func areRows(_ value: Value, _ other: Value) -> Bool {
            let whole = type(of: value).shape, part = block.type(of: other).shape
            return whole.first == batch && part.first == rows && whole.dropFirst().elementsEqual(part.dropFirst())
        }
        func areSame(_ value: Value, _ other: Value) -> Bool {
            if let weights = narrow(value), let second = block.narrow(other) {
                return weights.numbers == second.numbers && weights.scales == second.scales
            }
            if let stored = stored(value) { return stored === block.stored(other) }
            guard let tensor = constant(value), let second = block.constant(other) else { return false }
            return tensor == second
        }
        for (node, other) in zip(nodes, block.nodes) {
            guard node.operation.name == other.operation.name, node.inputs.count == other.inputs.count,
                node.operation.keepsRowsApart(node.inputs.map { $0.map(type(of:)) }),
                zip(node.outputs, other.outputs).allSatisfy(areRows)
            else { return false }
            for (index, pair) in zip(node.inputs, other.inputs).enumerated() {
                switch pair {
                case (nil, nil): break
                case (let value?, let second?):
                    let isShape = index == 1 && node.operation is Operators.Reshape
                    guard isShape || (isConstant(value) ? areSame : areRows)(value, second) else { return false }
                default: return false
                }
            }
        }
        return zip(outputs, block.outputs).allSatisfy { areRows($0.value, $1.value) }
    }
}
