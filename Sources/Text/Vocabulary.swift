import Glibc

/// The characters that a model knows, each with a number: the most frequent ones of a training text, and one number
/// for all others.
///
/// ```swift
/// let vocabulary = Vocabulary(of: CharacterCounts(of: text), limit: 80)
/// vocabulary.encode("Hi!\n", as: Int64.self)      // the last is 0, the line break
/// ```
///
/// Characters are Unicode scalars of normalized text. Numbers go from 0 to `count - 1`: the line break is always 0, the
/// escape, which stands for every character that is not known, always 1; the others follow by frequency.
public struct Vocabulary: Hashable, Sendable {
    /// The number of the line break, which ends a turn.
    public static let lineBreak = 0
    /// The number that stands for every character without one of its own.
    public static let escape = 1
    /// What the escape is decoded as: U+FFFD, the replacement character, which therefore never has a number of its own.
    public static let replacement: Unicode.Scalar = "\u{FFFD}"

    /// The character of each number.
    private let characters: [Unicode.Scalar]
    private let numbers: ScalarTable<Int>

    /// How many numbers there are: the known characters, the line break and the escape.
    public var count: Int { characters.count }

    /// The characters that have a number of their own, in its order, the line break left out.
    public var known: ArraySlice<Unicode.Scalar> { characters[2...] }

    /// - Precondition: no two are the same, and none is the line break or the replacement character.
    init(known: [Unicode.Scalar]) {
        characters = ["\n", Self.replacement] + known
        var numbers = ScalarTable(otherwise: Self.escape)
        for (number, character) in characters.enumerated() { numbers[character] = number }
        self.numbers = numbers
    }

    /// The `limit` most frequent characters of a text, the line break not counted.
    public init(of counts: CharacterCounts, limit: Int) {
        self.init(known: counts.candidates.prefix(max(limit, 0)).map(\.character))
    }

    /// As few characters as make up a share of the text (0.9999, say), its line breaks not counted.
    public init(of counts: CharacterCounts, coverage: Double) {
        let candidates = counts.candidates
        let total = candidates.reduce(counts[Self.replacement]) { $0 + $1.count }
        var known: [Unicode.Scalar] = [], covered = 0
        for candidate in candidates where Double(covered) < coverage * Double(total) {
            known.append(candidate.character)
            covered += candidate.count
        }
        self.init(known: known)
    }

    /// The number of a character.
    public func number(of character: Unicode.Scalar) -> Int { numbers[character] }

    /// The character of a number; the replacement character for the escape and for what is no number here.
    public func character(of number: Int) -> Unicode.Scalar {
        characters.indices.contains(number) ? characters[number] : Self.replacement
    }

    /// The numbers of a text's characters, in its normal form.
    ///
    /// - Precondition: `Number` can hold `count`.
    @specialized(where Number == Int32)
    @specialized(where Number == Int64)
    public func encode<Number: FixedWidthInteger>(_ text: String, as type: Number.Type) -> [Number] {
        let normalized = text.normalized
        var encoded: [Number] = []
        encoded.reserveCapacity(normalized.utf8.count)
        for character in normalized.unicodeScalars { encoded.append(Number(numbers[character])) }
        return encoded
    }

    /// The text of numbers; each that is the escape or none at all becomes the replacement character.
    public func decode(_ numbers: some Sequence<some BinaryInteger>) -> String {
        var text = String.UnicodeScalarView()
        for number in numbers { text.append(character(of: Int(clamping: number))) }
        return String(text)
    }

    /// What has to be paid, in bits, to say which character an escape stands for: one of all of Unicode's scalars
    /// without a number, as if each were as likely.
    public var bitsPerEscape: Double { log2(Double(Self.scalarCount - count + 1)) }

    /// Unicode's code points without the surrogates.
    private static let scalarCount = 0x11_0000 - 0x800
}

extension CharacterCounts {
    /// What may have a number of its own beside the line break.
    fileprivate var candidates: [(character: Unicode.Scalar, count: Int)] {
        byFrequency.filter { $0.character != "\n" && $0.character != Vocabulary.replacement }
    }
}
