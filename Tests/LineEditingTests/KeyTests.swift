import CommandRuns
import Testing

/// What is typed, and the line that comes of it after Enter.
struct Typed: CustomTestStringConvertible, Sendable {
    let name: String
    let keys: [UInt8]
    let line: String

    init(_ name: String, _ keys: String, _ line: String) { self.init(name, Array(keys.utf8), line) }
    init(_ name: String, _ keys: [UInt8], _ line: String) {
        self.name = name
        self.keys = keys
        self.line = line
    }

    var testDescription: String { name }

    static let editing: [Typed] = [
        Typed("letters", "hello", "hello"),
        Typed("Left and Right", "ac\u{1B}[Db\u{1B}[C!", "abc!"),
        Typed("Left and Right of a keypad in application mode", "ac\u{1B}ODb\u{1B}OC!", "abc!"),
        Typed("Home and End", "b\u{1B}[Ha\u{1B}[Fc", "abc"),
        Typed("Home and End as VT220", "b\u{1B}[1~a\u{1B}[4~c", "abc"),
        Typed("Home and End in application mode", "b\u{1B}OHa\u{1B}OFc", "abc"),
        Typed("Ctrl-A and Ctrl-E", "b\u{1}a\u{5}c", "abc"),
        Typed("Ctrl-B and Ctrl-F", "ac\u{2}b\u{6}d", "abcd"),
        Typed("Backspace", "abx\u{7F}c", "abc"),
        Typed("Backspace at the beginning", "\u{7F}\u{7F}a", "a"),
        Typed("Delete", "abxc\u{1B}[D\u{1B}[D\u{1B}[3~", "abc"),
        Typed("Ctrl-D inside of a line", "axbc\u{1}\u{6}\u{4}", "abc"),
        Typed("Ctrl-D at the end of a line", "abc\u{4}", "abc"),
        Typed("Ctrl-K and Ctrl-Y", "ab\u{1}\u{B}\u{19}\u{19}", "abab"),
        Typed("Ctrl-U", "wrong\u{15}right", "right"),
        Typed("Ctrl-W", "one two\u{17}three", "one three"),
        Typed("Ctrl-T", "ba\u{14}c", "abc"),
        Typed("words by Ctrl", "one two\u{1B}[1;5D\u{1B}[1;5DX\u{1B}[1;5CY", "XoneY two"),
        Typed("words by Alt", "one two\u{1B}bX\u{1B}b\u{1B}bY", "Yone Xtwo"),
        Typed("unknown keys", "a\u{1B}[15~b\u{1B}[1;5Ac\u{1B}OPd", "abcd"),
        Typed("Tab where nothing completes", "a\tb", "ab"),
        Typed("an empty line", "", ""),
        Typed("a quoted control character", "a\u{16}\u{1}b", "ab"),
    ]

    static let unicode: [Typed] = [
        Typed("umlauts", "grüße\u{7F}", "grüß"),
        Typed("wide characters", "你好吗\u{7F}\u{1B}[D们", "你们好"),
        Typed("emoji", "a🎉b👍🏽\u{1B}[H🙂", "🙂a🎉b👍🏽"),
        Typed("a family of emoji", "x👨‍👩‍👧y\u{1B}[Dz", "x👨‍👩‍👧zy"),
        Typed("a combining accent", "e\u{301}x\u{7F}y", "e\u{301}y"),
        Typed("right to left", "שלום עולם\u{1B}[H>", ">שלום עולם"),
        Typed("right to left, joined", "مرحبا\u{7F}", "مرحب"),
        Typed("bidi controls", "a\u{202E}b", "a\u{202E}b"),
        Typed("bytes that are no UTF-8", Array("a".utf8) + [0xFF, 0xE9] + Array("b".utf8), "a\u{FFFD}\u{FFFD}b"),
        Typed("UTF-8 that is cut", Array("a".utf8) + [0xE4, 0xBD] + Array("b".utf8), "a\u{FFFD}b"),
        Typed("surrogates in UTF-8", [0xED, 0xA0, 0x80] + Array("a".utf8), "\u{FFFD}\u{FFFD}\u{FFFD}a"),
        Typed("NUL and C1 control characters", [0] + Array("a\u{80}\u{9B}b".utf8), "ab"),
        Typed("what Unicode has not assigned", "a\u{378}b\u{10FFFF}", "a\u{378}b\u{10FFFF}"),
        Typed(
            "a line longer than the screen", String(repeating: "你a ", count: 900), String(repeating: "你a ", count: 900)),
    ]

    static let pastes: [Typed] = [
        Typed("several lines", paste("one\r\ntwo\nthree\rfour"), "one two three four"),
        Typed("an empty line between", paste("one\n\ntwo"), "one  two"),
        Typed("line breaks at the end", paste("one\r\n\n"), "one"),
        Typed("tabs and other breaks", paste("a\tb\u{2028}c\u{B}d"), "a b c d"),
        Typed("control characters and colours", paste("a\u{1}b\u{7F}\u{1B}[31mred\u{1B}[0m\u{1B}c"), "abredc"),
        Typed("Ctrl-D and Ctrl-U", paste("a\u{4}\u{15}b"), "ab"),
        Typed("Unicode", paste("你好 🎉 e\u{301} שלום"), "你好 🎉 e\u{301} שלום"),
        Typed(
            "bytes that are no UTF-8", Array("\u{1B}[200~a".utf8) + [0xFF] + Array("b\u{1B}[201~".utf8), "a\u{FFFD}b"),
        Typed("inside of a line", "one three\u{1B}b" + paste("two\n") + " ", "one two three"),
        Typed("twice", paste("a") + paste("b") + "c", "abc"),
        Typed("nothing", "a" + paste("") + "b", "ab"),
        Typed(
            "more than libedit's first buffer", paste(String(repeating: "ab\n", count: 2_000)) + "\u{1B}[HX",
            "X" + String(repeating: "ab ", count: 1_999) + "ab"),
    ]

    static func paste(_ text: String) -> String { "\u{1B}[200~" + text + "\u{1B}[201~" }
}

@Suite struct KeyTests {
    private func check(_ row: Typed, _ session: Session) throws {
        try session.expect("> ")
        try session.type(row.keys)
        #expect(try session.enter() == "line \(row.line.debugDescription)")
    }

    @Test("keys edit the line", arguments: Typed.editing) func editing(_ row: Typed) throws {
        try check(row, Session())
    }

    @Test("text is Unicode", arguments: Typed.unicode) func unicode(_ row: Typed) throws { try check(row, Session()) }

    @Test("a paste is one input and is not sent", arguments: Typed.pastes) func pastes(_ row: Typed) throws {
        try check(row, Session())
    }

    @Test(
        "whatever the locale, and on any terminal",
        arguments: [["LANG": "C"], ["LC_ALL": "POSIX"], ["LC_ALL": "xx_YY.ISO-8859-15"], ["LC_CTYPE": "C.UTF-8"]],
        ["xterm-256color", "vt100", "linux", "screen", "no-such-terminal"])
    func locales(_ environment: [String: String], _ term: String) throws {
        let row = Typed("", "héllo 你好\u{1B}[D\u{1B}[D🎉" + Typed.paste("\nשלום\n") + "\u{7F}", "héllo 🎉 שלו你好")
        try check(row, Session(term: term, environment: environment))
    }

    @Test("on a terminal of a few columns too", arguments: [1, 2, 3, 5, 1_000]) func narrow(_ columns: UInt16) throws {
        let session = try Session(columns: columns)
        try session.expect(">")
        try session.type("你好 🎉 hello\u{1B}[H\u{1B}[C\u{1B}[C!\u{1B}[Fe\u{301}" + Typed.paste("one\ntwo"))
        #expect(try session.enter() == "line \("你好! 🎉 helloe\u{301}one two".debugDescription)")
    }

    @Test("a megabyte is pasted") func megabyte() throws {
        let text = String((0..<1_000_000).map { Self.letters[$0 * 7 % 11] }) + "."
        let session = try Session()
        try session.expect("> ")
        try session.type(Typed.paste(text))
        #expect(try session.enter() == Self.summary(text.replacing("\n", with: " ")))
        try session.type("after")
        #expect(try session.enter() == "line \"after\"")
    }

    @Test("a hundred thousand characters come without the marks of a paste") func unmarked() throws {
        let text = String((0..<100_000).map { Self.letters[$0 * 7 % 10] })
        let session = try Session()
        try session.expect("> ")
        try session.type(text)
        #expect(try session.enter() == Self.summary(text))
    }

    @Test("Up and Down leave a long draft as it is") func longDraft() throws {
        let text = String((0..<20_000).map { Self.letters[$0 * 7 % 10] })
        let session = try Session()
        try session.expect("> ")
        try session.type("before")
        _ = try session.enter()
        // Before that the system edits, and takes 4,096 characters at most.
        try session.expect("> ")
        try session.type(Typed.paste(text) + "\u{1B}[A\u{10}\u{1B}[B")
        #expect(try session.enter() == Self.summary(text))
    }

    private static let letters: [Character] = ["a", "b", "c", " ", "d", "é", " ", "你", "🎉", ".", "\n"]

    /// What the program says of a long line.
    private static func summary(_ text: String) -> String {
        "\(text.unicodeScalars.count) characters, \(text.unicodeScalars.reduce(UInt32(0)) { $0 &* 31 &+ $1.value })"
    }
}
