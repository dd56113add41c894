/// A talk that is read line by line, each `Name: words`.
struct Chat {
    /// The line at which it begins.
    let firstLine: Int
    private var names: [String] = []
    private var speaker: String?
    private var turns: [String] = []
    /// Whether a third one spoke.
    private var isCrowded = false

    init(firstLine: Int) { self.firstLine = firstLine }

    /// Takes the next line. Throws a ``LineFault`` where it is left out, or the whole talk is for its sake.
    mutating func add(_ line: TextLines.Line) throws(LineFault) {
        guard !isCrowded else { return }
        let line = try ChatLine(line.text())
        if !names.contains(line.name) {
            guard names.count < 2 else {
                isCrowded = true
                throw LineFault("a third name in a talk of two, which is left out whole")
            }
            names.append(line.name)
        }
        if line.name == speaker { turns[turns.count - 1] += " " + line.words } else { turns.append(line.words) }
        speaker = line.name
    }

    /// The talk as it stands at its end; `nil` where nothing remains that has not been reported. Throws a ``LineFault`` where only one speaks.
    func dialogue() throws(LineFault) -> Dialogue? {
        guard !isCrowded, !turns.isEmpty else { return nil }
        guard turns.count > 1 else { throw LineFault("a talk in which only one speaks") }
        return Dialogue(turns: turns)
    }
}
