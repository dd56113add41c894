/// The name that was probably meant.
enum NearestName {
    /// The first of the known names that are nearest to a text; nil where none is near.
    static func of(_ text: String, among known: some Collection<String>) -> String? {
        guard text.utf8.count <= 64 else { return nil }
        let distances = known.map { (name: $0, distance: distance(Array(text.lowercased()), Array($0.lowercased()))) }
        guard let nearest = distances.min(by: { $0.distance < $1.distance }) else { return nil }
        return nearest.distance <= max(1, min(text.count, nearest.name.count) / 3) ? nearest.name : nil
    }

    /// How many letters are to be put in, taken out, replaced, or swapped with their neighbour (Damerau 1964; each place at most once).
    static func distance(_ a: [Character], _ b: [Character]) -> Int {
        var earlier: [Int] = [], previous = Array(0...b.count)
        for i in a.indices {
            var row = [i + 1]
            for j in b.indices {
                var best = min(previous[j + 1], row[j]) + 1
                best = min(best, previous[j] + (a[i] == b[j] ? 0 : 1))
                if i > 0, j > 0, a[i] == b[j - 1], a[i - 1] == b[j] { best = min(best, earlier[j - 1] + 1) }
                row.append(best)
            }
            (earlier, previous) = (previous, row)
        }
        return previous[b.count]
    }
}
