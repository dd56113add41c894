import Foundation
import Streams
import Testing
import Text

@Suite struct DialogueReaderTests {
    static let formats = [
        (
            "JSON Lines, other keys passed over, escapes read, no line break at the end",
            "{\"turns\":[\"Hi \\\"you\\\"\\n\\u00e9\",\"Ho\"]}\n\n{\"id\":1, \"turns\" : [\"a\",\"b\",\"c\"] }\r\n{\"turns\":[\"y\",\"z\"]}",
            ["0: Hi \"you\" é | Ho", "2: a | b | c", "3: y | z"]
        ),
        ("a byte order mark", "\u{FEFF}{\"turns\":[\"a\",\"b\"]}\n", ["0: a | b"]),
        (
            "talks of names",
            "Anna: Hi!\nBen: Hello.\nBen:  How are you?\nAnna: Fine: really\n\n\nBen: Bye\r\nC. D.: So long\r\n",
            ["0: Hi! | Hello. How are you? | Fine: really", "1: Bye | So long"]
        ),
        (
            "line ends of one carriage return", "A: one\rB: two\r\rA: three\rB: four",
            ["0: one | two", "1: three | four"]
        ),
        ("names in either form", "Zoe\u{301}: a\nX: b\nZo\u{E9}: c\n", ["0: a | b | c"]),
        ("blank lines first", "\n \t\n\u{41}: x\nB: y", ["0: x | y"]),
    ]

    @Test("dialogues come in order with their index", arguments: formats)
    func reading(_ name: String, _ text: String, _ expected: [String]) throws {
        let (dialogues, errors) = try outcome(text.utf8)
        #expect(dialogues == expected, "\(name)")
        #expect(errors == [])
    }

    /// Two members, made by Python's gzip.
    static let packed = [UInt8](
        Data(
            base64Encoded:
                "H4sIAAAAAAACA6tWKiktyitWsopW8kjNyclXVNJR8sjUU4qt5QIA5I9wyRsAAAAfiwgAAAAAAAIDq1YqKS3KK1ayilZyqkxVVNJRCk5NVajML9VTiq3lAgBJBJzBHgAAAA=="
        ) ?? Data())

    @Test("gzip is read whatever the name, members in a row too") func gzip() throws {
        let (dialogues, errors) = try outcome(Self.packed)
        #expect(dialogues == ["0: Hello! | Hi.", "1: Bye! | See you."])
        #expect(errors == [])
    }

    @Test("a packed file that was cut delivers what is there, then says so") func cutGzip() throws {
        let (dialogues, errors) = try outcome(Self.packed.dropLast(9))
        #expect(dialogues == ["0: Hello! | Hi.", "1: Bye! | See you."])
        #expect(errors == ["fatal file: the packed data end too early; the file was cut off"])
        var damaged = Self.packed
        damaged[40] ^= 0xFF
        let (_, reported) = try outcome(damaged)
        #expect(reported == ["fatal file: the packed data are damaged"])
    }

    static let broken = [
        ("{\"turns\":[\"a\",", "not JSON"), ("nonsense", "not JSON"), ("{}", "no \"turns\" in the object"),
        ("{\"turns\":\"a\"}", "not an object whose \"turns\" are a list of texts"),
        ("{\"turns\":null}", "not an object whose \"turns\" are a list of texts"),
        ("{\"turns\":[\"a\",null]}", "not an object whose \"turns\" are a list of texts"),
        ("{\"turns\":[\"a\",1]}", "not an object whose \"turns\" are a list of texts"),
        ("[\"a\",\"b\"]", "not an object whose \"turns\" are a list of texts"),
        ("{\"turns\":[]}", "fewer than two turns"), ("{\"turns\":[\"a\"]}", "fewer than two turns"),
        ("{\"turns\":[\"a\",\" \\u0001\"]}", "turn 2 is empty"),
        (String(repeating: "[", count: 100_000), "not JSON"),
        ("{\"turns\":[\"a\",\"b\"]} {", "not JSON"),
    ]

    @Test("a broken line of JSON is named and left out, and the rest goes on", arguments: broken)
    func brokenJSON(_ line: String, _ fault: String) throws {
        let (dialogues, errors) = try outcome("{\"turns\":[\"a\",\"b\"]}\n\(line)\n{\"turns\":[\"c\",\"d\"]}\n".utf8)
        #expect(dialogues == ["0: a | b", "2: c | d"])
        #expect(errors == ["file:2: " + fault])
    }

    @Test("a line that is not UTF-8 is named and left out") func invalid() throws {
        let line = Array("{\"turns\":[\"a\",\"b".utf8)
        let (dialogues, errors) = try outcome(line + [0xFF] + Array("\"]}\n".utf8) + line + Array("\"]}\n".utf8))
        #expect(dialogues == ["1: a | b"])
        #expect(errors == ["file:1: not UTF-8"])
        let chat = Array("A: a\nB: b\nA: ".utf8) + [0xC3, 0x0A] + Array("B: d\n".utf8)
        let (talks, faults) = try outcome(chat)
        #expect(talks == ["0: a | b d"])
        #expect(faults == ["file:3: not UTF-8"])
    }

    static let brokenChats = [
        ("A: a\nand more\nB: b\n", ["0: a | b"], ["file:2: no name and colon at the beginning"]),
        (
            "A: a\nB: b\nB:\nhttp://x y\nA: c\n", ["0: a | b | c"],
            ["file:3: nothing after the name", "file:4: no name and colon at the beginning"]
        ),
        (
            "A: a\nB: b\nC: c\nD: d\n\nA: a\nC: c\n", ["1: a | c"],
            ["file:3: a third name in a talk of two, which is left out whole"]
        ),
        ("A: a\nA: b\n\nA: a\nC: c\n", ["1: a | c"], ["file:1: a talk in which only one speaks"]),
        (
            "A: a\nC: c\n\n: nobody\n\nA: e\nB: f", ["0: a | c", "2: e | f"],
            ["file:4: no name and colon at the beginning"]
        ),
    ]

    @Test("a broken line of a chat is named and left out, a talk of three whole", arguments: brokenChats)
    func brokenChat(_ text: String, _ expected: [String], _ faults: [String]) throws {
        let (dialogues, errors) = try outcome(text.utf8)
        #expect(dialogues == expected)
        #expect(errors == faults)
    }

    private static let remedy =
        "; those are lines of {\"turns\":[\"…\",\"…\"]}, or of 'Name: words' with an empty line between talks"
    static let foreign: [(String, [UInt8], String)] = [
        ("nothing", [], "there is no text in the file"),
        ("blanks", Array(" \n\r\n\t".utf8), "there is no text in the file"),
        ("a picture", [0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A, 0, 0, 0, 0x0D], "not text"),
        ("UTF-16", [0xFF, 0xFE, 0x41, 0], "UTF-16, not UTF-8; save it as UTF-8"),
        ("Latin-1", [0x41, 0xE4, 0x62, 0x0A], "not UTF-8; save it as UTF-8"),
        ("prose", Array("It was a dark night.\nNote: it rained.\n".utf8), "plain text, not dialogues" + remedy),
        (
            "a play", Array("First Citizen:\nBefore we proceed, hear me speak.\n\nAll:\nSpeak, speak.\n".utf8),
            "plain text, not dialogues" + remedy
        ),
        (
            "a book", Array("Title: Moby Dick\n\nCall me Ishmael.\nSome years ago -\n".utf8),
            "plain text, not dialogues" + remedy
        ),
        ("a table", Array("time,amount\n1,2\n".utf8), "plain text, not dialogues" + remedy),
    ]

    @Test("a file that is no file of dialogues is one error", arguments: foreign)
    func foreignFile(_ name: String, _ bytes: [UInt8], _ expected: String) throws {
        let (dialogues, errors) = try outcome(bytes)
        #expect(dialogues == [])
        #expect(errors == ["fatal file: " + expected], "\(name)")
    }

    @Test("a file of JSON of another kind is one error, not one a line") func otherJSON() throws {
        let lines = String(repeating: "{\"text\":\"Hello\"}\n", count: 5_000)
        let (_, errors) = try outcome(lines.utf8)
        #expect(
            errors == ["fatal file:1: no \"turns\" in the object, and no dialogue in the lines after it" + Self.remedy])
        let (_, single) = try outcome("Note: all of this is prose.\n".utf8)
        #expect(
            single == [
                "fatal file:1: a talk in which only one speaks, and no dialogue in the lines after it" + Self.remedy
            ])
        let (dialogues, late) = try outcome((String(repeating: "{}\n", count: 99) + "{\"turns\":[\"a\",\"b\"]}").utf8)
        #expect(dialogues == ["99: a | b"])
        #expect(late.count == 99)
    }

    @Test("what cannot be opened says why") func unreadable() throws {
        let scratch = try Scratch()
        for (path, expected) in [
            (scratch.path + "/none", ": no such file"),
            (scratch.path, ": a directory, not a file; name the files in it"),
            ("a\u{0}b", ": not a path, since it has a zero byte"),
        ] {
            let error = #expect(throws: InputError.self) { _ = try DialogueReader.dialogues(path: path) }
            #expect(error?.description == path + expected)
        }
    }

    @Test("the format is that of the content") func format() throws {
        let scratch = try Scratch()
        for (text, expected) in [
            ("{\"turns\":[]}", TextFormat.jsonLines), ("A: b\n", .chat), ("Call me Ishmael.", .plain),
        ] {
            #expect(try TextFormat(ofFileAt: scratch.file(text.utf8, "x.jsonl")) == expected)
        }
    }

    @Test("what is left out is counted as it is reported") func counting() throws {
        let scratch = try Scratch()
        let path = try scratch.file("{\"turns\":[\"a\",\"b\"]}\n{}\n{}\n{\"turns\":[\"a\",\"b\"]}\n".utf8)
        var reader = try DialogueReader(path: path)
        #expect(try reader.next()?.index == 0)
        #expect(reader.skippedCount == 0)
        #expect(try reader.next()?.index == 3)
        #expect(reader.skippedCount == 2)
        #expect(try reader.next() == nil)
        #expect(try reader.next() == nil)
        #expect(reader.skippedCount == 2)
    }
}
