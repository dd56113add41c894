/// A talk of two, who speak in turn: the even turns are those of whoever began.
public struct Dialogue: Hashable, Sendable {
    /// What was said, each in the form that ``turn(_:)`` gives.
    public let turns: [String]

    /// A talk of these turns, each brought into form.
    public init(turns: some Sequence<String>) {
        self.turns = turns.map(Self.turn)
    }

    /// Somebody's words as one turn: normalized, each run of white space one space, none at the ends, and no control
    /// characters or byte order marks; so a turn has no line break, which marks its end.
    public static func turn(_ words: String) -> String {
        if words.isTurn { return words }
        var turn = String.UnicodeScalarView()
        var isSpaced = false
        for scalar in words.unicodeScalars {
            if scalar.properties.isWhitespace {
                isSpaced = !turn.isEmpty
            } else if scalar.properties.generalCategory != .control, scalar != "\u{FEFF}" {
                if isSpaced { turn.append(" ") }
                isSpaced = false
                turn.append(scalar)
            }
        }
        return String(turn).normalized
    }

    /// The text that models learn and are measured by: each turn and a line break, and one more line break at the end.
    public var rendered: String {
        var text = ""
        for turn in turns { text += turn + "\n" }
        return text + "\n"
    }

    /// How many characters ``rendered`` has, in Unicode scalars.
    public var characterCount: Int { turns.reduce(1) { $0 + $1.unicodeScalars.count + 1 } }
}

extension String {
    /// Whether this is a turn as it stands, as far as can be told fast: printable ASCII without two spaces in a row.
    fileprivate var isTurn: Bool {
        var previous = UInt8(ascii: " ")
        for byte in utf8 {
            guard (0x20...0x7E).contains(byte), byte != 0x20 || previous != 0x20 else { return false }
            previous = byte
        }
        return isEmpty || previous != 0x20
    }
}
