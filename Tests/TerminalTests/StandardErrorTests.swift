import Glibc
import Terminal
import Testing

@Suite struct StandardErrorTests {
    private static let clearing = "\r\u{1B}[K"

    /// What a stream writes into a pipe.
    private func written(isTerminal: Bool, colour: Bool = false, _ body: (StandardError) -> Void) -> String {
        var ends: [Int32] = [0, 0]
        guard unsafe pipe(&ends) == 0 else { return "no pipe" }
        body(StandardError(descriptor: ends[1], isTerminal: isTerminal, colour: colour))
        close(ends[1])
        var bytes = [UInt8](repeating: 0, count: 4_096)
        let count = unsafe read(ends[0], &bytes, bytes.count)
        close(ends[0])
        return String(decoding: bytes.prefix(max(0, count)), as: UTF8.self)
    }

    @Test func `A line that stays takes the place of the drawn one`() {
        let text = written(isTerminal: true) { stream in
            stream.redraw("10 %")
            stream.redraw("20 %")
            stream.line("half way")
            stream.line("on")
            stream.redraw("30 %")
            stream.clear()
            stream.clear()
        }
        #expect(text == "10 %\(Self.clearing)20 %\(Self.clearing)half way\non\n30 %\(Self.clearing)")
    }

    @Test(arguments: [
        (true, true, "\u{1B}[1;31mface-match:\u{1B}[0m a.jpg: odd\n"), (true, false, "face-match: a.jpg: odd\n"),
        (false, true, "face-match: a.jpg: odd\n"),
    ])
    func `An error has colour on a terminal where the user lets it`(isTerminal: Bool, colour: Bool, text: String) {
        #expect(
            written(isTerminal: isTerminal, colour: colour) { $0.error("a.jpg: odd", from: "face-match") } == text)
    }

    @Test func `A file's name cannot steer the terminal`() {
        let text = written(isTerminal: false) { $0.error("a\u{1B}[2J\r\u{7}\u{9B}.jpg: odd\n\tline", from: "x") }
        #expect(text == "x: a\u{FFFD}[2J\u{FFFD}\u{FFFD}\u{FFFD}.jpg: odd\n\tline\n")
    }
}
