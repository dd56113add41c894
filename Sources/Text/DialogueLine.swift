import FoundationEssentials

/// A line `{"turns":["…","…"]}`: a dialogue as JSON.
struct DialogueLine: Decodable {
    private var turns: [String]

    /// The dialogue of a line. Throws a ``LineFault`` where it is none.
    static func dialogue(of line: TextLines.Line, _ decoder: JSONDecoder) throws(LineFault) -> Dialogue {
        let text = Data(try line.text().utf8)
        let dialogue: Dialogue
        do { dialogue = Dialogue(turns: try decoder.decode(DialogueLine.self, from: text).turns) } catch {
            switch error {
            case DecodingError.keyNotFound: throw LineFault("no \"turns\" in the object")
            case DecodingError.typeMismatch, DecodingError.valueNotFound:
                throw LineFault("not an object whose \"turns\" are a list of texts")
            default: throw LineFault("not JSON")
            }
        }
        if let empty = dialogue.turns.firstIndex(of: "") { throw LineFault("turn \(empty + 1) is empty") }
        guard dialogue.turns.count > 1 else { throw LineFault("fewer than two turns") }
        return dialogue
    }
}
