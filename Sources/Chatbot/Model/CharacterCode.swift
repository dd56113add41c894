package import Text

/// Texts as a network reads and writes them: a number for each character, and the marks of a talk.
///
/// What a network writes are the vocabulary's numbers, of which 0, the line break, ends a turn, and alone where a turn would begin ends the talk.
/// What it reads says more of a line break: who speaks next, or that a new talk begins. So whose turn it is need not be remembered over
/// hundreds of characters, and the network can be told to speak as either side.
package struct CharacterCode: Hashable, Sendable {
    package let vocabulary: Vocabulary
    /// Whether texts are talks; else they are plain, and what is read are the vocabulary's numbers too.
    package let isOfTalks: Bool

    package init(_ vocabulary: Vocabulary, isOfTalks: Bool) {
        self.vocabulary = vocabulary
        self.isOfTalks = isOfTalks
    }

    /// How many numbers there are to read.
    package var inputs: Int { vocabulary.count + (isOfTalks ? 2 : 0) }
    /// How many there are to write.
    package var outputs: Int { vocabulary.count }

    /// A line break behind which whoever began the talk speaks.
    package var firstSpeaks: Int64 { Int64(Vocabulary.lineBreak) }
    /// A line break behind which the other one speaks.
    package var secondSpeaks: Int64 { Int64(vocabulary.count) }
    /// The line break that ends a talk, behind which a new one begins.
    package var talkBegins: Int64 { Int64(vocabulary.count + 1) }
    /// What is read before a text's first character.
    package var beginning: Int64 { isOfTalks ? talkBegins : Int64(Vocabulary.lineBreak) }

    /// What is written of a number that is read.
    package func output(_ input: Int64) -> Int64 {
        input < Int64(vocabulary.count) ? input : Int64(Vocabulary.lineBreak)
    }

    /// A plain text's characters.
    package func encode(_ text: String) -> [Int64] { vocabulary.encode(text, as: Int64.self) }

    /// A talk's characters: those of its rendering, with the marks.
    package func encode(_ dialogue: Dialogue) -> [Int64] {
        var numbers: [Int64] = []
        for (place, turn) in dialogue.turns.enumerated() {
            numbers += encode(turn)
            numbers.append(place % 2 == 0 ? secondSpeaks : firstSpeaks)
        }
        return numbers + [talkBegins]
    }
}
