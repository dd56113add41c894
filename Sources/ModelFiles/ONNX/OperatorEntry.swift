import Engine

/// How one operator is called in ONNX, read from a node, and written to one.
struct OperatorEntry: Sendable {
    /// The name in `OperatorRegistry`.
    let name: String
    /// The two directions; nil where the operator is our own and never in a file.
    let translation: Translation?

    struct Translation: Sendable {
        let onnxName: String
        let reading: Reading
        let write: @Sendable (any Operator, inout NodeWriting) throws(Fault) -> Void
    }

    /// How a node becomes one of our operators.
    struct Reading: Sendable {
        /// The opsets that have the operator.
        let opsets: ClosedRange<Int>
        let read: @Sendable (inout NodeReading) throws(Fault) -> any Operator
    }

    /// An operator with attributes.
    static func named<Named: Operator>(
        _ onnxName: String, since: Int = 1, read: @escaping @Sendable (inout NodeReading) throws(Fault) -> Named,
        write: @escaping @Sendable (Named, inout NodeWriting) throws(Fault) -> Void
    ) -> OperatorEntry {
        let reading = Reading(opsets: since...(.max)) { node throws(Fault) in try read(&node) }
        let translation = Translation(onnxName: onnxName, reading: reading) { operation, node throws(Fault) in
            guard let operation = operation as? Named else {
                preconditionFailure("\(operation.name) is written by the entry of \(Named.name)")
            }
            try write(operation, &node)
        }
        return OperatorEntry(name: Named.name, translation: translation)
    }

    /// An operator that ONNX has since a later opset than is written, where `Graph.spelledOut` says it by others.
    static func later<Later: Operator>(
        _ onnxName: String, since: Int, read: @escaping @Sendable (inout NodeReading) throws(Fault) -> Later
    ) -> OperatorEntry {
        .named(onnxName, since: since, read: read) { (_: Later, _) throws(Fault) in
            throw Fault("which ONNX has since opset \(since) only")
        }
    }

    /// An operator that its name says all of.
    static func plain<Named: Operator>(_ onnxName: String, _ operation: Named, since: Int = 1) -> OperatorEntry {
        .named(onnxName, since: since) { _ in
            operation
        } write: { (_: Named, _) in
        }
    }

    /// An operator of ours that stands in no file: of losses, gradients, passes and optimizers.
    static func `internal`(_ name: String) -> OperatorEntry { OperatorEntry(name: name, translation: nil) }
}
