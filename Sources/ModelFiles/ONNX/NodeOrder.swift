/// An order of nodes in which every value is made before it is used: the file's own where that is one, as ONNX demands.
struct NodeOrder {
    /// Places of nodes in the file.
    private(set) var places: [Int] = []

    /// - Throws: `Fault` where two nodes make one value, or a node needs what it makes.
    init(_ nodes: [Onnx_NodeProto], label: (Int) -> String) throws(Fault) {
        var makers: [String: Int] = [:]
        for (place, node) in nodes.enumerated() {
            for output in node.output where !output.isEmpty {
                guard let other = makers.updateValue(place, forKey: output) else { continue }
                throw Fault("output \(output.quoted) is made by \(label(other)) already", place: label(place))
            }
        }

        enum State { case new, open, done }
        var states = Array(repeating: State.new, count: nodes.count)
        // Depth first with a stack of its own, since the file says how deep it goes.
        for root in nodes.indices where states[root] == .new {
            var path = [(place: root, input: 0)]
            states[root] = .open
            while let (place, input) = path.last {
                guard input < nodes[place].input.count else {
                    states[place] = .done
                    places.append(place)
                    path.removeLast()
                    continue
                }
                path[path.count - 1].input += 1
                guard let maker = makers[nodes[place].input[input]] else { continue }
                switch states[maker] {
                case .done: break
                case .open: throw Fault("it needs its own output (the graph has a cycle)", place: label(maker))
                case .new:
                    states[maker] = .open
                    path.append((maker, 0))
                }
            }
        }
    }
}
