internal import Engine
internal import ModelFiles

/// CenterFace as it is published: ONNX for pictures of 32×32 pixels, ten at a time.
enum CenterFace {
    /// What its outputs are.
    private static let outputs = ["537": "heatmap", "538": "scale", "539": "offset", "540": "landmarks"]

    /// The network for pictures of any size, its normalisations taken into the weights.
    ///
    /// - Throws: `ModelFileError` or `GraphError` where it is another network.
    static func graph(onnx bytes: [UInt8], named name: String) throws -> Graph {
        let source = try Graph(onnx: bytes, name: name)
        guard source.inputs.count == 1, Set(source.outputs.map(\.name)) == Set(outputs.keys) else {
            throw GraphError(fault: "\(name): not CenterFace, whose outputs are 537 to 540")
        }
        var graph = Graph(), values: [Graph.Value: Graph.Value] = [:]
        values[source.inputs[0].value] = graph.addInput("image", dimensions: ["batch", 3, "height", "width"])
        // Its dimensions are 1 until they are bound, which the upsampling inside would not fit.
        graph = try graph.bound(to: ["image": TensorType(.f32, [1, 3, 32, 32])])
        for node in source.nodes {
            var inputs: [Graph.Value?] = []
            for input in node.inputs {
                if let input, values[input] == nil, let tensor = source.constant(input) {
                    values[input] = graph.addConstant(tensor, name: source[input].name)
                }
                inputs.append(input.flatMap { values[$0] })
            }
            let made = try graph.append(node.operation, inputs, name: node.name)
            for (old, new) in zip(node.outputs, made) { values[old] = new }
        }
        for output in source.outputs {
            if let name = outputs[output.name], let value = values[output.value] { graph.addOutput(name, value) }
        }
        return try graph.applying([.batchNormalizationFolding, .deadCode])
    }
}
