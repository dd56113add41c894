/// Weights that lie in a file and are read when they are packed, so that memory has them in one form instead of two.
///
/// Each plan that needs another form of them reads them again; what they are never changes.
public final class StoredTensor: Sendable {
    /// Element type and shape.
    public let type: TensorType
    private let read: @Sendable () throws(GraphError) -> Tensor

    /// - Parameter read: gives the same tensor of that type whenever it is called, from any thread; throws where the file is no longer what it was.
    package init(_ type: TensorType, read: @escaping @Sendable () throws(GraphError) -> Tensor) {
        self.type = type
        self.read = read
    }

    /// The numbers, read now.
    ///
    /// - Throws: `GraphError` where the file cannot be read, or has changed since the model was opened.
    public func tensor() throws(GraphError) -> Tensor {
        let tensor = try read()
        precondition(tensor.type == type, "\(tensor.type) read where \(type) is stored")
        return tensor
    }
}

extension Graph {
    /// Whether a value is known beforehand, in whatever form.
    package func isConstant(_ value: Value) -> Bool {
        switch entries[value.index].origin {
        case .constant, .stored, .narrow: true
        case .input, .state, .node: false
        }
    }

    /// The tensor of a constant, read from its file where it lies there, as floats where it is kept in fewer bits; nil for other values.
    ///
    /// - Throws: `GraphError` where it cannot be read.
    public func loaded(_ value: Value) throws(GraphError) -> Tensor? {
        switch entries[value.index].origin {
        case .constant(let tensor): tensor
        case .stored(let stored): try stored.tensor()
        case .narrow(let narrow): narrow.floats
        case .input, .state, .node: nil
        }
    }

    /// The graph with all constants in memory.
    ///
    /// - Parameter butPacked: whether those that are only packed stay in their file.
    /// - Throws: `GraphError` where one cannot be read.
    package func loaded(butPacked: Bool = false) throws(GraphError) -> Graph {
        let values = butPacked ? storedThatAreReadAsTheyAre : Set(entries.indices.map(Value.init))
        var graph = self
        for value in values { try graph.load(value) }
        return graph
    }

    /// Constants in files that somebody does more with than to pack them.
    var storedThatAreReadAsTheyAre: Set<Value> {
        var found: Set<Value> = []
        for node in nodes {
            for (operand, value) in node.inputs.enumerated() {
                if let value, stored(value) != nil, !node.operation.packs(operand) { found.insert(value) }
            }
        }
        for value in outputs.map(\.value) + updates.map(\.value) where stored(value) != nil { found.insert(value) }
        return found
    }
}
