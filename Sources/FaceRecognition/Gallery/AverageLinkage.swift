/// Groups what is near: the two groups whose members are nearest in the mean become one, again and again, up to a distance.
///
/// The mean of the squared distances of all pairs of two groups follows from the means of both, since all vectors have a length of
/// 1: |a − b|² = 2 − 2·a·b. So memory grows with the vectors and not with their pairs. Groups are joined along chains of
/// nearest neighbours, which gives what joining the nearest of all first would give.
///
/// - Source: Sokal, Michener 1958 (average linkage); Murtagh 1983, "A Survey of Recent Advances in Hierarchical Clustering
///   Algorithms" (chains of nearest neighbours).
package struct AverageLinkage {
    /// Of each group: the mean of its members, how many they are, and which one is known beforehand.
    private var means: EmbeddingMatrix
    private var sizes: [Int]
    private var known: [Int?]
    /// The group that a group has become part of.
    private var parents: [Int]
    private let limit: Float

    /// The group of each of some embeddings.
    ///
    /// - Parameters:
    ///   - embeddings: of length 1.
    ///   - known: groups that are known beforehand and stay apart, counted from 0; nil for those that are looked for.
    ///   - distance: the largest root of the mean of squared distances between two groups that are joined.
    /// - Returns: for each the known group, or a number of its own for each other one.
    package static func groups(_ embeddings: [[Float]], known: [Int?], upTo distance: Double) -> [Int] {
        guard let length = embeddings.first?.count else { return [] }
        var linkage = AverageLinkage(EmbeddingMatrix(length: length), limit: Float(distance * distance))
        let knownCount = (known.compactMap { $0 }.max() ?? -1) + 1
        // Those of a known group are one from the beginning.
        var members = Array(repeating: [[Float]](), count: knownCount), groups: [Int] = []
        for (embedding, group) in zip(embeddings, known) { if let group { members[group].append(embedding) } }
        for (group, vectors) in members.enumerated() {
            linkage.append(Self.mean(of: vectors, length), size: vectors.count, known: group)
        }
        for (embedding, group) in zip(embeddings, known) {
            groups.append(group ?? linkage.parents.count)
            if group == nil { linkage.append(embedding, size: 1, known: nil) }
        }
        linkage.join()
        return groups.map { linkage.root(of: $0) }.map { linkage.known[$0] ?? $0 }
    }

    private init(_ means: EmbeddingMatrix, limit: Float) {
        (self.means, self.limit, sizes, known, parents) = (means, limit, [], [], [])
    }

    private mutating func append(_ mean: [Float], size: Int, known group: Int?) {
        means.append(mean)
        sizes.append(size)
        known.append(group)
        parents.append(parents.count)
    }

    private static func mean(of vectors: [[Float]], _ length: Int) -> [Float] {
        var mean = [Float](repeating: 0, count: length)
        for vector in vectors { for place in 0..<length { mean[place] += vector[place] / Float(vectors.count) } }
        return mean
    }

    private func root(of group: Int) -> Int {
        var group = group
        while parents[group] != group { group = parents[group] }
        return group
    }

    private mutating func join() {
        // Groups that may still be joined; a known one without members is none.
        var active = Set(parents.indices.filter { sizes[$0] > 0 }), chain: [Int] = [], next = 0
        while active.count > 1 {
            if chain.isEmpty {
                while !active.contains(next) { next += 1 }
                chain.append(next)
            }
            // Known groups stay apart, so that one may have been joined from further along the chain.
            guard active.contains(chain[chain.count - 1]) else {
                chain.removeLast()
                continue
            }
            let last = chain[chain.count - 1], before = chain.count > 1 ? chain[chain.count - 2] : nil
            guard let nearest = nearest(to: last, active, preferring: before) else {
                // Nothing that others become will ever be nearer.
                active.remove(last)
                chain.removeLast()
                continue
            }
            guard nearest == before else {
                chain.append(nearest)
                continue
            }
            chain.removeLast(2)
            let (kept, gone) =
                known[nearest] != nil || known[last] == nil && nearest < last ? (nearest, last) : (last, nearest)
            means.average(kept, weight: Float(sizes[kept]), with: gone, weight: Float(sizes[gone]))
            sizes[kept] += sizes[gone]
            parents[gone] = kept
            active.remove(gone)
        }
    }

    /// The active group that is nearest, if any is near enough; of equals the one before in the chain.
    private func nearest(to group: Int, _ active: Set<Int>, preferring before: Int?) -> Int? {
        let products = means.products(with: group)
        var best: (group: Int, distance: Float)?
        for other in active where other != group && (known[group] == nil || known[other] == nil) {
            let distance = 2 - 2 * products[other]
            let isBetter =
                best.map {
                    (distance, other == before ? -1 : other) < ($0.distance, $0.group == before ? -1 : $0.group)
                } ?? true
            if isBetter, distance <= limit { best = (other, distance) }
        }
        return best?.group
    }
}
