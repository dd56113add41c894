import FaceRecognition
import Testing

@Suite struct ClusteringTests {
    /// Vectors of length 1 around some directions.
    private static func vectors(_ groups: Int, each: Int, spread: Float) -> [[Float]] {
        var state: UInt64 = 7
        func next() -> Float {
            state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
            return Float(state >> 40) / Float(1 << 23) - 1
        }
        func unit(_ vector: [Float]) -> [Float] {
            let length = vector.reduce(0) { $0 + $1 * $1 }.squareRoot()
            return vector.map { $0 / length }
        }
        let middles = (0..<groups).map { _ in unit((0..<40).map { _ in next() }) }
        return (0..<groups * each).map { number in unit(middles[number % groups].map { $0 + spread * next() }) }
    }

    @Test("faces around a few directions are as many groups, in any order") func groups() {
        let vectors = Self.vectors(7, each: 30, spread: 0.12)
        let groups = AverageLinkage.groups(vectors, known: vectors.map { _ in nil }, upTo: 0.7)
        for (number, group) in groups.enumerated() { #expect(group == groups[number % 7]) }
        #expect(Set(groups).count == 7)
        #expect(AverageLinkage.groups(vectors, known: vectors.map { _ in nil }, upTo: 0.7) == groups)
    }

    @Test("groups that are known stay, and others join them") func known() {
        let vectors = Self.vectors(4, each: 20, spread: 0.12)
        var known = [Int?](repeating: nil, count: vectors.count)
        (known[0], known[4], known[1]) = (0, 1, 2)
        let groups = AverageLinkage.groups(vectors, known: known, upTo: 0.7)
        #expect(groups[0] == 0 && groups[4] == 1 && groups[1] == 2)
        for number in stride(from: 1, to: vectors.count, by: 4) { #expect(groups[number] == 2) }
        for number in stride(from: 0, to: vectors.count, by: 4) { #expect([0, 1].contains(groups[number])) }
        #expect(Set(stride(from: 2, to: vectors.count, by: 4).map { groups[$0] }).isDisjoint(with: [0, 1, 2]))
    }

    @Test("known groups stay what they are wherever they lie among the others", arguments: 0..<40) func apart(
        _ seed: Int
    ) {
        let vectors = Self.vectors(3 + seed % 4, each: 12, spread: 0.1 + Float(seed) / 60)
        let known = vectors.indices.map { ($0 * 7 + seed) % 3 == 0 ? ($0 + seed) % 5 : nil }
        let groups = AverageLinkage.groups(vectors, known: known, upTo: 0.3 + Double(seed % 7) / 6)
        for (own, group) in zip(known, groups) { if let own { #expect(group == own) } }
        #expect(groups.count == vectors.count && groups.allSatisfy { $0 >= 0 })
    }

    @Test("groups are those that joining the nearest of all first gives") func definition() {
        let vectors = Self.vectors(5, each: 8, spread: 0.28)
        var groups = vectors.indices.map { [$0] }
        func mean(_ a: [Int], _ b: [Int]) -> Double {
            var sum = 0.0
            for i in a { for j in b { for (x, y) in zip(vectors[i], vectors[j]) { sum += Double((x - y) * (x - y)) } } }
            return sum / Double(a.count * b.count)
        }
        while true {
            var best = (distance: 1.0, 0, 0)
            for a in groups.indices {
                for b in 0..<a {
                    let distance = mean(groups[a], groups[b])
                    if distance < best.distance { best = (distance, b, a) }
                }
            }
            guard best.distance < 1 else { break }
            groups[best.1] += groups.remove(at: best.2)
        }
        #expect(groups.count > 3 && groups.count < 35)
        let found = AverageLinkage.groups(vectors, known: vectors.map { _ in nil }, upTo: 1)
        #expect(Set(Dictionary(grouping: vectors.indices) { found[$0] }.values) == Set(groups.map { $0.sorted() }))
    }

    @Test("who is far from all stays alone; nobody is no group") func alone() {
        let vectors = Self.vectors(9, each: 1, spread: 0)
        #expect(Set(AverageLinkage.groups(vectors, known: vectors.map { _ in nil }, upTo: 0.5)).count == 9)
        #expect(AverageLinkage.groups([], known: [], upTo: 0.5).isEmpty)
    }

    @Test("distances are those of the definition, of any length", arguments: [1, 16, 40, 128]) func distances(
        _ length: Int
    ) {
        var matrix = EmbeddingMatrix(length: length)
        let vectors: [[Float]] = (0..<9).map { row in
            (0..<length).map { place -> Float in Float((place * 7 + row * 13) % 11) / 11 }
        }
        vectors.forEach { matrix.append($0) }
        for (row, distance) in matrix.distances(from: vectors[4]).enumerated() {
            var squares: Float = 0
            for place in 0..<length {
                squares += (vectors[row][place] - vectors[4][place]) * (vectors[row][place] - vectors[4][place])
            }
            #expect(abs(distance - squares.squareRoot()) < 1e-5)
        }
        #expect(matrix.distances(from: vectors[0], to: 3..<5).count == 2)
    }
}
