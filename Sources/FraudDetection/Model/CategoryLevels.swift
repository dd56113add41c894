/// The levels of a category that the network has vectors for, and what stands for the others.
package struct CategoryLevels: Hashable, Sendable, Codable {
    /// In the order of their vectors.
    package let known: [String]
    /// How many vectors the others share.
    package let hashed: Int
    private let places: [String: Int]

    /// All vectors.
    package var count: Int { known.count + hashed }

    /// The most frequent ones of some rows; of equally frequent ones the first in the alphabet.
    package init(of texts: some Sequence<String>, most: Int, hashed: Int) {
        var counts: [String: Int] = [:]
        for text in texts { counts[text, default: 0] += 1 }
        self.init(
            known: counts.sorted { ($1.value, $0.key) < ($0.value, $1.key) }.prefix(most).map(\.key), hashed: hashed)
    }

    private init(known: [String], hashed: Int) {
        self.known = known
        self.hashed = hashed
        places = Dictionary(known.enumerated().map { ($1, $0) }) { first, _ in first }
    }

    /// The vector of a level.
    package func place(of text: String) -> Int {
        places[text] ?? known.count + Int(Self.hash(text) % UInt64(max(hashed, 1)))
    }

    /// FNV-1a of 64 bits.
    ///
    /// - Source: Fowler, Noll, Vo, Eastlake 2012, draft-eastlake-fnv.
    private static func hash(_ text: String) -> UInt64 {
        text.utf8.reduce(0xCBF2_9CE4_8422_2325) { ($0 ^ UInt64($1)) &* 0x100_0000_01B3 }
    }

    private enum CodingKeys: String, CodingKey { case known, hashed }

    package init(from decoder: any Decoder) throws {
        let values = try decoder.container(keyedBy: CodingKeys.self)
        self.init(
            known: try values.decode([String].self, forKey: .known),
            hashed: try values.decode(Int.self, forKey: .hashed))
        guard (1...1_000_000).contains(hashed) else {
            throw DecodingError.dataCorruptedError(forKey: .hashed, in: values, debugDescription: "\(hashed)")
        }
    }
}
