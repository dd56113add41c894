import CommandRuns
import Foundation
import Glibc
import Testing

@Suite struct HistoryTests {
    private let scratch: Scratch
    private var path: String { scratch.path + "/history" }

    init() throws { scratch = try Scratch() }

    /// Types lines in a run of their own.
    private func run(_ lines: String..., path: String? = nil, shell: String? = nil) throws {
        let session = try Session([path ?? self.path], shell: shell)
        for line in lines {
            try session.expect("> ")
            try session.type(line)
            _ = try session.enter()
        }
        try session.expect("> ")
        try session.type("\u{4}")
        try session.expect("end\r\n")
        #expect(try session.status() == 0)
    }

    @Test("Up brings back what another run was told") func twoRuns() throws {
        try run("first", "sécond 你好", "third")
        #expect(try scratch.text("history") == "first\nsécond 你好\nthird\n")
        let session = try Session([path])
        try session.expect("> ")
        try session.type("dr\u{1B}[A\u{1B}[A\u{1B}[B\u{10}!")
        #expect(try session.enter() == "line \"sécond 你好!\"")
        try session.type("\u{1B}[A\u{1B}[A\u{1B}[A\u{1B}[A\u{1B}[A\u{1B}[A")
        #expect(try session.enter() == "line \"first\"")
        try session.type("draft\u{1B}[B\u{1B}[A\u{E}\u{E}")
        #expect(try session.enter() == "line \"draft\"")
    }

    @Test("Ctrl-R searches") func search() throws {
        try run("one apple", "two pears", "three plums")
        let session = try Session([path])
        try session.expect("> ")
        try session.type("\u{12}app")
        #expect(try session.enter() == "line \"one apple\"")
    }

    @Test("what is empty, long or said twice in a row is not kept") func notKept() throws {
        try run("a", "a", "   ", "", Typed.paste(String(repeating: "x", count: 1_001)), "b", "a")
        #expect(try scratch.text("history") == "a\nb\na\n")
    }

    @Test("a thousand lines are kept, for the user alone") func limit() throws {
        try run("first")
        let permissions = try scratch.permissions("history")
        #expect(permissions == 0o600)
        try scratch.write((1...1_500).map { "line \($0)\n" }.joined().utf8, to: "history")
        try run("last")
        let lines = try scratch.text("history").split(separator: "\n")
        #expect(lines.count == 1_000)
        #expect(lines.first == "line 502")
        #expect(lines.last == "last")
    }

    @Test("two runs at once lose nothing") func together() throws {
        let one = try Session([path])
        let two = try Session([path])
        for (session, line) in [(one, "a"), (two, "b"), (one, "c"), (two, "d")] {
            try session.expect("> ")
            try session.type(line)
            _ = try session.enter()
        }
        try one.expect("> ")
        try two.expect("> ")
        #expect(try scratch.text("history") == "a\nb\nc\nd\n")
    }

    @Test("its folder is made") func folder() throws {
        try run("a", path: scratch.path + "/state/engram/history")
        #expect(try scratch.text("state/engram/history") == "a\n")
    }

    @Test("a link stays one") func link() throws {
        try scratch.write("a\n".utf8, to: "elsewhere")
        try FileManager.default.createSymbolicLink(atPath: path, withDestinationPath: scratch.path + "/elsewhere")
        try run("b")
        #expect(try scratch.text("elsewhere") == "a\nb\n")
        #expect(try FileManager.default.destinationOfSymbolicLink(atPath: path) == scratch.path + "/elsewhere")
    }

    @Test("bytes that are no text are read as well as they can be") func damaged() throws {
        try scratch.write([0xFF, 0x0A, 0x1B, 0x5B, 0x41, 0x00, 0x0A, 0x0A] + Array("ok\r\n".utf8), to: "history")
        let session = try Session([path])
        try session.expect("> ")
        try session.type("\u{1B}[A\u{1B}[A\u{1B}[A")
        #expect(try session.enter() == "line \"\u{FFFD}\"")
    }

    @Test("a directory, a pipe or a huge file in its place is no failure, and stays") func unusable() throws {
        try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: false)
        try run("a")
        var isDirectory: ObjCBool = false
        let isThere = unsafe FileManager.default.fileExists(atPath: path, isDirectory: &isDirectory)
        #expect(isThere && isDirectory.boolValue)
        let pipe = unsafe mkfifo(scratch.path + "/pipe", 0o600)
        #expect(pipe == 0)
        try run("a", path: scratch.path + "/pipe")
        try scratch.write([], to: "huge")
        let truncated = unsafe truncate(scratch.path + "/huge", 1 << 30)
        #expect(truncated == 0)
        try run("a", path: scratch.path + "/huge")
        #expect(
            try FileManager.default.attributesOfItem(atPath: scratch.path + "/huge")[.size] as? Int == 1 << 30)
    }

    @Test("where nothing can be written the talk goes on, and the file stays whole") func full() throws {
        try run("a", path: "/proc/engram/history")
        try scratch.write("a\n".utf8, to: "history")
        try run("b", shell: "trap '' XFSZ; ulimit -f 0; exec \"$0\" \"$@\"")
        #expect(try scratch.text("history") == "a\n")
        #expect(try FileManager.default.contentsOfDirectory(atPath: scratch.path) == ["history"])
    }
}
