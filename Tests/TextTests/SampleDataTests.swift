import Streams
import Testing
import Text

@Suite struct SampleDataTests {
    private static let file =
        #filePath.split(separator: "/").dropLast(3).map { "/" + $0 }.joined() + "/sample-data/dialogues.jsonl"

    @Test("the sample dialogues are 48 talks of 4 to 10 different turns") func talks() throws {
        var faults: [InputError] = []
        let dialogues = try DialogueReader.dialogues(path: Self.file) { faults.append($0) }
        #expect(faults == [])
        #expect(dialogues.count == 48)
        #expect(Set(dialogues).count == 48)
        for dialogue in dialogues {
            #expect((4...10).contains(dialogue.turns.count), "\(dialogue.turns[0])")
            #expect(Set(dialogue.turns).count == dialogue.turns.count, "\(dialogue.turns[0])")
        }
    }

    @Test("the sample dialogues are written in the form in which they are read") func form() throws {
        let written = try PlainText.read(path: Self.file)
        let dialogues = try DialogueReader.dialogues(path: Self.file)
        let lines = dialogues.map { dialogue in
            "{\"turns\":["
                + dialogue.turns.map { "\"" + $0.replacing("\"", with: "\\\"") + "\"" }.joined(separator: ",") + "]}\n"
        }
        #expect(lines.joined() == written)
    }
}
