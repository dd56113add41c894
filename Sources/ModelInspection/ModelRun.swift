public import Engine
internal import FoundationEssentials
internal import ModelFiles

/// One run of a model: its inputs from `.npy` files, its outputs into some.
public enum ModelRun {
    /// An input's name and its file.
    public struct Input: Sendable {
        /// As the model has it.
        public let name: String
        /// The path of a `.npy` file.
        public let file: String

        /// Of a text `NAME=FILE`; nil where it is none.
        public init?(_ text: String) {
            guard let equal = text.firstIndex(of: "="), equal != text.startIndex,
                text.index(after: equal) != text.endIndex
            else { return nil }
            name = String(text[..<equal])
            file = String(text[text.index(after: equal)...])
        }
    }

    /// An output that was written.
    public struct Output: Sendable {
        /// As the model has it.
        public let name: String
        /// The path of the file.
        public let file: String
        /// Of the tensor in it.
        public let type: TensorType
    }

    /// Runs the model of a file and writes each output into the folder, as `NAME.npy`.
    ///
    /// The folder is made where it is missing; files of these names are replaced. Names are made file names by `FileNames`.
    ///
    /// - Throws: `ModelFileError` that names the file at fault: the model, an input, an output.
    public static func run(_ model: String, inputs: [Input], outputFolder: String, options: Model.Options) throws
        -> [Output]
    {
        let given = try Self.tensors(of: inputs)
        let graph = try Graph(contentsOfONNX: model, given: given)
        let variable = Set(graph.inputs.map { graph[$0.value].name })
        let constant = Set(try ModelOutline(contentsOfONNX: model).inputs).subtracting(variable)
        let outputs: [String: Tensor]
        do {
            let tensors = given.filter { !constant.contains($0.name) }
            outputs = try Model(graph, options: options).run(
                Dictionary(tensors.map { ($0.name, $0.tensor) }) { first, _ in first })
        } catch { throw ModelFileError(model, error.description) }

        do { try FileManager.default.createDirectory(atPath: outputFolder, withIntermediateDirectories: true) } catch {
            throw ModelFileError(outputFolder, "the folder cannot be made")
        }
        var names = FileNames()
        var written: [Output] = []
        for output in graph.outputs {
            guard let tensor = outputs[output.name] else { continue }
            let file =
                (outputFolder.hasSuffix("/") ? outputFolder : outputFolder + "/") + names.name(for: output.name)
                + ".npy"
            try tensor.write(toNPY: file)
            written.append(Output(name: output.name, file: file, type: tensor.type))
        }
        return written
    }

    /// The tensors of the inputs' files.
    static func tensors(of inputs: [Input]) throws -> [(name: String, tensor: Tensor)] {
        var names: Set<String> = []
        return try inputs.map { input in
            guard names.insert(input.name).inserted else {
                throw ModelFileError(input.file, "the input \(input.name.quoted) is given twice")
            }
            return (input.name, try Tensor(contentsOfNPY: input.file))
        }
    }
}
