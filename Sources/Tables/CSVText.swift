/// Records as a CSV file has them.
public enum CSVText {
    /// A record's line, with its end. Fields with delimiters, quotes, line breaks or spaces at an end stand in quotes.
    public static func line(_ fields: some Sequence<String>) -> String {
        fields.lazy.map(field).joined(separator: ",") + "\n"
    }

    /// A field as it stands between delimiters.
    public static func field(_ text: String) -> String {
        let isPlain =
            !text.utf8.contains { $0 == 0x2C || $0 == 0x22 || $0 == 0x0A || $0 == 0x0D } && text.utf8.first != 0x20
            && text.utf8.last != 0x20
        return isPlain ? text : "\"" + text.replacing("\"", with: "\"\"") + "\""
    }
}
