package import Engine
internal import ModelFiles
internal import Streams
internal import Text

/// A network over characters, ready to read and write; safe to share between threads.
package struct CharacterModel: Sendable {
    /// What a network remembers of texts side by side.
    package struct State: Sendable {
        /// By the name of the input that takes it, `[1, rows, units]` each.
        fileprivate(set) var tensors: [String: Tensor]
        /// How many texts there are.
        let rows: Int

        init(tensors: [String: Tensor], rows: Int) {
            self.tensors = tensors
            self.rows = rows
        }

        /// States side by side, of one row each.
        init(rows states: [State]) {
            tensors = [:]
            rows = states.count
            for name in states.first?.tensors.keys.sorted() ?? [] {
                let all = states.flatMap { $0.tensors[name]?.floats ?? [] }
                tensors[name] = Tensor(all, shape: [1, rows, all.count / max(rows, 1)])
            }
        }

        /// Some of the texts.
        func keeping(_ kept: [Int]) -> State {
            State(
                tensors: tensors.mapValues { tensor in
                    let floats = tensor.floats, units = tensor.type.shape[2]
                    return Tensor(
                        kept.flatMap { floats[$0 * units..<($0 + 1) * units] }, shape: [1, kept.count, units])
                }, rows: kept.count)
        }
    }

    package let model: Model
    package let code: CharacterCode
    /// What `--version` calls it.
    package let name: String
    /// What it never writes: the escape, and what its recipe says.
    let unwritten: [Int]
    let input: String
    let output: String
    private let units: [String: Int]

    /// - Throws: `GraphError` where the network is not one over such characters.
    package init(_ model: Model, code: CharacterCode, name: String = "", unwritten: String = "") throws(GraphError) {
        let graph = model.graph
        guard let input = graph.inputs.first, let output = graph.outputs.first,
            graph.type(of: input.value).elementType == .i64, input.dimensions.count == 2,
            graph.type(of: output.value).shape.last == code.outputs
        else {
            throw GraphError(fault: "the network does not read numbers [batch, steps] and write \(code.outputs) logits")
        }
        var units: [String: Int] = [:]
        for state in graph.inputs.dropFirst() {
            let name = graph[state.value].name
            guard state.dimensions.count == 3, case .fixed(let count) = state.dimensions[2],
                graph.outputs.contains(where: { $0.name == "\(name).next" })
            else { throw GraphError(fault: "the input '\(name)' is no state that goes on") }
            units[name] = count
        }
        self.model = model
        self.code = code
        self.name = name
        self.unwritten = [Vocabulary.escape] + unwritten.unicodeScalars.map(code.vocabulary.number(of:))
        self.input = graph[input.value].name
        self.output = output.name
        self.units = units
    }

    /// Whether weights are integers of which kernels may make products with integers.
    var multipliesIntegers: Bool { model.graph.nodes.contains { $0.operation is Operators.DequantizeLinear } }

    /// Nothing is remembered yet.
    package func emptyState(rows: Int) -> State {
        State(tensors: units.mapValues { Tensor(zeros: [1, rows, $0]) }, rows: rows)
    }

    /// Reads numbers `[rows, steps]`, and gives the logits of what follows each, `[rows, steps, outputs]`.
    ///
    /// - Throws: `GraphError` where the network gives something else.
    package func run(_ numbers: Tensor, _ state: inout State) throws(GraphError) -> [Float] {
        var inputs = state.tensors
        inputs[input] = numbers
        let outputs = try model.run(inputs)
        for name in units.keys { state.tensors[name] = outputs["\(name).next"] }
        let logits = outputs[output]?.floats ?? []
        guard logits.count == numbers.shape.elementCount * code.outputs else { throw wrongLogits }
        return logits
    }

    /// What is thrown where there are more or fewer logits.
    var wrongLogits: GraphError {
        GraphError(fault: "the network does not give \(code.outputs) logits for each number that it reads")
    }
}

extension CharacterModel {
    /// The model of an ONNX file.
    ///
    /// - Throws: `InputError` or `ModelFileError`, in a line that names the file and the fault.
    package init(contentsOf path: String, options: Model.Options = .init()) throws {
        try self.init(Graph(contentsOfONNX: path), file: path, options: options)
    }

    /// The model that is part of the program.
    package static func embedded(options: Model.Options = .init()) throws -> CharacterModel {
        try CharacterModel(EmbeddedModel.chat.graph(), file: EmbeddedModel.path, options: options)
    }

    private init(_ graph: Graph, file: String, options: Model.Options) throws {
        let metadata = try ChatMetadata(graph.metadata, file: file)
        do {
            try self.init(
                Model(graph, options: options), code: metadata.code, name: metadata.name,
                unwritten: metadata.unwritten)
        } catch {
            throw InputError(file, error.description)
        }
    }
}
