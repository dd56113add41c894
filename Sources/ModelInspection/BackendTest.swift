public import Engine
internal import FoundationEssentials
internal import ModelFiles

/// A test of ONNX's own: a folder with `model.onnx` and, in each `test_data_set_*`, the tensors `input_N.pb` and `output_N.pb`.
///
/// Floats may differ by 1e-7 + 1e-3·|expected|, as the onnx package has it unless told otherwise; integers and truth values are the same.
///
/// Source: ONNX, docs/OnnxBackendTest.md; onnx.backend.test.loader.
public struct BackendTest: Sendable {
    /// How a test ended.
    public enum Outcome: Hashable, Sendable {
        case passed
        /// What was wrong.
        case failed(String)
        /// What is in the model that is not supported.
        case unsupported(String)
    }

    /// How a test ended, and how it was run.
    public struct Report: Hashable, Sendable {
        /// How it ended.
        public var outcome: Outcome
        /// The inputs that the model was built with, since an operator takes a shape, axes or the like from one: they were constants.
        public var constants: [String]
    }

    /// The path of the folder.
    public let folder: String

    /// The folder's name.
    public var name: String { folder.split(separator: "/").last.map(String.init) ?? folder }

    /// The tests in a folder, by name; the folder itself where it is one.
    ///
    /// - Throws: `ModelFileError` where there is none.
    public static func tests(in folder: String) throws -> [BackendTest] {
        let found = try tests(in: folder, depth: 0)
        guard !found.isEmpty else {
            throw ModelFileError(
                folder, "no tests in it", remedy: "a test is a folder with model.onnx and test_data_set_0")
        }
        return found
    }

    private static func tests(in folder: String, depth: Int) throws -> [BackendTest] {
        if FileManager.default.fileExists(atPath: folder + "/model.onnx") { return [BackendTest(folder: folder)] }
        guard let names = try? FileManager.default.contentsOfDirectory(atPath: folder) else {
            guard depth == 0 else { return [] }
            let isThere = FileManager.default.fileExists(atPath: folder)
            throw ModelFileError(folder, isThere ? "no folder that can be read" : "no such folder")
        }
        guard depth < deepest else { return [] }
        let separator = folder.hasSuffix("/") ? "" : "/"
        return try names.sorted().flatMap { try tests(in: folder + separator + $0, depth: depth + 1) }
    }

    /// Folders of folders that are looked through.
    private static let deepest = 4
    private static let relativeTolerance = 1e-3
    private static let absoluteTolerance = 1e-7

    /// Runs the model on each set of data.
    public func run(options: Model.Options) -> Report {
        var constants: [String] = []
        let outcome = outcome(options, &constants)
        return Report(outcome: outcome, constants: constants)
    }

    private func outcome(_ options: Model.Options, _ constants: inout [String]) -> Outcome {
        do {
            let sets = try dataSets()
            guard !sets.isEmpty else { return .failed("no test_data_set_*") }
            for set in sets {
                if let fault = try fault(of: set, options, &constants) {
                    return .failed(sets.count == 1 ? fault : "\(set): \(fault)")
                }
            }
            return .passed
        } catch let error as ModelFileError {
            let text = (error.place.map { $0 + ": " } ?? "") + error.fault
            if error.isUnsupported { return .unsupported(text) }
            return .failed(error.file.hasPrefix(folder) ? error.file.dropFirst(folder.count + 1) + ": " + text : text)
        } catch { return .failed("\(error)") }
    }

    private func dataSets() throws -> [String] {
        let names = (try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? []
        return names.filter { $0.hasPrefix("test_data_set_") }.sorted { ($0.count, $0) < ($1.count, $1) }
    }

    /// What is wrong with the model's answer to a set of data; nil where nothing is.
    private func fault(of set: String, _ options: Model.Options, _ constants: inout [String]) throws -> String? {
        let model = folder + "/model.onnx"
        let names = try ModelOutline(contentsOfONNX: model).inputs
        let inputs = try tensors("input", of: set, model)
        guard inputs.count <= names.count else { return "\(inputs.count) inputs where the model has \(names.count)" }
        let given = Array(zip(names, inputs)).map { (name: $0, tensor: $1) }
        let graph = try Graph(contentsOfONNX: model, given: given)
        let variable = Set(graph.inputs.map { graph[$0.value].name })
        constants = given.map(\.name).filter { !variable.contains($0) }
        let tensors = Dictionary(given.filter { variable.contains($0.name) }.map { ($0.name, $0.tensor) }) { first, _ in
            first
        }
        let outputs = try Model(graph, options: options).run(tensors)
        let expected = try self.tensors("output", of: set, model)
        guard expected.count == graph.outputs.count else {
            return "\(graph.outputs.count) outputs where there are \(expected.count)"
        }
        for (output, wanted) in zip(graph.outputs, expected) {
            guard let found = outputs[output.name] else { return "no output \(output.name.quoted)" }
            if let fault = Self.fault(of: found, wanted) { return "output \(output.name.quoted): \(fault)" }
        }
        return nil
    }

    private func tensors(_ kind: String, of set: String, _ model: String) throws -> [Tensor] {
        var tensors: [Tensor] = []
        while true {
            let path = "\(folder)/\(set)/\(kind)_\(tensors.count).pb"
            guard FileManager.default.fileExists(atPath: path) else { return tensors }
            do { tensors.append(try Tensor(contentsOfTensorProto: path)) } catch {
                // A model that is refused may take what is no tensor.
                throw Self.refusal(of: model) ?? error
            }
        }
    }

    private static func refusal(of model: String) -> (any Error)? {
        do { _ = try Graph(contentsOfONNX: model) } catch { return error }
        return nil
    }

    private static func fault(of found: Tensor, _ wanted: Tensor) -> String? {
        guard found.type == wanted.type else { return "\(found.type) where \(wanted.type) is expected" }
        if found.integers != nil {
            guard found == wanted else { return difference(found, wanted) }
            return nil
        }
        let pairs = zip(found.floats, wanted.floats)
        let isClose = pairs.allSatisfy { found, wanted in
            if found == wanted || (found.isNaN && wanted.isNaN) { return true }
            let tolerance = absoluteTolerance + relativeTolerance * abs(Double(wanted))
            return tolerance.isFinite && abs(Double(found) - Double(wanted)) <= tolerance
        }
        return isClose ? nil : difference(found, wanted)
    }

    private static func difference(_ found: Tensor, _ wanted: Tensor) -> String {
        guard let largest = (try? TensorDifference(found, wanted))?.absolute else { return "differs" }
        return "\(largest.values.0) where \(largest.values.1) is expected, at \(largest.index)"
    }
}
