/// What is said of a transaction.
package struct ScoredTransaction: Hashable, Sendable {
    package var id: String
    /// The probability of a fraud.
    package var score: Float
    package var isAlert: Bool
    /// nil where they were not asked for.
    package var reasons: [Reason]?
}
