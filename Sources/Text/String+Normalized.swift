extension String {
    /// The text in the one form in which characters are counted, encoded and compared: Unicode scalars in normalization
    /// form C, lines that end in `\n` instead of `\r\n` or `\r`, and no byte order mark at the start.
    ///
    /// More than 30 combining marks on one letter are cut off: no script has as many (Unicode Standard Annex #15,
    /// Stream-Safe Text Format), and putting them in order takes time that grows with their square.
    public var normalized: String {
        // Below U+0300, whose first byte is 0xCC, nothing composes.
        if utf8.allSatisfy({ $0 < 0xCC && $0 != 0x0D }) { return self }
        // What was cut before can be more again, since a few marks are two when they are composed.
        return withLineFeeds.withFewMarks.composed.withFewMarks
    }

    private var withLineFeeds: String {
        var text = String.UnicodeScalarView()
        var previous: Unicode.Scalar?
        for scalar in unicodeScalars {
            switch scalar {
            case "\u{FEFF}" where text.isEmpty: break
            case "\n" where previous == "\r": break
            case "\r": text.append("\n")
            default: text.append(scalar)
            }
            previous = scalar
        }
        return String(text)
    }

    private var withFewMarks: String {
        var text = String.UnicodeScalarView()
        var marks = 0
        for scalar in unicodeScalars {
            marks = scalar.isMark ? marks + 1 : 0
            if marks <= 30 { text.append(scalar) }
        }
        return String(text)
    }
}

extension Unicode.Scalar {
    fileprivate var isMark: Bool {
        switch properties.generalCategory {
        case .nonspacingMark, .spacingMark, .enclosingMark: true
        default: false
        }
    }
}
