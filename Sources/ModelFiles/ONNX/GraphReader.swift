import Engine

/// A graph in the making from an ONNX model.
struct GraphReader {
    /// The opsets whose operators' meaning is known.
    static let opsets = 9...28

    private let opset: Int
    private let proto: Onnx_GraphProto
    private let order: NodeOrder
    /// The inputs that are not initializers.
    private let inputs: [Input]
    private let initializers: [String: Initializer]
    private let metadata: [String: String]
    /// The values that something reads.
    private let used: Set<String>

    private struct Input {
        var name: String
        var elementType: ElementType
        var dimensions: [Dimension]
    }

    private enum Initializer {
        case read(Tensor)
        /// Left in the file.
        case stored(StoredTensor)
    }

    /// Checks all of a model that can be checked without its operators.
    ///
    /// - Parameters:
    ///   - folder: where the model lies; nil where it is no file.
    ///   - known: inputs that are constants.
    ///   - weights: the file that the parts lie in, where large initializers are left in it.
    init(_ parts: ModelParts, folder: String?, known: [String: Tensor], weights: WeightFile? = nil) throws(Fault) {
        let model = parts.model
        opset = try Self.opset(of: model)
        guard model.hasGraph else { throw Fault("not an ONNX model, or cut short: it has no graph") }
        let graph = model.graph
        guard graph.sparseInitializer.isEmpty else {
            throw Fault("sparse initializers are not supported", isUnsupported: true)
        }
        guard !graph.output.isEmpty else { throw Fault("the graph has no output") }

        var initializers: [String: Initializer] = [:]
        var external = ExternalData(folder: folder)
        for (tensor, raw) in parts.initializers {
            do throws(Fault) {
                let elements: Initializer =
                    if let stored = try weights?.tensor(tensor, raw: raw) {
                        .stored(stored)
                    } else if tensor.dataLocation == .external {
                        .read(try external.tensor(of: tensor))
                    } else {
                        .read(try Tensor(tensor, raw: raw))
                    }
                guard initializers.updateValue(elements, forKey: tensor.name) == nil else {
                    throw Fault("it is there twice")
                }
            } catch { throw error.at("initializer \(tensor.name.quoted)") }
        }

        var symbols = SymbolNames(graph.input)
        var inputs: [Input] = [], names: Set<String> = []
        for input in graph.input where initializers[input.name] == nil {
            do throws(Fault) {
                guard names.insert(input.name).inserted else { throw Fault("it is there twice") }
                let input = try Self.input(input, &symbols)
                if let tensor = known[input.name] {
                    try Self.check(tensor.type, fits: input)
                    initializers[input.name] = .read(tensor)
                } else {
                    inputs.append(input)
                }
            } catch { throw error.at("input \(input.name.quoted)") }
        }
        self.inputs = inputs
        self.initializers = initializers
        proto = try Self.inlined(graph, &external, opset: opset)

        var metadata: [String: String] = [:]
        for entry in model.metadataProps {
            guard metadata.updateValue(entry.value, forKey: entry.key) == nil else {
                throw Fault("metadata \(entry.key.quoted) is there twice")
            }
        }
        self.metadata = metadata

        let opset = opset
        order = try NodeOrder(graph.node) { Self.label(graph.node[$0], place: $0, opset: opset) }
        used = Set(graph.node.flatMap(\.input)).union(graph.output.map(\.name))
    }

    /// The graph with the tensors of its nodes' attributes in it, wherever they lie.
    private static func inlined(_ graph: Onnx_GraphProto, _ external: inout ExternalData, opset: Int) throws(Fault)
        -> Onnx_GraphProto
    {
        var graph = graph
        for (place, node) in graph.node.enumerated() {
            for (index, attribute) in node.attribute.enumerated() where attribute.t.dataLocation == .external {
                do throws(Fault) {
                    let tensor = try external.tensor(of: attribute.t)
                    graph.node[place].attribute[index].t = Onnx_TensorProto(tensor, name: attribute.t.name)
                } catch {
                    throw error.at(label(node, place: place, opset: opset))
                }
            }
        }
        return graph
    }

    /// The opset of ONNX's own operators.
    ///
    /// - Throws: `Fault` where it names none, or one that is not read.
    static func opset(of model: Onnx_ModelProto) throws(Fault) -> Int {
        let versions = model.opsetImport.filter { $0.domain.isEmpty || $0.domain == "ai.onnx" }.map(\.version)
        guard let version = versions.first else {
            guard let other = model.opsetImport.first else {
                throw Fault("not an ONNX model, or cut short: it names no opset")
            }
            throw Fault("operators of domain \(other.domain.quoted) are not supported", isUnsupported: true)
        }
        guard versions.count == 1, let opset = Int(exactly: version), opsets.contains(opset) else {
            let found = versions.prefix(3).map { "\($0)" }.joined(separator: ", ")
            throw Fault(
                "opset \(found) is not supported; supported are \(opsets.lowerBound) to \(opsets.upperBound)",
                isUnsupported: true)
        }
        return opset
    }

    private static func label(_ node: Onnx_NodeProto, place: Int, opset: Int) -> String {
        "node \(node.name.isEmpty ? "\(place)" : node.name.quoted) (\(node.opType.shown), opset \(opset))"
    }

    // MARK: Inputs

    private static func input(_ info: Onnx_ValueInfoProto, _ symbols: inout SymbolNames) throws(Fault) -> Input {
        guard case .tensorType(let type) = info.type.value else { throw Fault("it is no tensor", isUnsupported: true) }
        guard let elementType = try FileElement(onnx: type.elemType).sameType else {
            throw Fault(
                "elements of type \(try FileElement(onnx: type.elemType)) are not supported", isUnsupported: true)
        }
        guard type.hasShape else { throw Fault("it has no shape, so its number of dimensions is unknown") }
        var dimensions: [Dimension] = []
        for (axis, dimension) in type.shape.dim.enumerated() {
            switch dimension.value {
            case .dimValue(let size): dimensions.append(.fixed(Int(size)))
            case .dimParam(let name) where !name.isEmpty: dimensions.append(.symbol(name))
            case .dimParam, nil: dimensions.append(.symbol(symbols.new(info.name, axis)))
            }
        }
        let sizes = dimensions.map { if case .fixed(let size) = $0 { size } else { 1 } }
        do { _ = try Shape(checking: sizes) } catch { throw Fault(error.description) }
        return Input(name: info.name, elementType: elementType, dimensions: dimensions)
    }

    /// Names for dimensions that have neither a size nor a name.
    private struct SymbolNames {
        private var taken: Set<String> = []

        init(_ inputs: [Onnx_ValueInfoProto]) {
            for dimension in inputs.flatMap(\.type.tensorType.shape.dim) { taken.insert(dimension.dimParam) }
        }

        mutating func new(_ input: String, _ axis: Int) -> String {
            var name = "\(input).\(axis)"
            while !taken.insert(name).inserted { name += "'" }
            return name
        }
    }

    // MARK: Nodes

    /// The graph, its symbolic dimensions bound to sizes with which its operators agree.
    ///
    /// That is 1 where it can be. A network for images of any size has windows that do not fit into a pixel: it is tried with larger
    /// images, of one size in all symbolic dimensions but the first of each input, which counts images.
    /// Where none will do, the fault is that of the size which came furthest: the others may only be too small.
    func graph() throws(Fault) -> Graph {
        let isOfAnySize = inputs.contains { $0.dimensions.dropFirst().contains(where: \.isSymbol) }
        var furthest: (nodes: Int, fault: Fault)?
        for size in isOfAnySize ? [1, 32, 64, 256, 1_024] : [1] {
            var nodes = 0
            do { return try graph(symbolSize: size, &nodes) } catch {
                if nodes > furthest?.nodes ?? -1 { furthest = (nodes, error) }
            }
        }
        throw furthest?.fault ?? Fault("it has no graph")
    }

    /// - Parameter nodes: counts those that were read.
    private func graph(symbolSize: Int, _ nodes: inout Int) throws(Fault) -> Graph {
        var graph = Graph()
        graph.metadata = metadata
        var values: [String: Graph.Value] = [:]
        let counts = Set(inputs.compactMap(\.dimensions.first))
        for input in inputs {
            let sizes = input.dimensions.map { dimension in
                switch dimension {
                case .fixed(let size): size
                case .symbol: counts.contains(dimension) ? 1 : symbolSize
                }
            }
            let shape: Shape
            do { shape = try Shape(checking: sizes) } catch { throw Fault(error.description) }
            values[input.name] = graph.addInput(
                input.name, TensorType(input.elementType, shape), dimensions: input.dimensions)
        }
        for place in order.places {
            do { try append(proto.node[place], to: &graph, &values) } catch {
                throw error.at(Self.label(proto.node[place], place: place, opset: opset))
            }
            nodes += 1
        }
        var names: Set<String> = []
        for output in proto.output {
            do throws(Fault) {
                guard names.insert(output.name).inserted else {
                    throw Fault("it is there twice")
                }
                let value = try value(output.name, in: &graph, &values)
                try Self.check(graph.type(of: value).elementType, against: output)
                graph.addOutput(output.name, value)
            } catch { throw error.at("output \(output.name.quoted)") }
        }
        return graph
    }

    private static func check(_ type: TensorType, fits input: Input) throws(Fault) {
        let fits =
            type.elementType == input.elementType && type.shape.rank == input.dimensions.count
            && zip(type.shape, input.dimensions).allSatisfy { size, dimension in
                if case .fixed(let fixed) = dimension { fixed == size } else { true }
            }
        guard fits else {
            let dimensions = input.dimensions.map(\.description).joined(separator: ", ")
            throw Fault("\(type) is given where the model takes \(input.elementType.rawValue)[\(dimensions)]")
        }
    }

    private static func check(_ type: ElementType, against info: Onnx_ValueInfoProto) throws(Fault) {
        guard case .tensorType(let declared) = info.type.value, declared.hasElemType else { return }
        guard let expected = try FileElement(onnx: declared.elemType).sameType, expected != type else { return }
        throw Fault("declared with elements \(expected.rawValue), but made with \(type.rawValue)")
    }

    private func value(_ name: String, in graph: inout Graph, _ values: inout [String: Graph.Value])
        throws(Fault) -> Graph.Value
    {
        if let value = values[name] { return value }
        let value =
            switch initializers[name] {
            case .read(let tensor): graph.addConstant(tensor, name: name)
            case .stored(let tensor): graph.addConstant(tensor, name: name)
            case nil: throw Fault("\(name.quoted) is neither an input, nor an initializer, nor made by a node")
            }
        values[name] = value
        return value
    }

    private func append(_ node: Onnx_NodeProto, to graph: inout Graph, _ values: inout [String: Graph.Value])
        throws(Fault)
    {
        var operands: [Graph.Value?] = []
        for name in node.input { operands.append(name.isEmpty ? nil : try value(name, in: &graph, &values)) }
        for output in node.output where values[output] != nil || initializers[output] != nil {
            throw Fault("output \(output.quoted) is an input or an initializer already")
        }
        let made: [Graph.Value]
        do { made = try append(node, of: operands, to: &graph) } catch { throw error.ofWhatIsUnsupported }
        for (index, name) in node.output.enumerated() where !name.isEmpty {
            if index < made.count {
                values[name] = made[index]
            } else if used.contains(name) {
                throw Fault("output \(index) (\(name.quoted)) is not supported", isUnsupported: true)
            }
        }
    }

    /// Applies a node's operator; what it refuses is not supported, if the model is one that others run.
    private func append(_ node: Onnx_NodeProto, of operands: [Graph.Value?], to graph: inout Graph)
        throws(Fault) -> [Graph.Value]
    {
        var reading = try NodeReading(node, opset: opset, inputs: operands, used: used, in: graph)
        let made: [Graph.Value]
        switch node.domain.isEmpty || node.domain == "ai.onnx" ? node.opType : "" {
        case "Constant": made = [graph.addConstant(try reading.constant(), name: node.output.first ?? "")]
        case "Identity":
            guard operands.count == 1, let operand = operands[0] else { throw Fault("it has no input") }
            made = [operand]
        case let name:
            guard let found = OperatorNames.reading(ofONNX: name, opset: opset) else {
                let domain = node.domain.isEmpty ? "" : " of domain \(node.domain.quoted)"
                throw Fault("the operator\(domain) is not supported")
            }
            let whole: NodeParts.Whole = { reading, graph throws(Fault) in
                try Self.append(found, &reading, outputNames: node.output, to: &graph)
            }
            if let read = NodeParts.all[name] {
                made = try read(&reading, &graph, whole)
            } else {
                made = try whole(&reading, &graph)
            }
        }
        try reading.finish()
        return made
    }

    /// Applies the one operator that a node is by its entry.
    private static func append(
        _ entry: OperatorEntry.Reading, _ reading: inout NodeReading, outputNames: [String],
        to graph: inout Graph
    ) throws(Fault) -> [Graph.Value] {
        let operation = try entry.read(&reading)
        for (place, tensor) in reading.addedInputs {
            while reading.inputs.count <= place { reading.inputs.append(nil) }
            reading.inputs[place] = graph.addConstant(tensor)
        }
        do {
            return try graph.append(operation, reading.inputs, name: reading.name, outputNames: outputNames)
        } catch { throw Fault(error.fault) }
    }
}

extension NodeReading {
    /// The tensor of a Constant node.
    fileprivate mutating func constant() throws(Fault) -> Tensor {
        if let tensor = try tensor("value") { return tensor }
        if let value = try float("value_float") { return Tensor(value) }
        if let values = try floats("value_floats") { return Tensor(values, shape: [values.count]) }
        if let value = try integer("value_int") { return Tensor([Int64(value)], shape: []) }
        if let values = try integers("value_ints") { return Tensor(values.map(Int64.init), shape: [values.count]) }
        throw Fault("it has no value of a supported kind")
    }
}

extension WeightFile {
    /// The tensor of an initializer, left in the file; nil where that has to be read at once.
    fileprivate func tensor(_ proto: Onnx_TensorProto, raw: ArraySlice<UInt8>?) throws(Fault) -> StoredTensor? {
        guard let raw, proto.dataLocation == .default, proto.externalData.isEmpty, !proto.hasSegment,
            let type = try FileElement(onnx: proto.dataType).sameType, type == .f32
        else { return nil }
        return tensor(TensorType(type, try proto.shape()), at: raw.indices)
    }
}

extension Dimension {
    fileprivate var isSymbol: Bool { if case .symbol = self { true } else { false } }
}
