/// A word that was heard.
package struct Keyword: Hashable, Sendable {
    package var word: String
    /// When it begins, in seconds from the beginning of the sound.
    package var start: Double
    /// When it ends.
    package var end: Double
    /// How sure the network is, 0 to 1.
    package var confidence: Float

    package init(word: String, start: Double, end: Double, confidence: Float) {
        self.word = word
        self.start = start
        self.end = end
        self.confidence = confidence
    }
}
