/// How keywords are written for people and for other programs.
package enum TranscriptFormat: String, CaseIterable, Sendable {
    /// A line a keyword with tabs between: file, start, end, keyword, confidence.
    case text
    /// SubRip subtitles.
    case srt
    /// A label track of Audacity.
    case audacity

    /// What stands for a keyword, without the last line's end.
    ///
    /// - Parameter number: of the keyword in its file, from 1.
    package func text(_ keyword: Keyword, number: Int, file: String) -> String {
        switch self {
        case .text:
            [
                file, Self.decimal(keyword.start, 2), Self.decimal(keyword.end, 2), keyword.word,
                Self.decimal(Double(keyword.confidence), 2),
            ]
            .joined(separator: "\t")
        case .srt: "\(number)\n\(Self.clock(keyword.start)) --> \(Self.clock(keyword.end))\n\(keyword.word)\n"
        case .audacity: "\(Self.decimal(keyword.start, 6))\t\(Self.decimal(keyword.end, 6))\t\(keyword.word)"
        }
    }

    /// Hours, minutes, seconds and thousandths, as SubRip has them.
    private static func clock(_ seconds: Double) -> String {
        let thousandths = Int((seconds * 1_000).rounded())
        func digits(_ value: Int, _ count: Int) -> String {
            let text = String(value)
            return String(repeating: "0", count: max(0, count - text.count)) + text
        }
        return digits(thousandths / 3_600_000, 2) + ":" + digits(thousandths / 60_000 % 60, 2) + ":"
            + digits(thousandths / 1_000 % 60, 2) + "," + digits(thousandths % 1_000, 3)
    }

    /// A number that is not negative with a fixed count of decimals.
    private static func decimal(_ value: Double, _ digits: Int) -> String {
        var power = 1
        for _ in 0..<digits { power *= 10 }
        let scaled = Int((value * Double(power)).rounded())
        let fraction = String(scaled % power)
        return "\(scaled / power)." + String(repeating: "0", count: digits - fraction.count) + fraction
    }
}
