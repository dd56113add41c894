/// A computation: values, each made once, and the operators between them, in an order in which every value is made before it is used.
///
/// What is visible speaks ONNX's conventions (N, C, H, W). Each value has a concrete type for the current binding of the symbolic
/// dimensions; `bound(to:)` gives the same graph for other sizes. A graph is a value: passes are functions from graph to graph.
///
/// ```swift
/// var graph = Graph()
/// let x = graph.addInput("input", dimensions: ["batch", 2])
/// let w = graph.addConstant(Tensor([1, 2, 3, 4], shape: [2, 2]), name: "weight")
/// let y = try graph.append(MatMul(), [x, w])[0]
/// graph.addOutput("output", try graph.append(Relu(), [y])[0])
/// ```
public struct Graph: Sendable {
    /// A value of a graph, by its number.
    public struct Value: Hashable, Sendable {
        package let index: Int
    }

    /// Where a value comes from.
    public enum Origin: Sendable {
        /// Given by the caller.
        case input
        /// Known beforehand.
        case constant(Tensor)
        /// Known beforehand, and left in a file until it is needed.
        case stored(StoredTensor)
        /// Known beforehand, and kept in fewer bits than the floats that it is; a pass makes it.
        case narrow(NarrowTensor)
        /// Kept from run to run and updated: a weight in training, a running statistic, an optimizer's moment. The tensor is how it starts.
        case state(Tensor)
        /// Made by a node.
        case node
    }

    /// What a graph knows of a value.
    public struct Entry: Sendable {
        /// Its name; values of nodes may have an empty one.
        public var name: String
        /// In the current binding of the symbolic dimensions.
        public var type: TensorType
        /// Who makes it.
        public var origin: Origin
        /// What it is in the current binding, where that follows from shapes and constants alone.
        var known: Tensor?
    }

    /// An operator applied to values.
    public struct Node: Sendable {
        /// What errors and plans call it.
        public var name: String
        /// What it computes.
        public var operation: any Operator
        /// nil where an optional input is left out.
        public var inputs: [Value?]
        /// As many as the operator has.
        public var outputs: [Value]
    }

    /// An input with its dimensions as declared.
    public struct Input: Sendable {
        /// The value that the caller gives.
        public var value: Value
        /// Numbers and symbols.
        public var dimensions: [Dimension]
    }

    /// A named output.
    public struct Output: Sendable {
        /// What the caller knows it by.
        public var name: String
        /// The value that it shows.
        public var value: Value
    }

    /// A state that takes up a new value at the end of each run.
    package struct Update: Sendable {
        package var state: Value
        package var value: Value
    }

    package private(set) var entries: [Entry] = []
    /// In an order in which every value is made before it is used.
    public private(set) var nodes: [Node] = []
    /// In the order in which they were added.
    public private(set) var inputs: [Input] = []
    /// In the order in which they were added.
    public private(set) var outputs: [Output] = []
    package private(set) var updates: [Update] = []
    /// What an application keeps with the model: labels, parameters of its front end, figures.
    public var metadata: [String: String] = [:]

    public init() {}

    /// What is known of a value.
    public subscript(value: Value) -> Entry { entries[value.index] }

    /// The type of a value in the current binding.
    public func type(of value: Value) -> TensorType { entries[value.index].type }

    /// The tensor of a constant that is in memory; nil for other values.
    public func constant(_ value: Value) -> Tensor? {
        if case .constant(let tensor) = entries[value.index].origin { tensor } else { nil }
    }

    /// What is known of a constant that lies in a file; nil for other values.
    package func stored(_ value: Value) -> StoredTensor? {
        if case .stored(let tensor) = entries[value.index].origin { tensor } else { nil }
    }

    /// Takes a constant that lies in a file into memory.
    ///
    /// - Throws: `GraphError` where it cannot be read.
    mutating func load(_ value: Value) throws(GraphError) {
        if let stored = stored(value) { entries[value.index].origin = .constant(try stored.tensor()) }
    }

    /// The tensor of a constant, and of a small value that follows from shapes and constants in the current binding.
    package func known(_ value: Value) -> Tensor? { constant(value) ?? entries[value.index].known }

    /// The weights of a value that is kept in fewer bits; nil for other values.
    package func narrow(_ value: Value) -> NarrowTensor? {
        if case .narrow(let weights) = entries[value.index].origin { weights } else { nil }
    }

    /// The starting tensor of a state; nil for other values.
    public func initialState(_ value: Value) -> Tensor? {
        if case .state(let tensor) = entries[value.index].origin { tensor } else { nil }
    }

    /// The states in the order in which they were added.
    public var states: [Value] {
        entries.indices.compactMap { if case .state = entries[$0].origin { Value(index: $0) } else { nil } }
    }

    // MARK: Building

    private mutating func add(_ name: String, _ type: TensorType, _ origin: Origin) -> Value {
        entries.append(Entry(name: name, type: type, origin: origin))
        return Value(index: entries.count - 1)
    }

    /// An input; its symbolic dimensions are bound to 1 until `bound(to:)` says otherwise.
    ///
    /// - Precondition: at most eight dimensions, none negative.
    public mutating func addInput(_ name: String, _ elementType: ElementType = .f32, dimensions: [Dimension]) -> Value {
        let shape = Shape(dimensions.map { if case .fixed(let size) = $0 { size } else { 1 } })
        return addInput(name, TensorType(elementType, shape), dimensions: dimensions)
    }

    /// An input in a binding of its symbolic dimensions.
    ///
    /// - Precondition: the shape has the fixed dimensions that are declared.
    package mutating func addInput(_ name: String, _ type: TensorType, dimensions: [Dimension]) -> Value {
        let value = add(name, type, .input)
        inputs.append(Input(value: value, dimensions: dimensions))
        return value
    }

    /// A value that is known beforehand.
    public mutating func addConstant(_ tensor: Tensor, name: String = "") -> Value {
        add(name, tensor.type, .constant(tensor))
    }

    /// A value that is known beforehand and lies in a file.
    package mutating func addConstant(_ tensor: StoredTensor, name: String) -> Value {
        add(name, tensor.type, .stored(tensor))
    }

    /// Weights that are kept in fewer bits, as the floats that they are.
    mutating func addConstant(_ weights: NarrowTensor, name: String = "") -> Value {
        add(name, weights.type, .narrow(weights))
    }

    /// A value that is kept from run to run, and how it starts.
    public mutating func addState(_ initial: Tensor, name: String) -> Value { add(name, initial.type, .state(initial)) }

    /// Applies an operator.
    ///
    /// - Returns: the operator's outputs.
    /// - Throws: `GraphError` naming the node where the operator refuses the inputs' types.
    @discardableResult
    public mutating func append(
        _ operation: any Operator, _ inputs: [Value?], name: String? = nil, outputNames: [String] = []
    )
        throws(GraphError) -> [Value]
    {
        let name = name ?? "\(operation.name)_\(nodes.count)"
        let operands = Operands(
            types: inputs.map { $0.map(type(of:)) }, constants: inputs.map { $0.flatMap(known) })
        let types: [TensorType]
        do {
            types = try operation.infer(operands)
        } catch {
            throw GraphError(node: name, operation: operation.name, fault: error.description)
        }
        let tensors = try Evaluation.known(operation, operands, types)
        let outputs = types.enumerated().map { index, type in
            add(index < outputNames.count ? outputNames[index] : "", type, .node)
        }
        if let tensors { for (output, tensor) in zip(outputs, tensors) { entries[output.index].known = tensor } }
        nodes.append(Node(name: name, operation: operation, inputs: inputs, outputs: outputs))
        return outputs
    }

    /// Makes a value an output.
    public mutating func addOutput(_ name: String, _ value: Value) { outputs.append(Output(name: name, value: value)) }

    /// Lets a state take up `value` at the end of each run.
    ///
    /// - Precondition: both have the same type, and `state` is one.
    package mutating func addUpdate(of state: Value, to value: Value) {
        precondition(type(of: state) == type(of: value) && initialState(state) != nil)
        updates.append(Update(state: state, value: value))
    }

    // MARK: Looking

    /// The name that people see for a value.
    public func label(of value: Value) -> String {
        let name = entries[value.index].name
        return name.isEmpty ? "value_\(value.index)" : name
    }

    /// For each value, the nodes that read it, by their numbers.
    package func readers() -> [[Int]] {
        var readers = Array(repeating: [Int](), count: entries.count)
        for (index, node) in nodes.enumerated() {
            for input in Set(node.inputs.compactMap { $0 }) { readers[input.index].append(index) }
        }
        return readers
    }

    /// For each value, the node that makes it.
    package func makers() -> [Int?] {
        var makers = [Int?](repeating: nil, count: entries.count)
        for (index, node) in nodes.enumerated() { for output in node.outputs { makers[output.index] = index } }
        return makers
    }

    /// What does not hold of this graph though it must; empty for a graph that is whole. Tests call it after every pass.
    package func violations() -> [String] {
        var violations: [String] = []
        var made = Set<Value>()
        for (index, entry) in entries.enumerated() {
            let type: TensorType
            switch entry.origin {
            case .input: type = entry.type
            case .constant(let tensor), .state(let tensor): type = tensor.type
            case .stored(let tensor): type = tensor.type
            case .narrow(let weights): type = weights.type
            case .node: continue
            }
            made.insert(Value(index: index))
            if type != entry.type { violations.append("value \(index) is \(type), declared \(entry.type)") }
        }
        for node in nodes {
            for input in node.inputs.compactMap({ $0 }) where !made.contains(input) {
                violations.append("node '\(node.name)' reads value \(input.index) before it is made")
            }
            for output in node.outputs where !made.insert(output).inserted {
                violations.append("node '\(node.name)' makes value \(output.index) again")
            }
        }
        for output in outputs where !made.contains(output.value) {
            violations.append("output '\(output.name)' is never made")
        }
        for update in updates where !made.contains(update.value) { violations.append("an update is never made") }
        return violations
    }
}
