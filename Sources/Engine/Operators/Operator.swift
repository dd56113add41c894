/// What a node computes: attributes, shape rule, gradient, and how it is run. One file an operator.
///
/// Adding one touches that file, a line in `OperatorRegistry`, the ONNX name table, and its rows in the test table.
public protocol Operator: Hashable, Sendable {
    /// ONNX's name, or our own for what ONNX has not.
    static var name: String { get }

    /// The outputs' types for the inputs' types.
    ///
    /// - Throws: `OperatorError` where the inputs do not fit.
    func infer(_ inputs: Operands) throws(OperatorError) -> [TensorType]

    /// Appends the gradient to the graph: for each input the gradient of the loss with respect to it, nil where `backward.needs` is false
    /// or there is none.
    func differentiate(_ backward: Backward, in graph: inout Graph) throws(GraphError) -> [Graph.Value?]

    /// Appends the jobs that compute the outputs.
    func schedule(_ step: inout Step) throws(GraphError)

    /// How the plan may place the outputs.
    var placement: Placement { get }

    /// What becomes of the operator where images are stored channels last.
    var channelsLast: ChannelsLast { get }

    /// Whether the outputs follow from the inputs' types alone.
    var dependsOnTypesOnly: Bool { get }

    /// Whether a row of the outputs follows from the same row of the inputs, where the first dimension of both is the batch.
    ///
    /// What shapes tell needs no answer: an output that has not the batch's dimension in front is none of rows.
    func keepsRowsApart(_ inputs: [TensorType?]) -> Bool

    /// Where an operand is weights, the axis along which lie the outputs that they make, each of which has a scale of its own where weights
    /// are kept as integers; nil for other operands.
    func weightAxis(_ operand: Int) -> Int?

    /// Whether the operator takes an operand of such a shape in the fewer bits in which it is kept.
    func takesNarrow(_ operand: Int, _ shape: Shape) -> Bool

    /// Whether the operator does nothing with a constant operand but `Step.prepared`.
    func packs(_ operand: Int) -> Bool

    /// Multiply-adds for the given types, for people who compare networks.
    func multiplyAdds(_ inputs: [TensorType?], _ outputs: [TensorType]) -> Int
}

/// How a plan may place an operator's outputs.
public enum Placement: Hashable, Sendable {
    /// In memory of their own.
    case separate
    /// The first output may overwrite any of these inputs, where nobody needs them any more.
    case mayOverwrite([Int])
    /// The first output is the first input's memory in another shape; nothing is computed.
    case view
    /// The output of each number overwrites the input of that number: the update of states.
    case overwrites([Int: Int])
}

/// What becomes of an operator where images are stored channels last (N, H, W, C).
public enum ChannelsLast {
    /// It takes its first input (and `images`, others of its shape) and gives its first output channels last.
    case becomes(any Operator, images: [Int])
    /// It becomes another where inputs lie so already, and then takes all of its inputs of four dimensions so.
    case follows(any Operator)
    /// It works element by element: any layout will do, if all its inputs have the same.
    case indifferent
    /// It needs the layout that the graph shows.
    case no
}

extension Operator {
    public var name: String { Self.name }
    public var placement: Placement { .separate }
    public var channelsLast: ChannelsLast { .no }
    public var dependsOnTypesOnly: Bool { false }
    public func keepsRowsApart(_ inputs: [TensorType?]) -> Bool { false }
    public func weightAxis(_ operand: Int) -> Int? { nil }
    public func takesNarrow(_ operand: Int, _ shape: Shape) -> Bool { false }
    public func packs(_ operand: Int) -> Bool { false }
    public func multiplyAdds(_ inputs: [TensorType?], _ outputs: [TensorType]) -> Int { 0 }
    public func differentiate(_ backward: Backward, in graph: inout Graph) throws(GraphError) -> [Graph.Value?] {
        throw GraphError(
            node: backward.node.name, operation: name,
            fault: "\(name) has no gradient, so nothing before it can be trained")
    }
}

/// What an operator's shape rule sees of its inputs.
public struct Operands {
    package var types: [TensorType?]
    package var constants: [Tensor?]

    package init(types: [TensorType?], constants: [Tensor?] = []) {
        self.types = types
        self.constants = constants
    }

    /// The type of an input; nil where it is left out.
    public func optional(_ index: Int) -> TensorType? { types.indices.contains(index) ? types[index] : nil }

    /// The type of an input that must be there, of floats unless said otherwise.
    public func required(_ index: Int, _ name: String, _ elementType: ElementType? = .f32, rank: Int? = nil)
        throws(OperatorError) -> TensorType
    {
        guard let type = optional(index) else { throw OperatorError("input \(index) (\(name)) is missing") }
        if let elementType, type.elementType != elementType {
            throw OperatorError(
                "\(name) has elements \(type.elementType.rawValue); \(elementType.rawValue) is supported")
        }
        if let rank, type.shape.rank != rank {
            throw OperatorError("\(name) has shape \(type.shape); \(rank) dimensions are needed")
        }
        return type
    }

    /// The type of an input that must be there, of numbers that are computed with.
    public func numeric(_ index: Int, _ name: String) throws(OperatorError) -> TensorType {
        let type = try required(index, name, nil)
        switch type.elementType {
        case .f32, .i32, .i64: return type
        case .f16, .bf16, .i8, .u8, .bool:
            throw OperatorError("\(name) has elements \(type.elementType.rawValue); f32, i32 and i64 are supported")
        }
    }

    /// The axes that are meant, from 0 on, in rising order.
    ///
    /// - Throws: `OperatorError` where one is out of range or there twice.
    func axes(_ axes: [Int], of shape: Shape) throws(OperatorError) -> [Int] {
        var resolved: [Int] = []
        for axis in axes {
            guard let place = shape.axis(axis) else { throw OperatorError("axis \(axis) of shape \(shape)") }
            guard !resolved.contains(place) else { throw OperatorError("axis \(axis) twice among \(axes)") }
            resolved.append(place)
        }
        return resolved.sorted()
    }

    /// Integers that must be known before the graph is run.
    public func integers(_ index: Int, _ name: String) throws(OperatorError) -> [Int] {
        guard constants.indices.contains(index), let values = constants[index]?.integers else {
            throw OperatorError("\(name) must be integers that are known before the model is run")
        }
        return values
    }

    /// Floats that must be known before the graph is run.
    func floats(_ index: Int, _ name: String) throws(OperatorError) -> [Float] {
        guard let type = optional(index), type.elementType == .f32, constants.indices.contains(index),
            let values = constants[index]?.floats
        else { throw OperatorError("\(name) must be floats that are known before the model is run") }
        return values
    }

    /// Checks how many inputs there are.
    public func count(in range: ClosedRange<Int>) throws(OperatorError) {
        guard range.contains(types.count) else {
            throw OperatorError("\(types.count) inputs where there are \(range.lowerBound) to \(range.upperBound)")
        }
    }
}

/// Why an operator refuses its inputs.
public struct OperatorError: Error, Hashable, CustomStringConvertible {
    public var description: String
    public init(_ description: String) { self.description = description }
}

extension Shape {
    /// The shape of an output, whose dimensions can be more than those of the inputs together.
    init(inferred dimensions: some Collection<Int>) throws(OperatorError) {
        do { try self.init(checking: dimensions) } catch { throw OperatorError(error.description) }
    }
}

/// A node on the way back.
public struct Backward {
    /// The node of the graph that is differentiated.
    public let node: Graph.Node
    /// The gradient of the loss with respect to each output; nil where the loss does not depend on it.
    public let outputGradients: [Graph.Value?]
    /// Whether the gradient of each input is wanted.
    public let needs: [Bool]

    /// An input that the operator's shape rule has made sure of.
    package func input(_ index: Int) -> Graph.Value {
        guard let value = node.inputs[index] else { preconditionFailure("input \(index) of '\(node.name)' is missing") }
        return value
    }

    /// An input that may be left out.
    package func optionalInput(_ index: Int) -> Graph.Value? {
        node.inputs.indices.contains(index) ? node.inputs[index] : nil
    }

    /// The gradient of the first output.
    package var gradient: Graph.Value {
        guard let value = outputGradients[0] else {
            preconditionFailure("'\(node.name)' has no gradient to go on with")
        }
        return value
    }

    /// A name for a node of the gradient.
    package func name(_ what: String) -> String { "\(node.name).\(what)" }
}
