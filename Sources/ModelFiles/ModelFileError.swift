/// What is wrong with a file that was to be read or written.
///
/// ```swift
/// ModelFileError("scores.npy", "no such file").description    // "scores.npy: no such file"
/// ```
public struct ModelFileError: Error, Hashable, CustomStringConvertible {
    /// The path as it was given.
    public var file: String
    /// Where in the file: a node, a tensor, a key.
    public var place: String?
    /// What is wrong there, with what was found.
    public var fault: String
    /// What can be done about it.
    public var remedy: String?
    /// Whether nothing is wrong with the file as far as is known, and it has what is not supported here.
    public var isUnsupported: Bool

    package init(
        _ file: String, place: String? = nil, _ fault: String, remedy: String? = nil, isUnsupported: Bool = false
    ) {
        self.file = file
        self.place = place
        self.fault = fault
        self.remedy = remedy
        self.isUnsupported = isUnsupported
    }

    /// File, place, fault and remedy in one line.
    public var description: String {
        file + ": " + (place.map { $0 + ": " } ?? "") + fault + (remedy.map { "; " + $0 } ?? "")
    }
}

/// A fault found where the file's name is not known; whoever opened the file adds it.
struct Fault: Error {
    var text: String
    var place: String?
    var remedy: String?
    var isUnsupported: Bool

    init(_ text: String, place: String? = nil, remedy: String? = nil, isUnsupported: Bool = false) {
        self.text = text
        self.place = place
        self.remedy = remedy
        self.isUnsupported = isUnsupported
    }

    /// The same fault, and where it is.
    func at(_ place: String) -> Fault { Fault(text, place: place, remedy: remedy, isUnsupported: isUnsupported) }

    /// The same fault of a file that may be whole.
    var ofWhatIsUnsupported: Fault { Fault(text, place: place, remedy: remedy, isUnsupported: true) }
}

extension ModelFileError {
    init(_ file: String, _ fault: Fault) {
        self.init(file, place: fault.place, fault.text, remedy: fault.remedy, isUnsupported: fault.isUnsupported)
    }
}

extension String {
    /// This text as an error shows it: in quotes, cut after 60 characters, control characters as `\u{…}`; so that a stranger's file
    /// neither fills the screen nor moves its cursor.
    package var quoted: String { "'" + shown + "'" }

    /// The same without quotes.
    package var shown: String {
        var text = ""
        for (place, scalar) in unicodeScalars.enumerated() {
            if place == 60 { return text + "…" }
            text += scalar.properties.generalCategory.isPrintable ? String(scalar) : scalar.escaped
        }
        return text
    }
}

extension Unicode.Scalar {
    fileprivate var escaped: String { "\\u{" + String(value, radix: 16) + "}" }
}

extension Unicode.GeneralCategory {
    fileprivate var isPrintable: Bool {
        switch self {
        case .control, .format, .lineSeparator, .paragraphSeparator, .privateUse, .surrogate, .unassigned: false
        default: true
        }
    }
}
