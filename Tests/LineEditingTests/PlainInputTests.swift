import CommandRuns
import Foundation
import Glibc
import Testing

@Suite struct PlainInputTests {
    /// What a run without a terminal writes, and its status.
    private func run(_ input: [UInt8], standardInput: Any? = nil) throws -> (output: String, status: Int32) {
        let process = Process()
        let scratch = try Scratch()
        try scratch.write(input, to: "in")
        try scratch.write([], to: "out")
        process.executableURL = URL(filePath: Program.path)
        process.arguments = [scratch.path + "/history", "\u{1B}[1myou>\u{1B}[0m "]
        process.standardInput = standardInput ?? FileHandle(forReadingAtPath: scratch.path + "/in")
        process.standardOutput = FileHandle(forWritingAtPath: scratch.path + "/out")
        try process.run()
        process.waitUntilExit()
        #expect(!FileManager.default.fileExists(atPath: scratch.path + "/history"))
        return (try scratch.text("out"), process.terminationStatus)
    }

    @Test("lines come as they are, and nothing else is written") func lines() throws {
        let (output, status) = try run(Array("one\n\n/help\tx\r\ntwo \u{1}\u{3}\u{4}\rthree\nlast".utf8))
        #expect(
            output == """
                line "one"
                line ""
                line "/help\\tx"
                line "two \\u{01}\\u{03}\\u{04}\\rthree"
                line "last"
                end

                """)
        #expect(status == 0)
    }

    @Test("bytes that are no UTF-8 become U+FFFD") func invalid() throws {
        let input = [0xFF, 0x61, 0xE4, 0xBD, 0x0A, 0xED, 0xA0, 0x80, 0x0A] + Array("你🎉".utf8)
        let expected = ["\u{FFFD}a\u{FFFD}", "\u{FFFD}\u{FFFD}\u{FFFD}", "你🎉"].map { "line \($0.debugDescription)\n" }
        #expect(try run(input).output == expected.joined() + "end\n")
    }

    @Test("no bytes are no line; a line end alone is an empty one") func empty() throws {
        #expect(try run([]).output == "end\n")
        #expect(try run([0x0A]).output == "line \"\"\nend\n")
    }

    @Test("a megabyte is one line") func megabyte() throws {
        let input = [UInt8](repeating: 0x61, count: 1 << 20)
        let hash = input.reduce(UInt32(0)) { $0 &* 31 &+ UInt32($1) }
        #expect(try run(input).output == "1048576 characters, \(hash)\nend\n")
    }

    @Test("a directory is an error that says so") func directory() throws {
        let (output, status) = try run([], standardInput: FileHandle(forReadingAtPath: "/"))
        #expect(output == "standard input: cannot be read: Is a directory\n")
        #expect(status == 1)
    }

    @Test("a terminal whose output goes elsewhere is one too") func redirected() throws {
        let session = try Session(["-", "\u{1B}[1myou>\u{1B}[0m "], shell: "echo go; \"$0\" \"$@\" | cat")
        try session.expect("go\r\n")
        try session.type("one\r")
        #expect(try session.expect("line \"one\"\r\n") == "one\r\nline \"one\"\r\n")
        try session.type("\u{4}")
        #expect(try session.status() == 0)
        #expect(session.rest == "end\r\n")
    }

    @Test(
        "a terminal that cannot move its cursor edits the line itself, and gets no control characters",
        arguments: ["dumb", "emacs", nil])
    func dumb(_ term: String?) throws {
        let session = try Session(["-", "\u{1B}[1myou>\u{1B}[0m "], term: term, environment: ["LC_ALL": "C"])
        #expect(try session.expect("you> ") == "you> ")
        try session.type("hé 你x\u{7F}!\r")
        try session.expect("line \("hé 你!".debugDescription)\r\n")
        try session.expect("you> ")
        try session.type("wrong")
        try session.expect("wrong")
        try session.type("\u{3}")
        #expect(try session.expect("you> ") == "^C\r\ninterrupted\r\nyou> ")
        try session.type("cut\u{4}\u{4}")
        #expect(try session.expect("you> ") == "cutline \"cut\"\r\nyou> ")
        try session.type("\u{4}")
        #expect(try session.status() == 0)
        #expect(session.rest == "\r\nend\r\n")
    }

    @Test("without a terminal Ctrl-C ends the program") func interrupted() throws {
        let session = try Session(shell: "echo go; exec \"$0\" \"$@\" 0<&1 1>/dev/null")
        try session.expect("go\r\n")
        try session.type("\u{3}")
        #expect(try session.status() == 128 + SIGINT)
    }
}
