/// The words that a user wants to hear, checked against those that a model knows.
package struct KeywordList: Hashable, Sendable {
    package let words: [String]

    /// Reads `yes,no,stop`.
    ///
    /// - Throws: ``UnknownWord``, or where there is no word at all.
    package init(_ text: String, of labels: KeywordLabels) throws(UnknownWord) {
        var words: [String] = []
        for part in text.split(separator: ",", omittingEmptySubsequences: true) {
            let trimmed = part.drop { $0 == " " }
            let word = String(trimmed.prefix { $0 != " " })
            guard labels.words.contains(word) else { throw UnknownWord(word: word, known: labels.words) }
            if !words.contains(word) { words.append(word) }
        }
        guard !words.isEmpty else { throw UnknownWord(word: text, known: labels.words) }
        self.words = words
    }

    /// A word that a model does not know.
    package struct UnknownWord: Error, Hashable, CustomStringConvertible {
        package var word: String
        package var known: [String]

        package var description: String {
            "--words: the model does not know '\(word)'; it knows \(known.joined(separator: ", "))"
        }
    }
}
