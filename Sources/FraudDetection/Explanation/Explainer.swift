package import Engine

/// Why a row has its score: how much each feature moved the logit, from where it would be with the card's usual behaviour.
///
/// Integrated gradients, along the straight line between the encodings of the usual row and of the row: the gradient of the logit is averaged along
/// it, and multiplied by what each feature does to the encoding; so the parts add up to the difference of both logits.
///
/// - Source: Sundararajan, Taly, Yan 2017, "Axiomatic Attribution for Deep Networks", eq. 1, by the midpoint rule, from the encoding on as they have it
///   for the embeddings of words.
package struct Explainer: Sendable {
    /// A feature's part.
    package struct Part: Hashable, Sendable {
        /// As the model counts its features: numbers, then categories.
        package var feature: Int
        /// What it added to the logit.
        package var logit: Float
        /// In the row, and usually; places of levels where it is a category.
        package var value: Float
        package var usual: Float
    }

    /// Points on the line.
    private static let points = 64

    private let features: FeatureEncoder
    /// From inputs to their encoding.
    private let encoding: Model
    /// From encodings to the gradient of the logit.
    private let gradient: Model

    /// - Throws: `GraphError` where the network has no product with weights, or an operator without a gradient behind the first one.
    package init(_ model: FraudModel) throws(GraphError) {
        features = model.metadata.encoder
        let network = model.network.graph
        guard
            let product = network.nodes.first(where: { node in
                (node.operation is Operators.Gemm || node.operation is Operators.MatMul)
                    && node.inputs.dropFirst().first.flatMap { $0 }.flatMap(network.constant) != nil
            }), let encoded = product.inputs[0]
        else { throw GraphError(fault: "the network has no dense layer, so that its scores cannot be explained") }
        let options = Model.Options(threads: 1), width = network.type(of: encoded).shape[1]
        var front = network
        front.addOutput(Self.encoded, encoded)
        encoding = try Model(front, options: options)
        var tail = try network.part(
            behind: encoded, named: Self.encoded, dimensions: [.symbol("batch"), .fixed(width)])
        tail = try tail.bound(to: [Self.encoded: TensorType(.f32, [Self.points, width])])
        let sum = try tail.append(Operators.ReduceSum(keepsDimensions: false), [tail.outputs[0].value])[0]
        guard let slope = try tail.appendGradients(of: sum, withRespectTo: [tail.inputs[0].value])[0] else {
            throw GraphError(fault: "the logit does not depend on the features")
        }
        tail.addOutput(Self.slope, slope)
        gradient = try Model(tail, options: options)
    }

    private static let encoded = "explained encoding", slope = "explained slope"

    /// The parts of a row, the largest first.
    ///
    /// - Parameters:
    ///   - inputs: the network's inputs of the row.
    ///   - usual: those of the usual one.
    package func parts(of inputs: [Float], usual: [Float]) throws(GraphError) -> [Part] {
        let width = features.width
        // The usual row, the row, and the usual one with each column of the row.
        var rows = usual + inputs
        for column in 0..<width {
            rows += usual
            rows[rows.count - width + column] = inputs[column]
        }
        let name = encoding.graph[encoding.graph.inputs[0].value].name
        let codes = try encoding.run([name: Tensor(rows, shape: [width + 2, width])])[Self.encoded]
        guard let codes, let size = codes.shape.last else { return [] }
        let code = codes.floats
        var line: [Float] = []
        for point in 0..<Self.points {
            let share = (Float(point) + 0.5) / Float(Self.points)
            for place in 0..<size { line.append(code[place] + share * (code[size + place] - code[place])) }
        }
        let slopes =
            try gradient.run([Self.encoded: Tensor(line, shape: [Self.points, size])])[Self.slope]?.floats ?? []
        var mean = [Float](repeating: 0, count: size)
        for point in 0..<Self.points {
            for place in 0..<size { mean[place] += slopes[point * size + place] / Float(Self.points) }
        }
        let numbers = features.fills.count, indicators = features.indicated.count
        var parts = (0..<numbers + features.levels.count).map { feature in
            let column = feature < numbers ? feature : feature + indicators
            return Part(feature: feature, logit: 0, value: inputs[column], usual: usual[column])
        }
        for column in 0..<width {
            var sum: Float = 0
            for place in 0..<size { sum += mean[place] * (code[(column + 2) * size + place] - code[place]) }
            // Whether a number is missing counts for the number.
            let isIndicator = (numbers..<numbers + indicators).contains(column)
            let feature =
                isIndicator ? features.indicated[column - numbers] : column < numbers ? column : column - indicators
            parts[feature].logit += sum
        }
        return parts.sorted { $0.logit > $1.logit }
    }

    /// The text of a category's usual level.
    func level(_ part: Part) -> String {
        let known = features.levels[part.feature - features.fills.count].known
        return known.indices.contains(Int(part.usual)) ? known[Int(part.usual)] : ""
    }
}
