/// How often each character occurs in a text, which may come piece by piece.
///
/// ```swift
/// var counts = CharacterCounts()
/// for dialogue in dialogues { counts.add(dialogue.rendered) }
/// let vocabulary = Vocabulary(of: counts, coverage: 0.9999)
/// ```
public struct CharacterCounts: Hashable, Sendable {
    private var counts = ScalarTable(otherwise: 0)

    /// Of no text.
    public init() {}

    /// Of one text.
    public init(of text: String) { add(text) }

    /// Counts the characters of a further piece, in its normal form.
    public mutating func add(_ text: String) {
        for scalar in text.normalized.unicodeScalars { counts[scalar] += 1 }
    }

    /// How often a character was there.
    public subscript(character: Unicode.Scalar) -> Int { counts[character] }

    /// All characters that were there, the most frequent first, of the same count the lower scalar first.
    public var byFrequency: [(character: Unicode.Scalar, count: Int)] {
        counts.entries.sorted { ($1.value, $0.scalar) < ($0.value, $1.scalar) }
            .map { (character: $0.scalar, count: $0.value) }
    }
}
