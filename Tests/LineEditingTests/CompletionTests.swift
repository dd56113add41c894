import CommandRuns
import Testing

/// The program completes /help, /reset, /retry and /quit.
@Suite struct CompletionTests {
    static let rows: [Typed] = [
        Typed("the only one that fits", "/q\t", "/quit "),
        Typed("as far as all agree", "/r\ts\t", "/reset "),
        Typed("the whole one", "/help\t!", "/help !"),
        Typed("none that fits", "/x\t", "/x"),
        Typed("not in the middle of a line", "a /q\t", "a /q"),
        Typed("before the cursor only", "it\u{1}/q\t", "/quit it"),
    ]

    @Test("Tab completes", arguments: rows) func completes(_ row: Typed) throws {
        let session = try Session()
        try session.expect("> ")
        try session.type(row.keys)
        #expect(try session.enter() == "line \(row.line.debugDescription)")
    }

    @Test("Tab shows between what there is to choose") func choices() throws {
        let session = try Session()
        try session.expect("> ")
        try session.type("/re\t")
        try session.expect("/reset  /retry\r\n")
        try session.expect("> /re")
        try session.type("t\t")
        #expect(try session.enter() == "line \"/retry \"")
    }
}
