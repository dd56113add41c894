import Foundation
import Streams
import Testing
import Text

/// Long and damaged files: whatever stands in them, a reader ends with dialogues and errors.
@Suite struct DamageTests {
    static let files: [(String, [UInt8])] = [
        (
            "JSON",
            Array(
                "{\"turns\":[\"Hé \\\"you\\\"\",\"Ho \\u00e9\",\"x\"]}\n{\"id\":[1,{}],\"turns\":[\"a\",\"b\"]}\r\n"
                    .utf8)
        ),
        ("chat", Array("Ánna: Hi!\nBen: Hello.\nBen: So?\n\nBen: Bye\r\nÁnna: Bye\n".utf8)),
        ("gzip", DialogueReaderTests.packed),
    ]

    @Test("damaged bytes never end a reader", .timeLimit(.minutes(2)), arguments: files)
    func damage(_ name: String, _ bytes: [UInt8]) throws {
        let scratch = try Scratch()
        var series = Series(state: 7)
        var dialogues = 0, reports = 0, errors = 0
        for _ in 0..<3_000 {
            var damaged = bytes
            for _ in 0...Int.random(in: 0...3, using: &series) where !damaged.isEmpty {
                let place = Int.random(in: 0..<damaged.count, using: &series)
                switch Int.random(in: 0...4, using: &series) {
                case 0: damaged[place] ^= 1 << UInt8.random(in: 0...7, using: &series)
                case 1: damaged[place] = UInt8.random(in: 0...255, using: &series)
                case 2: damaged.removeSubrange(place...)
                case 3: damaged.insert(contentsOf: bytes.prefix(Int.random(in: 0...40, using: &series)), at: place)
                default: damaged.removeSubrange(place..<min(place + 5, damaged.count))
                }
            }
            let path = try scratch.file(damaged)
            do {
                dialogues += try DialogueReader.dialogues(path: path) { _ in reports += 1 }.count
            } catch is InputError { errors += 1 }
            do { _ = try PlainText.read(path: path) } catch is InputError {}
        }
        #expect(dialogues > 100)
        #expect(name == "gzip" || reports > 100)
        #expect(errors > 100)
    }

    @Test("long lines and many lines are read in time that grows with their length", .timeLimit(.minutes(2)))
    func long() throws {
        let words = String(repeating: "and on and on é ", count: 300_000)
        let (dialogues, errors) = try outcome(
            "{\"turns\":[\"\(words)\",\"\(words)\"]}\n{\"turns\":[\"a\",\"b\"]}\n".utf8)
        #expect(dialogues.map(\.utf8.count) == [2 * (words.utf8.count - 1) + 6, 8])
        #expect(errors == [])

        let talk = String(repeating: "Ben: word\n", count: 300_000)
        let (talks, faults) = try outcome(("Anna: Hi\n" + talk).utf8)
        #expect(talks.map(\.utf8.count) == [3 + 2 + 3 + 300_000 * 5 - 1])
        #expect(faults == [])

        let (many, none) = try outcome(String(repeating: "A: a\nB: b\n\n", count: 100_000).utf8)
        #expect(many.count == 100_000)
        #expect(none == [])
    }

    @Test("a line longer than 64 MiB is left out, the next one read") func endless() throws {
        let scratch = try Scratch()
        let line = Data("{\"turns\":[\"a\",\"b\"]}\n".utf8)
        let path = try scratch.file(line + Data(repeating: 0x78, count: 65 << 20) + line + line)
        var errors: [String] = []
        #expect(try DialogueReader.dialogues(path: path) { errors.append($0.description) }.count == 2)
        #expect(errors == [path + ":2: longer than a line may be"])
    }
}
