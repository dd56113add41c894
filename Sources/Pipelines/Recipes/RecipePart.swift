/// A recipe, or a part of one: its properties' initial values are what holds where the file says nothing.
///
/// A key in the file is a property's name in snake case.
///
/// ```swift
/// struct DigitsRecipe: RecipePart {
///     var channels = 16                                // channels: 16
///     var training = TrainingRecipe(epochs: 5)         // training: {epochs: 5, batch_size: 32}
///
///     func validate() throws(RecipeFault) { try require("channels", channels, in: 1...1_024) }
/// }
/// ```
package protocol RecipePart: Codable, Hashable, Sendable {
    /// What holds where the file says nothing.
    init()

    /// Refuses values that cannot be; called for each part after it was read.
    func validate() throws(RecipeFault)
}

extension RecipePart {
    package func validate() throws(RecipeFault) {}

    /// Refuses a value outside of a range.
    package func require<Value: Comparable>(
        _ key: String, _ value: Value?, in range: ClosedRange<Value>
    ) throws(RecipeFault) {
        guard let value, !range.contains(value) else { return }
        throw RecipeFault(key, is: "\(value)", accepted: "are \(range.lowerBound) to \(range.upperBound)")
    }
}
