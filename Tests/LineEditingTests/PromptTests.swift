import CommandRuns
import Testing

@Suite struct PromptTests {
    @Test("colours are shown, and take no column") func colours() throws {
        let session = try Session(["-", "\u{1B}[1;36myou>\u{1B}[0m "])
        try session.expect("\u{1B}[1;36myou>\u{1B}[0m ")
        try session.type("ab\u{1B}[Hc")
        // Column 6, counted from 1: behind what is seen of the prompt.
        try session.expect("\u{1B}[6G")
        #expect(try session.enter() == "line \"cab\"")
    }

    @Test("colours that end the prompt are shown before a space") func trailing() throws {
        let session = try Session(["-", "you>\u{1B}[2m\u{1B}[3m"])
        try session.expect("you>\u{1B}[2m\u{1B}[3m ")
    }

    @Test("NO_COLOR leaves them out, other control characters go") func noColour() throws {
        let session = try Session(["-", "\u{1B}[1myo\u{7}u>\u{1B}[0m\u{1B}[2J "], environment: ["NO_COLOR": "1"])
        #expect(try session.expect("[2J ") == "\u{1B}[?2004hyou>[2J ")
    }

    @Test(
        "a prompt may be empty, wide, or longer than a row",
        arguments: ["", "你好> ", String(repeating: "long ", count: 40)])
    func unusual(_ prompt: String) throws {
        let session = try Session(["-", prompt], columns: 30)
        try session.expect("\u{1B}[?2004h")
        try session.type("hello\u{1B}[H>")
        #expect(try session.enter() == "line \">hello\"")
    }

    @Test("what is printed before comes before") func order() throws {
        let session = try Session()
        try session.expect("> ")
        try session.type("/print abc\r")
        try session.expect("abc\u{1B}[?2004h> ")
    }
}
