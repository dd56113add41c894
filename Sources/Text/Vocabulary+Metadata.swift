import Streams

extension Vocabulary {
    /// The known characters in the order of their numbers, as one text: what a model's metadata keeps.
    public var metadata: String {
        var text = String.UnicodeScalarView()
        text.append(contentsOf: known)
        return String(text)
    }

    /// The vocabulary of such a text. Throws an ``InputError`` where it is none.
    ///
    /// - Parameters:
    ///   - metadata: what ``metadata`` gave.
    ///   - file: how errors call the model that it was found in.
    public init(metadata: String, of file: String) throws {
        let known = Array(metadata.unicodeScalars)
        var seen: Set<Unicode.Scalar> = []
        for character in known {
            let code = "U+" + String(character.value, radix: 16, uppercase: true)
            guard character != "\n", character != Self.replacement else {
                throw InputError(file, "a vocabulary with \(code), which has a fixed number")
            }
            guard character != "\r", String(character).composed.unicodeScalars.elementsEqual([character]) else {
                throw InputError(file, "a vocabulary with \(code), which is not in normal form")
            }
            guard seen.insert(character).inserted else { throw InputError(file, "a vocabulary that has \(code) twice") }
        }
        guard !known.isEmpty else { throw InputError(file, "a vocabulary without characters") }
        self.init(known: known)
    }
}
