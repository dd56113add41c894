/// Groups what is alike: each takes over the group that its neighbours are most for, again and again.
///
/// - Source: Biemann 2006, "Chinese Whispers: an Efficient Graph Clustering Algorithm and its Application to Natural Language
///   Processing Problems", with weights of edges, and groups that are known beforehand, which their neighbours join.
package struct ChineseWhispers {
    /// Two that are alike, and how much.
    private struct Edge {
        var other: Int32
        var weight: Float
    }

    private let edges: [[Edge]]

    /// - Parameters:
    ///   - embeddings: of length 1.
    ///   - distance: up to which two are neighbours.
    package init(_ embeddings: [[Float]], upTo distance: Double) {
        var matrix = EmbeddingMatrix(length: embeddings.first?.count ?? 0)
        var edges = [[Edge]](repeating: [], count: embeddings.count)
        for (right, embedding) in embeddings.enumerated() {
            for (left, own) in matrix.distances(from: embedding).enumerated() where Double(own) <= distance {
                let weight = 1.001 - own * own / Float(distance * distance)
                edges[left].append(Edge(other: Int32(right), weight: weight))
                edges[right].append(Edge(other: Int32(left), weight: weight))
            }
            matrix.append(embedding)
        }
        self.edges = edges
    }

    /// The group of each, by a number.
    ///
    /// - Parameters:
    ///   - known: groups that are known beforehand and stay, counted from 0; nil for those that are looked for.
    ///   - rounds: how often each asks its neighbours, at most.
    package func groups(known: [Int?], rounds: Int = 30) -> [Int] {
        let first = (known.compactMap { $0 }.max() ?? -1) + 1
        var groups = known.indices.map { known[$0] ?? first + $0 }
        // Who has known neighbours goes with the nearest.
        for node in edges.indices where known[node] == nil {
            let nearest = edges[node].filter { known[Int($0.other)] != nil }.max { $0.weight < $1.weight }
            if let group = nearest.flatMap({ known[Int($0.other)] }) { groups[node] = group }
        }
        // The others are asked in an order that jumps about, the same in every run.
        var order = edges.indices.filter { groups[$0] >= first && !edges[$0].isEmpty },
            state: UInt64 = 0x9E37_79B9_7F4A_7C15
        for _ in 0..<rounds {
            for place in order.indices.reversed() where place > 0 {
                state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
                order.swapAt(place, Int(state >> 33) % (place + 1))
            }
            var hasChanged = false
            for node in order {
                var votes: [Int: Float] = [:]
                for edge in edges[node] { votes[groups[Int(edge.other)], default: 0] += edge.weight }
                guard let best = votes.max(by: { ($0.value, $1.key) < ($1.value, $0.key) })?.key, best != groups[node]
                else { continue }
                groups[node] = best
                hasChanged = true
            }
            if !hasChanged { break }
        }
        return groups
    }
}
