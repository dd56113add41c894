package import Engine
import SwiftProtobuf

/// What an ONNX file says of itself, whether its operators are supported or not.
package struct ModelOutline {
    /// The names of the inputs; those of initializers are left out.
    package let inputs: [String]
    /// The operators of its nodes; those that are not ONNX's own with their domain.
    package let operators: Set<String>
    /// The types of the elements of inputs and outputs; nil for what we have no type of.
    package let elementTypes: Set<ElementType?>
    /// The opset, if it names one that is read.
    package let opset: Int?

    /// - Throws: `ModelFileError` where the file cannot be read, or is no ONNX model.
    package init(contentsOfONNX path: String) throws {
        let bytes = try FileBytes.read(path, limit: Graph.largestFile)
        let parts: ModelParts, initializers: Set<String>
        do throws(Fault) {
            parts = try ModelParts(bytes)
            initializers = Set(parts.initializers.map(\.tensor.name))
        } catch { throw ModelFileError(path, error) }
        let graph = parts.model.graph
        inputs = graph.input.map(\.name).filter { !initializers.contains($0) }
        operators = Set(graph.node.map { $0.domain.isEmpty ? $0.opType : "\($0.domain).\($0.opType)" })
        elementTypes = Set(
            (graph.input + graph.output).map { info in
                guard case .tensorType(let type) = info.type.value else { return nil }
                return (try? FileElement(onnx: type.elemType))?.sameType
            })
        opset = try? GraphReader.opset(of: parts.model)
    }
}
