import Streams
import Testing
import Text

@Suite struct VocabularyTests {
    private static let text = "a tall tale\n\nat tea\n"
    private static let vocabulary = Vocabulary(of: CharacterCounts(of: text), limit: 4)

    @Test("characters are counted in normal form, and ordered by count, then by scalar") func counts() {
        var counts = CharacterCounts(of: "e\u{301}z\r\n")
        counts.add("éaz😀")
        let expected: [(character: Unicode.Scalar, count: Int)] = [("z", 2), ("é", 2), ("\n", 1), ("a", 1), ("😀", 1)]
        #expect(counts.byFrequency.elementsEqual(expected, by: ==))
        #expect(counts["é"] == 2)
        #expect(counts["q"] == 0)
        #expect(CharacterCounts(of: "").byFrequency.isEmpty)
    }

    @Test("numbers are contiguous, with the line break at 0, the escape at 1 and the most frequent after them")
    func numbers() {
        let vocabulary = Self.vocabulary
        #expect(vocabulary.count == 6)
        #expect(Array(vocabulary.known) == ["a", "t", " ", "l"])
        #expect((0..<6).map(vocabulary.character) == ["\n", "\u{FFFD}", "a", "t", " ", "l"])
        #expect((2..<6).map { vocabulary.number(of: vocabulary.character(of: $0)) } == [2, 3, 4, 5])
        #expect(vocabulary.number(of: "\n") == Vocabulary.lineBreak)
        #expect(vocabulary.number(of: "e") == Vocabulary.escape)
        #expect(vocabulary.number(of: "\u{FFFD}") == Vocabulary.escape)
    }

    @Test("text becomes numbers of either width, and what was known becomes the text again") func roundTrip() {
        let vocabulary = Self.vocabulary
        #expect(vocabulary.encode("a tel\r\nl", as: Int64.self) == [2, 4, 3, 1, 5, 0, 5])
        #expect(vocabulary.encode("a tel\r\nl", as: Int32.self) == [2, 4, 3, 1, 5, 0, 5])
        #expect(vocabulary.decode(vocabulary.encode("all at\n", as: Int32.self)) == "all at\n")
        #expect(
            vocabulary.decode([2, 1, -1, 6, Int64.max, Int64.min, 0]) == "a\u{FFFD}\u{FFFD}\u{FFFD}\u{FFFD}\u{FFFD}\n")
        #expect(vocabulary.decode([Int]()) == "")
    }

    @Test("composed and decomposed letters have the same numbers") func forms() {
        let vocabulary = Vocabulary(of: CharacterCounts(of: "cafe\u{301}"), limit: 10)
        #expect(vocabulary.encode("é", as: Int.self) == vocabulary.encode("e\u{301}", as: Int.self))
        #expect(vocabulary.encode("e", as: Int.self) == [Vocabulary.escape])
    }

    static let coverages = [
        (0, 0), (0.1, 1), (0.5, 1), (0.51, 2), (0.8, 2), (0.81, 3), (0.9, 3), (0.91, 4), (1.0, 4), (2, 4),
    ]

    @Test("a coverage takes as few characters as reach it", arguments: coverages) func coverage(
        _ share: Double, _ known: Int
    ) {
        // Of ten characters five, three, one and one; line breaks count nothing.
        let counts = CharacterCounts(of: "aaaaabbbcd\n\n\n\n\n\n\n\n\n\n\n\n")
        #expect(Vocabulary(of: counts, coverage: share).known.count == known)
    }

    @Test("the replacement character counts as one that is not known") func replacement() {
        let counts = CharacterCounts(of: "aaaa\u{FFFD}")
        #expect(Array(Vocabulary(of: counts, coverage: 1).known) == ["a"])
        #expect(Array(Vocabulary(of: counts, limit: 9).known) == ["a"])
        #expect(Vocabulary(of: counts, limit: -1).known.isEmpty)
    }

    @Test("an escape costs what it takes to name one of the characters that are not known") func escapes() {
        // 1,112,064 scalars without the line break and two letters.
        #expect(abs(Vocabulary(of: CharacterCounts(of: "ab"), limit: 2).bitsPerEscape - 20.084_805_1) < 1e-6)
    }

    @Test("metadata give the same vocabulary again") func metadata() throws {
        #expect(Self.vocabulary.metadata == "at l")
        #expect(try Vocabulary(metadata: "at l", of: "chat.onnx") == Self.vocabulary)
        let strange = Vocabulary(of: CharacterCounts(of: "\u{1}\u{301}\"\\ é😀\u{200D}\u{FEFF}\t"), limit: 20)
        #expect(try Vocabulary(metadata: strange.metadata, of: "chat.onnx") == strange)
    }

    static let damaged = [
        ("", "chat.onnx: a vocabulary without characters"),
        ("abca", "chat.onnx: a vocabulary that has U+61 twice"),
        ("ab\n", "chat.onnx: a vocabulary with U+A, which has a fixed number"),
        ("a\u{FFFD}", "chat.onnx: a vocabulary with U+FFFD, which has a fixed number"),
        ("a\r", "chat.onnx: a vocabulary with U+D, which is not in normal form"),
        ("a\u{212B}", "chat.onnx: a vocabulary with U+212B, which is not in normal form"),
    ]

    @Test("damaged metadata are an error that names what is wrong", arguments: damaged)
    func damage(_ metadata: String, _ expected: String) throws {
        let error = #expect(throws: InputError.self) { try Vocabulary(metadata: metadata, of: "chat.onnx") }
        #expect(error?.description == expected)
    }
}
