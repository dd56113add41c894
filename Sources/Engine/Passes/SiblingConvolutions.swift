extension Pass {
    /// Makes one convolution of several that slide the same window over the same image and give it few channels each, as the heads of a
    /// detector do: it fills the vectors that they would leave half empty, and reads the image once.
    package static let siblingConvolutions = Pass(name: "sibling convolutions") { graph throws(GraphError) in
        let siblings = graph.siblingConvolutions()
        let absorbed = Set(siblings.values.flatMap { $0.dropFirst() })
        return try graph.rewritten { index, node, rewriting throws(GraphError) in
            if absorbed.contains(index) { return }
            guard let numbers = siblings[index], let x = node.inputs[0] else { return try rewriting.keep(node) }
            var weights: [Float] = [], biases: [Float] = [], channels: [Int64] = [], kernel: Shape = []
            for sibling in numbers.map({ graph.nodes[$0] }) {
                guard let weight = try sibling.inputs[1].flatMap(graph.loaded) else { return }
                let bias = sibling.inputs.count > 2 ? sibling.inputs[2].flatMap(graph.constant)?.floats : nil
                weights += weight.floats
                biases += bias ?? Array(repeating: 0, count: weight.shape[0])
                channels.append(Int64(weight.shape[0]))
                kernel = weight.shape
            }
            let whole = try rewriting.target.append(
                node.operation,
                [
                    rewriting[x],
                    rewriting.target.addConstant(
                        Tensor(weights, shape: kernel.replacing(axis: 0, with: biases.count)),
                        name: "\(node.name).weights"),
                    rewriting.target.addConstant(Tensor(biases, shape: [biases.count]), name: "\(node.name).biases"),
                ], name: node.name)
            let parts = try rewriting.target.append(
                Operators.Split(axis: 1, count: channels.count),
                whole + [rewriting.target.addConstant(Tensor(channels, shape: [channels.count]))],
                name: "\(node.name).parts", outputNames: numbers.map { graph[graph.nodes[$0].outputs[0]].name })
            for (number, part) in zip(numbers, parts) { rewriting[graph.nodes[number].outputs[0]] = part }
        }
    }

    /// Channels of a sibling that leave most of a vector empty, or half of it.
    fileprivate static let mostChannels = 12
    /// Channels of all of them, two vectors with AVX-512.
    fileprivate static let mostChannelsOfAll = 32
}

extension Graph {
    /// The numbers of convolutions that can be one, by the first.
    fileprivate func siblingConvolutions() -> [Int: [Int]] {
        let readers = readers()
        /// Channels of a convolution that may have siblings; nil for another node.
        func channels(_ number: Int) -> Int? {
            let node = nodes[number]
            guard let conv = node.operation as? Operators.Conv, conv.groups == 1, conv.activation == .identity,
                conv.layout == .channelsFirst, node.inputs.count <= 3, let weight = node.inputs[1],
                isConstant(weight), type(of: weight).elementType == .f32, type(of: weight).shape.rank == 4,
                node.inputs.dropFirst(2).allSatisfy({ $0 == nil || $0.flatMap(constant) != nil }),
                // What fusion would take in, it could not take in behind the cut.
                !readers[node.outputs[0].index].contains(where: { nodes[$0].operation.isFused })
            else { return nil }
            return type(of: weight).shape[0]
        }
        func isAlike(_ number: Int, _ other: Int) -> Bool {
            guard let a = nodes[number].operation as? Operators.Conv, let b = nodes[other].operation as? Operators.Conv,
                let w = nodes[number].inputs[1], let v = nodes[other].inputs[1]
            else { return false }
            return a.window == b.window && type(of: w).shape.dropFirst().elementsEqual(type(of: v).shape.dropFirst())
        }
        var found: [Int: [Int]] = [:]
        for readers in readers where readers.count > 1 {
            var left = readers.filter { channels($0).map { $0 <= Pass.mostChannels } ?? false }
            while let first = left.first {
                var siblings: [Int] = [], sum = 0
                for number in left where isAlike(first, number) && nodes[number].inputs[0] == nodes[first].inputs[0] {
                    guard let own = channels(number), sum + own <= Pass.mostChannelsOfAll else { continue }
                    siblings.append(number)
                    sum += own
                }
                left.removeAll(where: siblings.contains)
                if siblings.count > 1 { found[first] = siblings }
            }
        }
        return found
    }
}

extension Operator {
    /// Whether fusion, or the folding of normalisations, takes it into the convolution before it.
    fileprivate var isFused: Bool {
        self is Operators.Relu || self is Operators.Add || self is Operators.BatchNormalization
    }
}
