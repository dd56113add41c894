import Streams
import Testing
import Text

@Suite struct NormalizationTests {
    /// From NormalizationTest.txt of Unicode 15.0, columns 1 and 2, and some of their neighbours; as Python's unicodedata 15.0 has them.
    static let composed: [(String, String)] = [
        ("65 301", "E9"), ("44 307", "1E0A"), ("1E0A 323", "1E0C 307"), ("44 307 323", "1E0C 307"),
        ("212B", "C5"), ("2126", "3A9"), ("340", "300"), ("344", "308 301"), ("958", "915 93C"),
        ("1100 1161 11A8", "AC01"), ("AC00 11A8", "AC01"), ("AC00 11A8 357 30D 302 357", "AC01 357 30D 302 357"),
        ("61 315 300 5AE 300 62", "E0 5AE 300 315 62"), ("F73", "F71 F72"), ("2F800", "4E3D"), ("FB1D", "5D9 5B4"),
        ("1F600", "1F600"), ("41 30A 0", "C5 0"),
    ]

    @Test("composed and decomposed characters become the same", arguments: composed)
    func composition(_ text: String, _ expected: String) {
        #expect(String(code: text).normalized.code == expected)
        #expect(String(code: expected).normalized.code == expected)
    }

    static let lines = [
        ("a\r\nb\rc\n\r\n\r\r\nd", "a\nb\nc\n\n\n\nd"), ("\r", "\n"), ("\u{FEFF}Hi\u{FEFF}", "Hi\u{FEFF}"),
        ("\u{FEFF}\u{FEFF}", ""), ("\u{FEFF}\r\nx", "\nx"), ("", ""), ("né\r\n", "né\n"),
    ]

    @Test("line ends are line feeds, and a byte order mark at the start is no character", arguments: lines)
    func lineEnds(_ text: String, _ expected: String) {
        #expect(text.normalized.code == expected.code)
    }

    @Test("what is normal stays as it is, whatever it was before") func idempotence() {
        let alphabet = String(code: "D A FEFF 20 41 65 300 301 323 344 F73 345 1100 1161 11A8 AC00 9C7 9BE 1F600 0")
        let scalars = Array(alphabet.unicodeScalars)
        var series = Series(state: 1)
        for _ in 0..<20_000 {
            var text = String.UnicodeScalarView()
            for _ in 0..<Int.random(in: 0...40, using: &series) {
                let scalar = scalars[Int.random(in: 0..<scalars.count, using: &series)]
                // Runs of one mark reach the limit.
                for _ in 0..<Int.random(in: 1...8, using: &series) { text.append(scalar) }
            }
            let normal = String(text).normalized
            #expect(normal.normalized.code == normal.code)
            let turn = Dialogue.turn(String(text))
            #expect(Dialogue.turn(turn).code == turn.code)
            #expect(turn.normalized.code == turn.code)
        }
    }

    @Test("a letter keeps 30 marks of a million, which take no time that grows with their square")
    func marks() {
        let many = "a" + String(repeating: "\u{323}\u{301}", count: 500_000) + "b"
        let expected = "1EA1 " + String(repeating: "323 ", count: 14) + String(repeating: "301 ", count: 15) + "62"
        #expect(many.normalized.code == expected)
        let special = "a" + String(repeating: "\u{F73}", count: 1_000_000)
        #expect(special.normalized.unicodeScalars.count == 31)
        #expect(String(repeating: "\u{301}", count: 1_000_000).normalized.unicodeScalars.count == 30)
    }
}
