import Engine

/// An ONNX node while its operator is read.
///
/// Each attribute is asked for by name, type and default; what was not asked for is an error at the end, since nobody knows what
/// leaving it out would change.
struct NodeReading {
    /// The node's name; may be empty.
    let name: String
    /// The version of the operators' meaning that the model was written for.
    let opset: Int
    /// The values that the operator is applied to; nil where one is left out. An entry may drop those that ONNX has and we do not.
    var inputs: [Graph.Value?]
    /// The inputs' types as the node has them.
    let types: [TensorType?]
    /// The inputs that are known beforehand, as the node has them.
    let constants: [Tensor?]
    /// How many outputs the node has.
    let outputCount: Int
    /// The places of the outputs that something reads.
    private let usedOutputs: Set<Int>
    /// Inputs that ONNX had as attributes, to be put in their places.
    private(set) var addedInputs: [(place: Int, tensor: Tensor)] = []
    private var attributes: [String: Onnx_AttributeProto] = [:]

    /// - Parameter used: the values that something reads.
    init(_ node: Onnx_NodeProto, opset: Int, inputs: [Graph.Value?], used: Set<String>, in graph: Graph) throws(Fault) {
        name = node.name
        self.opset = opset
        self.inputs = inputs
        outputCount = node.output.count
        usedOutputs = Set(node.output.indices.filter { used.contains(node.output[$0]) })
        types = inputs.map { $0.map(graph.type(of:)) }
        constants = inputs.map { $0.flatMap(graph.constant) }
        for attribute in node.attribute {
            guard attribute.refAttrName.isEmpty else {
                throw Fault("attribute \(attribute.name.quoted) refers to a function's, and there is no function")
            }
            guard ![.graph, .graphs].contains(attribute.type) else {
                throw Fault("attribute \(attribute.name.quoted) is a subgraph, which is not supported")
            }
            guard attributes.updateValue(attribute, forKey: attribute.name) == nil else {
                throw Fault("attribute \(attribute.name.quoted) is there twice")
            }
        }
    }

    private mutating func take(_ name: String, _ type: Onnx_AttributeProto.AttributeType, _ kind: String)
        throws(Fault) -> Onnx_AttributeProto?
    {
        guard let attribute = attributes.removeValue(forKey: name) else { return nil }
        guard attribute.type == type else { throw Fault("attribute '\(name)' is not \(kind)") }
        return attribute
    }

    mutating func integer(_ name: String) throws(Fault) -> Int? { try take(name, .int, "an integer").map { Int($0.i) } }
    mutating func integers(_ name: String) throws(Fault) -> [Int]? {
        try take(name, .ints, "a list of integers")?.ints.map(Int.init)
    }
    mutating func float(_ name: String) throws(Fault) -> Float? { try take(name, .float, "a float")?.f }
    mutating func floats(_ name: String) throws(Fault) -> [Float]? {
        try take(name, .floats, "a list of floats")?.floats
    }
    mutating func tensor(_ name: String) throws(Fault) -> Tensor? {
        guard let attribute = try take(name, .tensor, "a tensor") else { return nil }
        return try Tensor(attribute.t)
    }

    /// A text that is one of a few.
    mutating func text(_ name: String, oneOf accepted: [String]) throws(Fault) -> String? {
        guard let attribute = try take(name, .string, "a text") else { return nil }
        guard let text = accepted.first(where: { $0.utf8.elementsEqual(attribute.s) }) else {
            let found = String(decoding: attribute.s, as: UTF8.self).quoted
            throw Fault("attribute '\(name)' is \(found); supported are \(accepted.joined(separator: ", "))")
        }
        return text
    }

    /// Texts, whatever they say.
    mutating func texts(_ name: String) throws(Fault) -> [String]? {
        try take(name, .strings, "a list of texts")?.strings.map { String(decoding: $0, as: UTF8.self) }
    }

    /// A truth value, which ONNX writes as 0 or 1.
    mutating func flag(_ name: String) throws(Fault) -> Bool? {
        guard let value = try integer(name) else { return nil }
        guard value == 0 || value == 1 else { throw Fault("attribute '\(name)' is \(value); it can be 0 or 1") }
        return value == 1
    }

    /// Whether input `index` is there.
    func has(_ index: Int) -> Bool { inputs.indices.contains(index) && inputs[index] != nil }

    /// Whether something reads output `index`.
    func usesOutput(_ index: Int) -> Bool { usedOutputs.contains(index) }

    /// The single number in an input that must be known beforehand; nil where the input is left out.
    func number(_ index: Int, _ name: String) throws(Fault) -> Float? {
        guard has(index) else { return nil }
        guard let constant = constants[index], constant.shape.elementCount == 1 else {
            throw Fault("\(name) must be one number that is known before the model is run")
        }
        return constant.floats[0]
    }

    /// Puts a tensor, if there is one, where an operator of ours has an input and ONNX had an attribute.
    mutating func addInput(_ place: Int, _ tensor: Tensor?) {
        if let tensor { addedInputs.append((place, tensor)) }
    }

    /// Axes that are an attribute before an opset, and the second input since then; nil where they are left out.
    mutating func axes(asInputSince since: Int) throws(Fault) -> [Int]? {
        if opset < since { return try integers("axes") }
        guard has(1) else { return nil }
        guard let axes = constants[1]?.integers else {
            throw Fault("axes must be integers that are known before the model is run")
        }
        inputs = Array(inputs.prefix(1))
        return axes
    }

    /// - Throws: `Fault` where an attribute was not asked for.
    func finish() throws(Fault) {
        if let name = attributes.keys.min() { throw Fault("attribute \(name.quoted) is not supported") }
    }
}
