extension String {
    /// The text with U+FFFD in place of control characters, line breaks and tabs apart: a file or its name may hold some,
    /// and they would steer the terminal.
    package var withoutControls: String {
        var text = ""
        for scalar in unicodeScalars {
            let isControl = scalar.properties.generalCategory == .control && scalar != "\n" && scalar != "\t"
            text.unicodeScalars.append(isControl ? "\u{FFFD}" : scalar)
        }
        return text
    }
}
