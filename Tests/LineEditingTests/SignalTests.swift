import CommandRuns
import Glibc
import Testing

@Suite struct SignalTests {
    @Test("Ctrl-C clears the line") func clears() throws {
        let session = try Session()
        try session.expect("> ")
        try session.type("wrong")
        try session.expect("wrong")
        try session.type("\u{3}")
        try session.expect("^C")
        try session.expect("interrupted\r\n")
        try session.expect("> ")
        try session.type("right")
        #expect(try session.enter() == "line \"right\"")
    }

    /// What waits for more than one key.
    @Test(
        "Ctrl-C ends what waits for more keys too",
        arguments: ["\u{1B}", "\u{1B}[200~pasted", "\u{12}wro", "\u{1B}[", "wrong\u{1B}[H\u{1B}[C"])
    func inside(_ keys: String) throws {
        let session = try Session()
        try session.expect("> ")
        try session.type("wrong \u{1B}[200~x\u{1B}[201~")
        try session.expect("x")
        try session.type(keys)
        try session.type("\u{3}")
        try session.expect("interrupted\r\n")
        try session.expect("> ")
        try session.type("right")
        #expect(try session.enter() == "line \"right\"")
    }

    @Test("Ctrl-C stops the work and not the program", arguments: ["xterm", "dumb"]) func stops(_ term: String) throws {
        let session = try Session(term: term)
        for _ in 0..<3 {
            try session.expect("> ")
            try session.type("/work\r")
            try session.expect("working\r\n")
            #expect(session.isCooked)
            try session.type("\u{3}")
            try session.expect("stopped\r\n")
        }
        try session.expect("> ")
        try session.type("on\r")
        try session.expect("line \"on\"\r\n")
    }

    @Test("Ctrl-D on an empty line is the end") func ends() throws {
        let session = try Session()
        try session.expect("> ")
        try session.type("a\u{7F}\u{4}")
        try session.expect("end\r\n")
        #expect(try session.status() == 0)
        #expect(session.isCooked)
    }

    @Test(
        "a signal that ends the process leaves the terminal in order", arguments: [SIGTERM, SIGHUP, SIGQUIT])
    func killed(_ signal: Int32) throws {
        let session = try Session()
        try session.expect("> ")
        try session.type("abc")
        try session.expect("abc")
        #expect(!session.isCooked)
        session.signal(signal)
        #expect(try session.status() == 128 + signal)
        #expect(session.isCooked)
        #expect(session.rest.contains("\u{1B}[?2004l"))
    }

    @Test("Ctrl-Z leaves the terminal in order, and the line is there again afterwards") func stopped() throws {
        // A shell with job control, since a process without one is not stopped.
        let session = try Session(shell: "set -m; \"$0\" \"$@\"; echo asleep; read answer; fg")
        try session.expect("> ")
        try session.type("one ")
        try session.expect("one ")
        try session.type("\u{1A}")
        try session.expect("asleep\r\n")
        #expect(session.isCooked)
        try session.type("go on\r")
        try session.expect("> one ")
        try session.type("two")
        #expect(try session.enter() == "line \"one two\"")
    }

    @Test("a resize draws the line anew", arguments: [[40, 100], [20, 7], [200, 80]]) func resize(_ sizes: [UInt16])
        throws
    {
        let session = try Session()
        let text = String(repeating: "word ", count: 30)
        try session.expect("> ")
        try session.type(text)
        // The last of a row makes the cursor wrap, so the end is looked for in pieces.
        try session.expect("rd ")
        for size in sizes {
            session.resize(columns: size)
            try session.expect("\u{1B}[J> wo")
        }
        try session.type("end")
        #expect(try session.enter() == "line \((text + "end").debugDescription)")
    }
}
