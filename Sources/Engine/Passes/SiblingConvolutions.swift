extension Pass {
    /// Makes one convolution of several that slide the same window over the same image and give it few channels each, as the heads of a
    /// detector do: it fills the vectors that they would leave half empty, and reads the image once.
    package static let siblingConvolutions = Pass(name: "sibling convolutions") { graph throws(GraphError) in
        let siblings = graph.siblingConvolutions()
        let families = Dictionary(uniqueKeysWithValues: siblings.map { ($0[0], $0) })
        let absorbed = Set(siblings.flatMap { $0.dropFirst() })
        return try graph.rewritten { index, node, rewriting throws(GraphError) in
            if absorbed.contains(index) { return }
            guard let family = families[index] else { return try rewriting.keep(node) }
            var weights: [Float] = [], biases: [Float] = [], channels: [Int64] = [], shape: Shape = []
            for sibling in family.map({ graph.nodes[$0] }) {
                guard let weight = sibling.inputs[1] else { continue }
                shape = graph.type(of: weight).shape
                weights += try graph.loaded(weight)?.floats ?? []
                biases +=
                    (sibling.inputs.count > 2 ? sibling.inputs[2].flatMap(graph.constant)?.floats : nil)
                    ?? Array(repeating: 0, count: shape[0])
                channels.append(Int64(shape[0]))
            }
            let whole = Tensor(weights, shape: shape.replacing(axis: 0, with: biases.count))
            let convolved = try rewriting.target.append(
                node.operation,
                [
                    rewriting.inputs(of: node)[0],
                    rewriting.target.addConstant(whole, name: "\(node.name).weights"),
                    rewriting.target.addConstant(Tensor(biases, shape: [biases.count]), name: "\(node.name).biases"),
                ], name: node.name)
            let outputs = family.map { graph.nodes[$0].outputs[0] }
            let parts = try rewriting.target.append(
                Operators.Split(axis: 1, count: channels.count),
                convolved + [rewriting.target.addConstant(Tensor(channels, shape: [channels.count]))],
                name: "\(node.name).parts", outputNames: outputs.map { graph[$0].name })
            for (output, part) in zip(outputs, parts) { rewriting[output] = part }
        }
    }

    /// Channels of a sibling at most: with more, its own vectors of AVX-512 are nearly full.
    fileprivate static let mostChannels = 12
    /// Channels of all of them at most, two vectors.
    fileprivate static let mostChannelsOfAll = 32
}

/// What convolutions have in common that can be one.
private struct Kinship: Hashable {
    var image: Graph.Value
    var window: SpatialWindow
    /// Of the weights, the outputs' axis aside.
    var kernel: [Int]
}

extension Graph {
    /// The numbers of convolutions that can be one: no number twice, at least two at a time.
    fileprivate func siblingConvolutions() -> [[Int]] {
        let readers = readers()
        var families: [Kinship: [Int]] = [:]
        for (number, node) in nodes.enumerated() {
            guard let conv = node.operation as? Operators.Conv, conv.groups == 1, conv.activation == .identity,
                conv.layout == .channelsFirst, node.inputs.count <= 3, let image = node.inputs[0],
                let weight = node.inputs[1], isConstant(weight), case let shape = type(of: weight).shape,
                shape.rank == 4, shape[0] <= Pass.mostChannels,
                node.inputs.dropFirst(2).allSatisfy({ $0 == nil || $0.flatMap(constant) != nil }),
                // What fusion would take in, it could not take in behind the cut.
                !readers[node.outputs[0].index].contains(where: { nodes[$0].operation.isFused })
            else { continue }
            families[
                Kinship(image: image, window: conv.window, kernel: Array(shape.dropFirst())), default: []
            ].append(number)
        }
        return families.values.filter { family in
            family.count > 1
                && family.compactMap { nodes[$0].inputs[1].map { type(of: $0).shape[0] } }.reduce(0, +)
                    <= Pass.mostChannelsOfAll
        }
    }
}

extension Operator {
    /// Whether fusion, or the folding of normalisations, takes it into the convolution before it.
    fileprivate var isFused: Bool {
        self is Operators.Relu || self is Operators.Add || self is Operators.BatchNormalization
    }
}
