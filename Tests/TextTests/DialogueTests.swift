import Streams
import Testing
import Text

@Suite struct DialogueTests {
    static let turns = [
        ("Hi there.", "Hi there."), ("", ""), (" ", ""), ("  Hi \t\u{A0}\r\n\u{2028}there. ", "Hi there."),
        ("a\u{1}b\u{1B}[2J\u{7F}\u{85}c", "ab[2J c"), ("e\u{0}\u{301}", "é"), ("\u{FEFF} Hi\u{FEFF}", "Hi"),
        ("“Ja” – 😀👩\u{200D}💻", "“Ja” – 😀👩\u{200D}💻"), ("שלום\u{3000}לך", "שלום לך"), ("a  b", "a b"), (" a", "a"),
        ("a ", "a"),
    ]

    @Test("a turn is normal text with single spaces and no control characters", arguments: turns)
    func turn(_ words: String, _ expected: String) {
        #expect(Dialogue.turn(words).code == expected.code)
    }

    @Test("a dialogue is rendered as turns that end in a line break, and one more; scalars are counted")
    func rendering() {
        let dialogue = Dialogue(turns: ["Hi\n you", "e\u{301}!", "😀"])
        #expect(dialogue.turns == ["Hi you", "é!", "😀"])
        #expect(dialogue.rendered == "Hi you\né!\n😀\n\n")
        #expect(dialogue.characterCount == dialogue.rendered.unicodeScalars.count)
        #expect(dialogue.characterCount == 13)
        #expect(Dialogue(turns: []).rendered == "\n")
        #expect(Dialogue(turns: []).characterCount == 1)
    }
}
