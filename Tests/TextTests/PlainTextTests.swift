import Streams
import Testing
import Text

@Suite struct PlainTextTests {
    static let texts = [
        ("one\r\ntwo\rthree\n\n", "one\ntwo\nthree\n\n"), ("no end", "no end"), ("\u{FEFF}cafe\u{301}", "café"),
        ("First Citizen:\nSpeak.\n", "First Citizen:\nSpeak.\n"), ("{\"a\":1}\n", "{\"a\":1}\n"),
        (" a\t b ", " a\t b "),
    ]

    @Test("a text is read as it is, in normal form", arguments: texts) func reading(_ text: String, _ expected: String)
        throws
    {
        let scratch = try Scratch()
        #expect(try PlainText.read(path: scratch.file(text.utf8)).code == expected.code)
        #expect(text.normalized.code == expected.code)
    }

    @Test("a line that is not UTF-8 is named and left out") func invalid() throws {
        let scratch = try Scratch()
        let path = try scratch.file(Array("one\n".utf8) + [0xE9, 0x0A] + Array("two".utf8))
        var errors: [String] = []
        #expect(try PlainText.read(path: path) { errors.append($0.description) } == "one\ntwo")
        #expect(errors == [path + ":2: not UTF-8"])
    }
}
