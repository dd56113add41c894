/// A line `Name: words` of a talk: who speaks, and the turn.
struct ChatLine {
    var name: String
    var words: String

    /// The most characters of a name; what is longer is a sentence with a colon in it.
    private static let longestName = 40

    /// Throws a ``LineFault`` where the line has not both.
    init(_ line: String) throws(LineFault) {
        let scalars = line.unicodeScalars
        guard let colon = scalars.prefix(2 * Self.longestName).firstIndex(of: ":") else {
            throw LineFault("no name and colon at the beginning")
        }
        let rest = scalars[scalars.index(after: colon)...]
        name = Dialogue.turn(String(scalars[..<colon]))
        guard !name.isEmpty, name.unicodeScalars.count <= Self.longestName,
            rest.first.map({ $0.properties.isWhitespace }) ?? true
        else { throw LineFault("no name and colon at the beginning") }
        words = Dialogue.turn(String(rest))
        guard !words.isEmpty else { throw LineFault("nothing after the name") }
    }
}
