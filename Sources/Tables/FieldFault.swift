/// What is wrong with a field, found where its record and column are not known.
public struct FieldFault: Error, Hashable, Sendable {
    /// As a message goes on after the column's name: `'12,5' is no number`.
    public var text: String

    package init(_ text: String) { self.text = text }

    /// A fault that shows the field's first letters.
    init(_ field: Span<UInt8>, _ fault: String) {
        var bytes: [UInt8] = []
        for place in 0..<min(field.count, 40) { bytes.append(field[place]) }
        let shown = String(decoding: bytes, as: UTF8.self) + (field.count > 40 ? "…" : "")
        text = "'\(shown)' \(fault)"
    }
}
