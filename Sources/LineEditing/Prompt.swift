/// What stands before a line, with its colour sequences (`ESC[…m`) known.
struct Prompt {
    private enum Piece {
        case visible(Unicode.Scalar)
        case colour(String.UnicodeScalarView)
    }

    private var pieces: [Piece] = []

    init(_ text: String) {
        var rest = text.unicodeScalars[...]
        while let first = rest.popFirst() {
            if first == "\u{1B}", let end = Self.endOfColour(rest) {
                var sequence = String.UnicodeScalarView([first])
                sequence.append(contentsOf: rest[...end])
                pieces.append(.colour(sequence))
                rest = rest[rest.index(after: end)...]
            } else if first.properties.generalCategory != .control {
                pieces.append(.visible(first))
            }
        }
    }

    /// Where the `m` of a sequence stands whose ESC was before `rest`.
    private static func endOfColour(_ rest: Substring.UnicodeScalarView) -> Substring.UnicodeScalarView.Index? {
        guard rest.first == "[", let end = rest.dropFirst().firstIndex(where: { !("0"..."9" ~= $0 || $0 == ";") })
        else {
            return nil
        }
        return rest[end] == "m" ? end : nil
    }

    var withoutColour: Prompt {
        var prompt = self
        prompt.pieces.removeAll { if case .colour = $0 { true } else { false } }
        return prompt
    }

    /// What is seen.
    var text: String {
        var text = String.UnicodeScalarView()
        for case .visible(let scalar) in pieces { text.append(scalar) }
        return String(text)
    }

    /// What libedit sets aside: each run of colour sequences stands between two of these.
    static let mark: Unicode.Scalar = "\u{1}"

    /// The prompt as libedit takes it. It loses a sequence that no character follows, hence the space.
    var marked: [Unicode.Scalar] {
        var marked: [Unicode.Scalar] = []
        var isInColour = false
        for piece in pieces {
            switch piece {
            case .visible(let scalar):
                if isInColour { marked.append(Self.mark) }
                isInColour = false
                marked.append(scalar)
            case .colour(let sequence):
                if !isInColour { marked.append(Self.mark) }
                isInColour = true
                marked += sequence
            }
        }
        return isInColour ? marked + [Self.mark, " "] : marked
    }
}
