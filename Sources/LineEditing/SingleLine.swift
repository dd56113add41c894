/// Text as one line.
enum SingleLine {
    /// The text with spaces for line breaks and tabs, without other control characters, and without line breaks at its end.
    static func text(_ scalars: some Sequence<Unicode.Scalar>) -> String {
        var line = String.UnicodeScalarView()
        var previous: Unicode.Scalar?
        var breaksAtEnd = 0
        for scalar in scalars {
            // A break of two characters. libedit's terminal takes CR for LF and LF for CR.
            if (previous, scalar) == ("\r", "\n") || (previous, scalar) == ("\n", "\r") {
                previous = nil
                continue
            }
            previous = scalar
            switch scalar {
            case "\n", "\r", "\u{B}", "\u{C}", "\u{85}", "\u{2028}", "\u{2029}":
                breaksAtEnd += 1
                line.append(" ")
            case "\t":
                breaksAtEnd = 0
                line.append(" ")
            case "\0"..."\u{1F}", "\u{7F}"..."\u{9F}": continue
            default:
                breaksAtEnd = 0
                line.append(scalar)
            }
        }
        line.removeLast(breaksAtEnd)
        return String(line)
    }
}
