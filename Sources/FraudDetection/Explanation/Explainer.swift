package import Engine

/// Why a row has its score: how much each feature moved the logit, from where it would be with the card's usual behaviour.
///
/// Integrated gradients: the gradient of the logit is averaged along the straight line from the usual numbers to the row's, and multiplied by their
/// difference; so the parts add up to the difference of both logits. A category has no line between two levels: its part is what putting it into the
/// usual row does.
///
/// - Source: Sundararajan, Taly, Yan 2017, "Axiomatic Attribution for Deep Networks", eq. 1, by the midpoint rule.
package struct Explainer: Sendable {
    /// A feature's part.
    package struct Part: Hashable, Sendable {
        /// As the model counts its inputs: numbers, then categories.
        package var feature: Int
        /// What it added to the logit.
        package var logit: Float
        /// In the row, and usually; places of levels where it is a category.
        package var value: Float
        package var usual: Float
    }

    /// Points on the line.
    private static let points = 32

    private let encoder: FeatureEncoder
    private let gradients: Model

    /// - Throws: `GraphError` where the network has an operator without a gradient.
    package init(_ model: FraudModel) throws(GraphError) {
        encoder = model.metadata.encoder
        let network = model.network.graph, input = network.inputs[0].value
        var graph = try network.bound(to: [network[input].name: TensorType(.f32, [Self.points, encoder.width])])
        let logits = graph.outputs[0].value
        let sum = try graph.append(Operators.ReduceSum(keepsDimensions: false), [logits])[0]
        guard let gradient = try graph.appendGradients(of: sum, withRespectTo: [input])[0] else {
            throw GraphError(fault: "the logit does not depend on the features")
        }
        graph.addOutput(Self.gradient, gradient)
        gradients = try Model(graph, options: Model.Options(threads: 1))
    }

    private static let gradient = "gradient"

    /// The parts of a row, the largest first.
    ///
    /// - Parameters:
    ///   - inputs: the network's inputs of the row, and of the usual one.
    package func parts(of inputs: [Float], usual: [Float]) throws(GraphError) -> [Part] {
        let numbers = encoder.width - encoder.levels.count
        // The numbers' way, with the row's categories; then the categories', one by one.
        var line: [Float] = []
        for point in 0..<Self.points {
            let share = (Float(point) + 0.5) / Float(Self.points)
            for column in 0..<encoder.width {
                line.append(
                    column < numbers ? usual[column] + share * (inputs[column] - usual[column]) : inputs[column])
            }
        }
        let slopes = try run(line)[Self.gradient]?.floats ?? []
        var parts: [Part] = encoder.fills.indices.map { number in
            Part(feature: number, logit: 0, value: inputs[number], usual: usual[number])
        }
        for column in 0..<numbers {
            var sum: Float = 0
            for point in 0..<Self.points { sum += slopes[point * encoder.width + column] }
            // Whether a number is missing counts for the number.
            let feature = column < parts.count ? column : encoder.indicated[column - encoder.fills.count]
            parts[feature].logit += sum / Float(Self.points) * (inputs[column] - usual[column])
        }
        if !encoder.levels.isEmpty {
            var rows: [Float] = [], row = usual
            rows += row
            for column in numbers..<encoder.width {
                row[column] = inputs[column]
                rows += row
            }
            rows += Array(repeating: 0, count: Self.points * encoder.width - rows.count)
            let logits = try run(rows)[outputName]?.floats ?? []
            for category in encoder.levels.indices {
                parts.append(
                    Part(
                        feature: encoder.fills.count + category, logit: logits[category + 1] - logits[category],
                        value: inputs[numbers + category], usual: usual[numbers + category]))
            }
        }
        return parts.sorted { $0.logit > $1.logit }
    }

    /// The text of a category's usual level.
    func level(_ part: Part) -> String {
        let known = encoder.levels[part.feature - encoder.fills.count].known
        return known.indices.contains(Int(part.usual)) ? known[Int(part.usual)] : ""
    }

    private var outputName: String { gradients.graph.outputs[0].name }

    private func run(_ rows: [Float]) throws(GraphError) -> [String: Tensor] {
        let graph = gradients.graph
        return try gradients.run([
            graph[graph.inputs[0].value].name: Tensor(rows, shape: [Self.points, encoder.width])
        ])
    }
}
