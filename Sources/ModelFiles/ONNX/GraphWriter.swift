import Engine
import FoundationEssentials

/// An ONNX model in the making from a graph. The same graph gives the same bytes.
struct GraphWriter {
    private let graph: Graph
    private var proto = Onnx_GraphProto()
    private var names: [Graph.Value: String] = [:]
    private var taken: Set<String> = []
    private var nodeNames: Set<String> = []

    /// - Throws: `Fault` where the graph has something that has no form in a file.
    static func model(of graph: Graph) throws(Fault) -> Onnx_ModelProto {
        guard graph.updates.isEmpty else {
            throw Fault("a graph that trains is not written; write the one for inference")
        }
        let graph: Graph = try {
            () throws(Fault) in
            do { return try graph.loaded().spelledOut() } catch { throw Fault("\(error)") }
        }()
        var writer = GraphWriter(graph)
        try writer.nameValues()
        writer.writeConstants()
        for node in graph.nodes { try writer.write(node) }
        try writer.writeOutputs()

        var model = Onnx_ModelProto()
        model.irVersion = 8
        model.producerName = "engram"
        var opset = Onnx_OperatorSetIdProto()
        opset.domain = ""
        opset.version = Int64(NodeWriting.opset)
        model.opsetImport = [opset]
        model.graph = writer.proto
        model.metadataProps = graph.metadata.sorted { $0.key < $1.key }.map { key, value in
            var entry = Onnx_StringStringEntryProto()
            entry.key = key
            entry.value = value
            return entry
        }
        return model
    }

    private init(_ graph: Graph) {
        self.graph = graph
        proto.name = "graph"
    }

    // MARK: Names

    /// Gives each value that is used a name of its own: its own where that is free, an output's for the value that it names.
    private mutating func nameValues() throws(Fault) {
        for input in graph.inputs {
            let name = graph[input.value].name
            guard taken.insert(name).inserted, !name.isEmpty else {
                throw Fault("two inputs are named \(name.quoted), or none is")
            }
            names[input.value] = name
        }
        for output in graph.outputs {
            let isInputItself = names[output.value] == output.name && graph.inputs.contains { $0.value == output.value }
            guard isInputItself || taken.insert(output.name).inserted, !output.name.isEmpty else {
                throw Fault("two inputs or outputs are named \(output.name.quoted), or one has no name")
            }
            if names[output.value] == nil, case .node = graph[output.value].origin { names[output.value] = output.name }
        }
        let used = graph.nodes.flatMap { $0.inputs.compactMap { $0 } + $0.outputs } + graph.outputs.map(\.value)
        for value in used where names[value] == nil { names[value] = newName(graph.label(of: value)) }
    }

    private mutating func newName(_ wanted: String) -> String { Self.unique(wanted, among: &taken) }

    /// The name, or with a number where it is taken.
    private static func unique(_ wanted: String, among taken: inout Set<String>) -> String {
        var name = wanted, number = 1
        while !taken.insert(name).inserted {
            number += 1
            name = "\(wanted)_\(number)"
        }
        return name
    }

    // MARK: Values

    private mutating func writeConstants() {
        for value in names.keys.sorted(by: { $0.index < $1.index }) {
            guard let tensor = graph.constant(value) ?? graph.initialState(value), let name = names[value] else {
                continue
            }
            proto.initializer.append(Onnx_TensorProto(tensor, name: name))
        }
        for input in graph.inputs {
            proto.input.append(
                Self.info(
                    graph[input.value].name, graph.type(of: input.value).elementType,
                    input.dimensions.map(Optional.init)))
        }
    }

    private static func info(_ name: String, _ elementType: ElementType, _ dimensions: [Dimension?])
        -> Onnx_ValueInfoProto
    {
        var info = Onnx_ValueInfoProto()
        info.name = name
        info.type.tensorType.elemType = Int32(FileElement(elementType).onnxType.rawValue)
        info.type.tensorType.shape.dim = dimensions.map { dimension in
            var proto = Onnx_TensorShapeProto.Dimension()
            switch dimension {
            case .fixed(let size): proto.dimValue = Int64(size)
            case .symbol(let name): proto.dimParam = name
            case nil: break
            }
            return proto
        }
        return info
    }

    private mutating func writeOutputs() throws(Fault) {
        let dimensions = OutputDimensions(of: graph)
        for (index, output) in graph.outputs.enumerated() {
            // An input, a constant, or a value that is another output too, goes through a node that gives it this name.
            if let name = names[output.value], name != output.name {
                var node = Onnx_NodeProto()
                node.opType = "Identity"
                node.name = newNodeName(output.name)
                node.input = [name]
                node.output = [output.name]
                proto.node.append(node)
            }
            proto.output.append(
                Self.info(output.name, graph.type(of: output.value).elementType, dimensions.ofOutputs[index]))
        }
    }

    // MARK: Nodes

    /// Nodes of one layer share a name, which ONNX Runtime refuses.
    private mutating func newNodeName(_ wanted: String) -> String {
        wanted.isEmpty ? "" : Self.unique(wanted, among: &nodeNames)
    }

    private mutating func write(_ node: Graph.Node) throws(Fault) {
        do throws(Fault) {
            guard let translation = OperatorNames.entry(of: node.operation)?.translation else {
                throw Fault("an operator of training or running, which has no form in a file")
            }
            var written = Onnx_NodeProto()
            written.opType = translation.onnxName
            written.name = newNodeName(node.name)
            written.input = node.inputs.map { $0.flatMap { names[$0] } ?? "" }
            written.output = node.outputs.map { names[$0] ?? "" }
            var writing = NodeWriting(node, types: node.inputs.map { $0.map(graph.type(of:)) }, proto: written)
            try translation.write(node.operation, &writing)
            for (suffix, tensor) in writing.extraInputs {
                let name = newName("\(node.name).\(suffix)")
                proto.initializer.append(Onnx_TensorProto(tensor, name: name))
                writing.proto.input.append(name)
            }
            while writing.proto.input.last == "" { writing.proto.input.removeLast() }
            proto.node.append(writing.proto)
        } catch {
            throw Fault(error.text, place: "node \(node.name.quoted) (\(node.operation.name))")
        }
    }
}

/// The outputs' dimensions, as far as they follow from the inputs': a number, the symbol of an input, or nil.
///
/// The graph has numbers only. It is bound to a second set of sizes: a dimension that stays is fixed, and one that goes with a symbol
/// is that symbol.
private struct OutputDimensions {
    let ofOutputs: [[Dimension?]]

    init(of graph: Graph) {
        var first: [String: Int] = [:], second: [String: Int] = [:]
        for input in graph.inputs {
            for (dimension, size) in zip(input.dimensions, graph.type(of: input.value).shape) {
                guard case .symbol(let name) = dimension, first.updateValue(size, forKey: name) == nil else { continue }
                // Sizes of one remainder modulo 32 differ for each symbol, so that strides divide all of them alike.
                second[name] = size + 32 * second.count + 32
            }
        }
        let shapes = graph.outputs.map { graph.type(of: $0.value).shape }
        guard !first.isEmpty else {
            ofOutputs = shapes.map { $0.map { .fixed($0) } }
            return
        }
        var types: [String: TensorType] = [:]
        for input in graph.inputs {
            let sizes = input.dimensions.map { dimension in
                switch dimension {
                case .fixed(let size): size
                case .symbol(let name): second[name] ?? 1
                }
            }
            types[graph[input.value].name] = TensorType(graph.type(of: input.value).elementType, Shape(sizes))
        }
        guard let bound = try? graph.bound(to: types) else {
            ofOutputs = shapes.map { $0.map { _ in nil } }
            return
        }
        ofOutputs = zip(shapes, bound.outputs).map { shape, output in
            zip(shape, bound.type(of: output.value).shape).map { before, after in
                if before == after { return .fixed(before) }
                return first.keys.sorted().first { first[$0] == before && second[$0] == after }.map { .symbol($0) }
            }
        }
    }
}
