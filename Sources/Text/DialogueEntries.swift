import FoundationEssentials
import Streams

/// What a file of dialogues is made of, in order: each dialogue, and each fault by which lines are left out.
struct DialogueEntries {
    enum Entry {
        case dialogue(index: Int, Dialogue)
        case fault(InputError)
    }

    let format: TextFormat
    private var lines: TextLines
    private let decoder = JSONDecoder()
    /// The talk whose lines are being read, in a chat, and how many there were before it.
    private var chat: Chat?
    private var chatCount = 0

    init(_ lines: TextLines, _ format: TextFormat) {
        self.lines = lines
        self.format = format
    }

    /// The next dialogue or fault; `nil` at the end.
    mutating func next() throws(InputError) -> Entry? {
        while let line = try lines.next() {
            switch (format, line.isBlank) {
            case (.chat, true): if let entry = endChat() { return entry }
            case (.chat, false):
                if chat == nil { chat = Chat(firstLine: line.number) }
                do { try chat?.add(line) } catch { return fault(error, at: line.number) }
            case (_, true): break
            case (_, false):
                do { return .dialogue(index: line.number - 1, try DialogueLine.dialogue(of: line, decoder)) } catch {
                    return fault(error, at: line.number)
                }
            }
        }
        return endChat()
    }

    /// What the talk that has been read becomes.
    private mutating func endChat() -> Entry? {
        guard let ended = chat else { return nil }
        chat = nil
        defer { chatCount += 1 }
        do { return try ended.dialogue().map { .dialogue(index: chatCount, $0) } } catch {
            return fault(error, at: ended.firstLine)
        }
    }

    private func fault(_ fault: LineFault, at line: Int) -> Entry {
        .fault(InputError(lines.name, line: line, fault.text))
    }
}
