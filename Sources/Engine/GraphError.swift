/// A graph that cannot be: an operator that refuses its inputs, inputs that do not fit, a gradient that there is not.
public struct GraphError: Error, Hashable, CustomStringConvertible {
    /// The node's name, where one is at fault.
    public var node: String?
    /// The node's operator.
    public var operation: String?
    /// What is wrong, with what was found.
    public var fault: String

    /// An error, of the graph as a whole where no node is named.
    public init(node: String? = nil, operation: String? = nil, fault: String) {
        self.node = node
        self.operation = operation
        self.fault = fault
    }

    public var description: String {
        guard let node else { return fault }
        return "node '\(node)'" + (operation.map { " (\($0))" } ?? "") + ": \(fault)"
    }
}
